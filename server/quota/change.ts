/** How much an account may hold: changed by who administers its owner. */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import type { Because } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireReason, requireRoleOver } from '#server/access/require-role.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { selectAccountOfPerson, updateQuota } from './queries/usage.ts';

/** More is a slip of the hand: 10 TB. */
export const quotaRoofOctets = 10_000_000_000_000;

/**
 * @param quotaOctets null: no limit. Below what is used already, nothing more comes in until some is deleted.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `invalidProperties` naming `reason` or `quotaOctets`.
 */
export async function changeQuota(
  store: Store,
  actor: Actor,
  who: PersonRef,
  quotaOctets: number | null,
  givenReason?: string,
): Promise<void> {
  const reason = requireReason(actor, givenReason);
  checkQuota(quotaOctets);
  const { tenantId, personId } = who;
  const accountId = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    return selectAccountOfPerson(tx, tenantId, personId);
  });
  if (accountId === undefined) throw new Refusal('noSuchPerson');
  await transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    await setQuota(tx, actor, who, quotaOctets, { reason, at });
  });
}

/** @throws {Refusal} `invalidProperties` naming `quotaOctets`. */
export function checkQuota(quotaOctets: number | null): void {
  if (!isQuota(quotaOctets)) throw new Refusal('invalidProperties', { properties: ['quotaOctets'] });
}

/** Whether an account may be given so much, by whatever way. */
export function isQuota(quotaOctets: number | null): boolean {
  if (quotaOctets === null) return true;
  return Number.isSafeInteger(quotaOctets) && quotaOctets >= 0 && quotaOctets <= quotaRoofOctets;
}

/** The rows of it; who may do it is the caller's to know. */
export async function setQuota(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  quotaOctets: number | null,
  { reason, at, bulk }: Because,
): Promise<void> {
  const { accountId } = tx;
  const before = tx.usage.quotaOctets;
  await updateQuota(tx, accountId, quotaOctets);
  tx.changed('Quota');
  const details = { of: personId, quotaOctets, before, reason, ...(bulk !== undefined && { bulk }) };
  await recordTrace(tx, { tenantId, actor, verb: 'changeQuota', at, accountId, details });
}
