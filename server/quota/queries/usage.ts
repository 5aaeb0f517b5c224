/** What an account may hold and holds. */
import { parseStates, type States } from '#server/store/changes.ts';
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
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

const updateQuotaOf = statement<{ accountId: number; quotaOctets: number | null }>()(({ q, p }) =>
  q.updateTable('account').set({ quota_octets: p.quotaOctets }).where('id', '=', p.accountId),
);

export async function updateQuota(tx: Tx, accountId: AccountId, quotaOctets: number | null): Promise<void> {
  await updateQuotaOf.run(tx, { accountId, quotaOctets });
}

const selectAccount = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q.selectFrom('person').select('account_id').where('tenant_id', '=', p.tenantId).where('id', '=', p.personId),
);

/** A person's own account. */
export async function selectAccountOfPerson(
  tx: Tx,
  tenantId: TenantId,
  personId: PersonId,
): Promise<AccountId | undefined> {
  const row = await selectAccount.first(tx, { tenantId, personId });
  return row && asId<AccountId>(row.account_id);
}
