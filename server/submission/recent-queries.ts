/** SQL on whom an account wrote to, of which completion and filters know its correspondents. */
import { sql } from 'kysely';

import type { AccountId } from '#server/store/ids.ts';
import { changes, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** Counts one more letter to each; the newest name written stands. */
export async function upsertRecent(
  tx: AccountTx,
  recipients: readonly { readonly address: string; readonly name: string }[],
  at: number,
): Promise<void> {
  for (const { address, name } of recipients) {
    await changes(
      tx,
      sql`insert into recent_recipient (account_id, address, name, times, last_at)
        values (${tx.accountId}, ${address}, ${name}, 1, ${at})
        on conflict (account_id, address) do update set times = recent_recipient.times + 1, last_at = excluded.last_at,
          name = case when excluded.name = '' then recent_recipient.name else excluded.name end`,
    );
  }
}

const selectRecentOf = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('recent_recipient')
    .select(['address', 'name', 'times', 'last_at'])
    .where('account_id', '=', p.accountId)
    .orderBy('last_at', 'desc')
    .limit(2000),
);

export interface RecentRecipient {
  readonly address: string;
  readonly name: string;
  readonly times: number;
  readonly lastAt: number;
}

/** The newest first. */
export async function selectRecent(tx: Tx, accountId: AccountId): Promise<readonly RecentRecipient[]> {
  const found = await selectRecentOf.all(tx, { accountId });
  return found.map(({ address, name, times, last_at }) => ({ address, name, times, lastAt: last_at }));
}
