/** What an account may hold and holds. */
import { parseStates, type States } from '#server/store/changes.ts';
import type { AccountId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

const selectAccountUsage = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('account')
    .select(['quota_octets', 'used_octets', 'email_count', 'states'])
    .where('id', '=', p.accountId),
);

export interface Usage {
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
  readonly emailCount: number;
  readonly states: States;
}

export async function selectUsage(tx: Tx, accountId: AccountId): Promise<Usage | undefined> {
  const row = await selectAccountUsage.first(tx, { accountId });
  return (
    row && {
      quotaOctets: row.quota_octets,
      usedOctets: row.used_octets,
      emailCount: row.email_count,
      states: parseStates(row.states),
    }
  );
}
