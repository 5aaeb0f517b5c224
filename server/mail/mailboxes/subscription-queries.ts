/** SQL on names subscribed to that are no mailbox of the account. */
import type { AccountId } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

const selectNames = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('subscription').select('name').where('account_id', '=', p.accountId).orderBy('name'),
);

export async function selectSubscriptions(tx: Tx, accountId: AccountId): Promise<readonly string[]> {
  return (await selectNames.all(tx, { accountId })).map(({ name }) => name);
}

export async function insertSubscription(tx: AccountTx, name: string): Promise<void> {
  await insertRows(tx, 'subscription', [{ account_id: tx.accountId, name }], 'ignore');
}

export async function deleteSubscription(tx: AccountTx, name: string): Promise<void> {
  await changes(tx, tx.q.deleteFrom('subscription').where('account_id', '=', tx.accountId).where('name', '=', name));
}
