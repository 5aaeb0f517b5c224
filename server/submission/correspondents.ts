/** Whom an account wrote to: the nearest thing to an address book until there are contacts. */
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectRecent } from './recent-queries.ts';

/** Lower case, whole addresses. Who may ask is the caller's to know. */
export async function correspondentsOf(tx: Tx, accountId: AccountId): Promise<ReadonlySet<string>> {
  return new Set((await selectRecent(tx, accountId)).map(({ address }) => address.toLowerCase()));
}
