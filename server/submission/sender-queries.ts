/** SQL on who sends: the account, and the person who writes on its behalf. */
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

const selectAccountOf = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('account')
    .leftJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'account.tenant_id').onRef('person.account_id', '=', 'account.id'),
    )
    .select(['account.tenant_id', 'account.email', 'account.name', 'person.language'])
    .where('account.id', '=', p.accountId),
);

export interface SenderAccount {
  readonly tenantId: TenantId;
  readonly email: string;
  readonly name: string;
  readonly language: 'fr' | 'en';
}

/** Whose letters these are; French where nobody in person is behind it. */
export async function selectSender(tx: Tx, accountId: AccountId): Promise<SenderAccount | undefined> {
  const row = await selectAccountOf.first(tx, { accountId });
  if (!row) return undefined;
  const isEnglish = row.language !== null && row.language.toLowerCase().startsWith('en');
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    email: row.email,
    name: row.name,
    language: isEnglish ? 'en' : 'fr',
  };
}

const selectPersonsAccount = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['account.id', 'account.email', 'account.name'])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

/** A person's own account: who writes on behalf of another one. */
export async function selectWriter(
  tx: Tx,
  who: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<{ readonly accountId: AccountId; readonly email: string; readonly name: string } | undefined> {
  const row = await selectPersonsAccount.first(tx, who);
  return row && { accountId: asId<AccountId>(row.id), email: row.email, name: row.name };
}
