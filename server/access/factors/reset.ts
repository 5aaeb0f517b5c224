/**
 * Somebody who has lost everything they could show is helped by support: their factors, recovery codes and trusted
 * devices go, their sessions end, and they are told. The trace says who did it and why.
 */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { endSessions } from '#server/access/end-sessions.ts';
import type { Because } from '#server/access/person-state.ts';
import type { Holder } from '#server/access/queries/people.ts';
import { requireRoleOver } from '#server/access/require-role.ts';
import { forgiveSubject } from '#server/access/throttle.ts';
import { factorSubject } from '#server/access/verify.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { deleteFactors, selectFactors, type Factor } from './queries/factors.ts';
import { updateDevicesDistrusted } from './queries/devices.ts';
import { deleteRecoveryCodes } from './queries/recovery-codes.ts';
import { countRecoveryCodes } from './recovery.ts';

/** The rows of it, and the letter; who may do it is the caller's to know. @returns how many factors there were. */
export async function resetFactors(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId, accountId }: Holder,
  { reason, at, bulk }: Because,
): Promise<number> {
  const who = { tenantId, personId };
  const removed = (await selectFactors(tx, who)).filter(({ confirmedAt }) => confirmedAt !== null).length;
  await deleteFactors(tx, who);
  await deleteRecoveryCodes(tx, who);
  await updateDevicesDistrusted(tx, who);
  await endSessions(tx, who, at);
  await forgiveSubject(tx, factorSubject(who));
  tx.changed('Account');
  const details = { of: personId, removed, reason, ...(bulk !== undefined && { bulk }) };
  await recordTrace(tx, { tenantId, actor, verb: 'resetFactors', at, accountId, details });
  await tellPerson(tx, { tenantId, accountId }, { kind: 'factorsReset' }, at);
  return removed;
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
