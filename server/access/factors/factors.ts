/** One's own second factors: what there is, its names, and its end. In a session of one's own, and in no program. */
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { readName } from './enrol.ts';
import { requireFresh } from './fresh.ts';
import { ownAccount, ownHolder } from './own.ts';
import { deleteFactor, type Factor, selectFactors, selectHasFactor, updateFactorName } from './queries/factors.ts';
import { deleteRecoveryCodes } from './queries/recovery-codes.ts';
import { countRecoveryCodes, newRecoveryCodes, replaceRecoveryCodes } from './recovery.ts';
import { isFactorDemanded } from './settings.ts';

export type { Factor };

export interface OwnFactors {
  /** Those that work, the oldest first. */
  readonly factors: readonly Factor[];
  readonly recoveryCodesLeft: number;
  /** Milliseconds since 1970. */
  readonly recoveryCodesMadeAt: number | undefined;
  /** Whether the institution asks this person to have one. */
  readonly isDemanded: boolean;
}

/** @throws {Refusal} `mayNot`. */
export async function listFactors(store: Store, actor: PersonActor): Promise<OwnFactors> {
  const holder = await ownHolder(store, actor);
  return read(store, async (tx) => {
    const all = await selectFactors(tx, holder);
    const { left, madeAt } = await countRecoveryCodes(tx, holder);
    return {
      factors: all.filter(({ confirmedAt }) => confirmedAt !== null),
      recoveryCodesLeft: left,
      recoveryCodesMadeAt: madeAt,
      isDemanded: await isFactorDemanded(tx, holder, actor.from, store.now()),
    };
  });
}

/** @returns whether there was one. @throws {Refusal} `mayNot`, `invalidArguments`. */
export async function renameFactor(store: Store, actor: PersonActor, id: string, text: string): Promise<boolean> {
  const name = readName(text);
  const accountId = await ownAccount(store, actor);
  return transaction(store, accountId, async (tx) => {
    const known = (await selectFactors(tx, actor)).some((one) => one.id === id && one.confirmedAt !== null);
    if (!known) return false;
    await updateFactorName(tx, actor, id, name);
    tx.changed('Account');
    return true;
  });
}

/**
 * Takes a factor away; with the last one the recovery codes go too, for they would be a key to no lock.
 * @returns whether there was one. @throws {Refusal} `mayNot`, `stepUpNeeded`.
 */
export async function removeFactor(store: Store, actor: PersonActor, id: string): Promise<boolean> {
  const { tenantId } = actor;
  const accountId = await ownAccount(store, actor);
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireFresh(tx, actor, at);
    const known = (await selectFactors(tx, actor)).find((one) => one.id === id && one.confirmedAt !== null);
    if (!known || !(await deleteFactor(tx, actor, id))) return false;
    if (!(await selectHasFactor(tx, actor))) await deleteRecoveryCodes(tx, actor);
    const { kind, name } = known;
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'removeFactor', at, accountId, details: { id, kind, name } });
    await tellPerson(tx, { tenantId, accountId }, { kind: 'factorRemoved', factor: kind, name }, at);
    return true;
  });
}

/**
 * Replaces the recovery codes: those of before are worth nothing any more.
 * @throws {Refusal} `mayNot`, `stepUpNeeded`; `invalidArguments` for whoever has no factor to recover.
 */
export async function renewRecoveryCodes(store: Store, actor: PersonActor): Promise<readonly string[]> {
  const { tenantId } = actor;
  const accountId = await ownAccount(store, actor);
  const codes = newRecoveryCodes();
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireFresh(tx, actor, at);
    if (!(await selectHasFactor(tx, actor))) throw new Refusal('invalidArguments', { description: 'no factor' });
    await replaceRecoveryCodes(store, tx, actor, at, codes);
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'renewRecoveryCodes', at, accountId });
    await tellPerson(tx, { tenantId, accountId }, { kind: 'recoveryRenewed' }, at);
    return codes;
  });
}
