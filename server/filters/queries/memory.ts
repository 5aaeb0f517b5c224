/** SQL on what filters remember from one message to the next. What has expired is as if it were not there. */
import type { AccountId } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/**
 * `vacation`: answered this sender; `duplicate`: saw this id (RFC 7352); `sent`: how often something was sent today;
 * `told`: the owner heard of a fault; `arrival`: a message handed over by submission left no email; `copy`: had what came
 * to a group that was not served whole.
 */
export type MemoryKind = 'vacation' | 'duplicate' | 'sent' | 'told' | 'arrival' | 'copy';

const selectTimes = statement<{ accountId: number; kind: string; key: string; at: number }>()(({ q, p }) =>
  q
    .selectFrom('filter_memory')
    .select('times')
    .where('account_id', '=', p.accountId)
    .where('kind', '=', p.kind)
    .where('key', '=', p.key)
    .where('expires_at', '>', p.at),
);

/** How often it was remembered; 0 for what is not, or not any more. */
export async function selectRemembered(
  tx: Tx,
  accountId: AccountId,
  kind: MemoryKind,
  key: string,
  at: number,
): Promise<number> {
  return (await selectTimes.first(tx, { accountId, kind, key, at }))?.times ?? 0;
}

const deleteExpired = statement<{ accountId: number; at: number }>()(({ q, p }) =>
  q.deleteFrom('filter_memory').where('account_id', '=', p.accountId).where('expires_at', '<=', p.at),
);

/** Remembers it (once more) until `expiresAt`, and forgets what is over. */
export async function remember(
  tx: AccountTx,
  kind: MemoryKind,
  key: string,
  at: number,
  expiresAt: number,
): Promise<void> {
  const { accountId } = tx;
  await deleteExpired.run(tx, { accountId, at });
  const times = (await selectRemembered(tx, accountId, kind, key, at)) + 1;
  if (times === 1) {
    await insertRows(tx, 'filter_memory', [{ account_id: accountId, kind, key, times, expires_at: expiresAt }]);
    return;
  }
  const row = { times, expires_at: expiresAt };
  const query = tx.q.updateTable('filter_memory').set(row).where('account_id', '=', accountId);
  await changes(tx, query.where('kind', '=', kind).where('key', '=', key));
}

/** What was remembered under one key by these accounts. */
export async function deleteRemembered(
  tx: Tx,
  accountIds: readonly AccountId[],
  kind: MemoryKind,
  key: string,
): Promise<void> {
  const query = tx.q.deleteFrom('filter_memory').where('kind', '=', kind).where('key', '=', key);
  await changes(tx, query.where(tx.anyOf('account_id', accountIds)));
}
