/**
 * One's own recovery address, in an open session: which it is, another one, or none. Whoever holds it gets in, so each
 * change asks for a fresh proof, and is told to the mailbox and to the address that served before.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { entryPolicyOf } from '#server/access/entry-policy.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { ownHolder } from '#server/access/factors/own.ts';
import { Refusal } from '#server/access/refusal.ts';
import { recordTrace } from '#server/records/trace.ts';
import { enqueueJob } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { forgetAddressCode, sendAddressCode, tryAddressCode } from './address-code.ts';
import type { Tried } from './code.ts';
import { selectPerson, selectRecoveryAt, updateRecoveryAddress } from './queries.ts';
import { forgetRecovery } from './recovery-since.ts';
import { recoveryChangedKind } from './warn.ts';

export interface OwnRecovery {
  /** What a code would be sent to; null where there is none that was confirmed. */
  readonly address: string | null;
  /** Milliseconds since 1970. */
  readonly confirmedAt: number | null;
  /** Whether the institution asks for one: not at all (passwords are got back elsewhere), as one likes, or in any case. */
  readonly asking: 'never' | 'offered' | 'required';
}

/** @throws {Refusal} `mayNot` for whoever is not in a session of their own; `noSuchPerson`. */
export async function ownRecovery(store: Store, actor: PersonActor): Promise<OwnRecovery> {
  const holder = await ownHolder(store, actor);
  return read(store, async (tx) => {
    const confirmedAt = await selectRecoveryAt(tx, holder);
    const address = confirmedAt === null ? null : ((await selectPerson(tx, holder))?.recoveryEmail ?? null);
    return { address, confirmedAt, asking: (await entryPolicyOf(tx, holder.tenantId)).recovery.asking };
  });
}

/** Sends a code to what is to be the address. @throws {Refusal} `stepUpNeeded`, `mayNot`; as `sendAddressCode`. */
export async function proposeRecovery(
  store: Store,
  actor: PersonActor,
  given: { readonly address: string; readonly hostName: string },
): Promise<void> {
  const holder = await ownHolder(store, actor);
  await read(store, async (tx) => {
    await requireFresh(tx, actor, store.now());
    if ((await entryPolicyOf(tx, holder.tenantId)).recovery.asking === 'never') throw new Refusal('mayNot');
  });
  await sendAddressCode(store, holder, given);
}

/** The address counts where the code was right. @throws {Refusal} `stepUpNeeded`, `mayNot`. */
export async function confirmRecovery(
  store: Store,
  actor: PersonActor,
  typed: string,
): Promise<Exclude<Tried, { kind: 'right' }> | { readonly kind: 'done' }> {
  const holder = await ownHolder(store, actor);
  await read(store, (tx) => requireFresh(tx, actor, store.now()));
  const tried = await tryAddressCode(store, holder, typed);
  if (tried.kind !== 'right') return tried;
  const { address } = tried.row;
  if (address === null) return { kind: 'over' };
  await transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await forgetAddressCode(tx, holder);
    await warnBefore(tx, actor, at, false);
    await updateRecoveryAddress(tx, holder, address, at);
    const { tenantId, accountId } = holder;
    await recordTrace(tx, { tenantId, actor, verb: 'setRecoveryAddress', at, accountId });
  });
  return { kind: 'done' };
}

/** Does without. @throws {Refusal} `stepUpNeeded`; `mayNot` where the institution asks for one. */
export async function removeRecovery(store: Store, actor: PersonActor): Promise<void> {
  const { accountId, tenantId } = await ownHolder(store, actor);
  await transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireFresh(tx, actor, at);
    if ((await entryPolicyOf(tx, tenantId)).recovery.asking === 'required') throw new Refusal('mayNot');
    if ((await selectRecoveryAt(tx, actor)) === null) return;
    await warnBefore(tx, actor, at, true);
    await forgetRecovery(tx, actor, actor, at);
  });
}

/** Before the change: the letter goes to the address that served until now as well. */
async function warnBefore(tx: AccountTx, actor: PersonActor, at: number, isRemoved: boolean): Promise<void> {
  const { tenantId, personId } = actor;
  const person = await selectPerson(tx, actor);
  const former = person?.isVerified === true ? person.recoveryEmail : null;
  const payload = { personId, at, former, isRemoved };
  await enqueueJob(tx, { tenantId, kind: recoveryChangedKind, accountId: tx.accountId, payload, runAt: at }, at);
  tx.changed('Account');
}
