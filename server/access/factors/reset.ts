/**
 * Somebody who has lost everything they could show is helped by support: their factors, recovery codes and trusted
 * devices go, their sessions end, and they are told. The trace says who did it and why.
 */
import type { Actor } from '#server/access/actor.ts';
import { standingAt } from '#server/access/administrators.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { endSessions } from '#server/access/end-sessions.ts';
import { selectHolder } from '#server/access/queries/people.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireReason, requireRoleOver } from '#server/access/require-role.ts';
import { forgiveSubject } from '#server/access/throttle.ts';
import { factorSubject } from '#server/access/verify.ts';
import { requireSecond } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { requireFresh } from './fresh.ts';
import { deleteFactors, selectFactors, type Factor } from './queries/factors.ts';
import { updateDevicesDistrusted } from './queries/devices.ts';
import { deleteRecoveryCodes } from './queries/recovery-codes.ts';
import { countRecoveryCodes } from './recovery.ts';

/**
 * @returns how many factors there were.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `stepUpNeeded`, `invalidProperties` naming `reason`; `awaitsApproval`.
 */
export async function resetFactors(store: Store, actor: Actor, who: PersonRef, givenReason?: string): Promise<number> {
  const reason = requireReason(actor, givenReason);
  const { tenantId, personId } = who;
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'help', who, store.now());
    return selectHolder(tx, tenantId, personId);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  const { accountId } = holder;
  return orWaiting(store, actor, { verb: 'resetFactors', who }, reason, () =>
    removeAll(store, actor, { ...who, accountId }, reason),
  );
}

function removeAll(
  store: Store,
  actor: Actor,
  { accountId, ...who }: PersonRef & { readonly accountId: AccountId },
  reason: string | null,
): Promise<number> {
  const { tenantId, personId } = who;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const mayAct = (one: Actor) => requireActing(tx, one, 'help', who, at);
    await mayAct(actor);
    await requireFresh(tx, actor, at);
    const confirmed = (await selectFactors(tx, who)).filter(({ confirmedAt }) => confirmedAt !== null);
    const removed = confirmed.length;
    const { path, roles } = await standingAt(tx, who, at);
    const seen = { path, roles, factors: confirmed.map(({ id }) => id) };
    const danger = {
      ...who,
      kinds: ['factors'],
      power: 'help',
      path,
      seen,
      details: { act: 'resetFactors', removed },
    } as const;
    await requireSecond(store, tx, actor, danger, at, mayAct);
    await deleteFactors(tx, who);
    await deleteRecoveryCodes(tx, who);
    await updateDevicesDistrusted(tx, who);
    await endSessions(tx, who, at);
    await forgiveSubject(tx, factorSubject(who));
    tx.changed('Account');
    const details = { of: personId, removed, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'resetFactors', at, accountId, details });
    await tellPerson(tx, { tenantId, accountId }, { kind: 'factorsReset' }, at);
    return removed;
  });
}

export interface FactorsOf {
  readonly factors: readonly Pick<Factor, 'id' | 'kind' | 'name' | 'createdAt' | 'lastUsedAt'>[];
  readonly recoveryCodesLeft: number;
}

/** What somebody has, without anything that could be used. @throws {Refusal} `noSuchPerson`, `mayNot`. */
export function factorsOf(store: Store, actor: Actor, who: PersonRef): Promise<FactorsOf> {
  return read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'look', who, store.now());
    const all = await selectFactors(tx, who);
    const { left } = await countRecoveryCodes(tx, who);
    return {
      factors: all
        .filter(({ confirmedAt }) => confirmedAt !== null)
        .map(({ id, kind, name, createdAt, lastUsedAt }) => ({ id, kind, name, createdAt, lastUsedAt })),
      recoveryCodesLeft: left,
    };
  });
}
