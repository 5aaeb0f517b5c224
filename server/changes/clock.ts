/** Where an account stands: its clock, and the state of each of its types (RFC 8620 §1.6.2). */
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { UnknownAccount } from '#server/store/transaction.ts';

import { type Clock, selectClock } from './queries.ts';

export type { Clock } from './queries.ts';

/**
 * Reads the clock of an account the caller knows the actor may see: a state is a number and says nothing of contents.
 * @throws {UnknownAccount}
 */
export async function clockOf(store: Store, accountId: AccountId): Promise<Clock> {
  const clock = await read(store, (tx) => selectClock(tx, accountId));
  if (!clock) throw new UnknownAccount(String(accountId));
  return clock;
}
