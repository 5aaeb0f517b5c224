/**
 * Names a person subscribed to that are no mailbox of their own: shared mailboxes, and names that are gone (RFC 9051
 * §6.3.7 keeps those). They are kept as written, under the person's own account.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { deleteSubscription, insertSubscription, selectSubscriptions } from './subscription-queries.ts';

const namesAtMost = 2_000;

/** Sorted. @throws {Refusal} `noSuchAccount`. */
export function listSubscriptions(store: Store, actor: Actor, accountId: AccountId): Promise<readonly string[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return selectSubscriptions(tx, accountId);
  });
}

/** @throws {Refusal} `noSuchAccount`, `readOnlyAccount`, `tooMany`. */
export function setSubscription(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  name: string,
  isSubscribed: boolean,
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write', store.now());
    if (!isSubscribed) return deleteSubscription(tx, name);
    if ((await selectSubscriptions(tx, accountId)).length >= namesAtMost)
      throw new Refusal('tooMany', { limit: namesAtMost });
    return insertSubscription(tx, name);
  });
}
