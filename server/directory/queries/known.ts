/** Statements: people by what another system calls them. */
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

export interface KnownPerson {
  readonly externalId: string;
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly userName: string;
  readonly email: string;
}

const selectAfter = statement<{ tenantId: number; after: string; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['person.external_id', 'person.id', 'person.account_id', 'person.user_name', 'account.email'])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.external_id', '>', p.after)
    .orderBy('person.external_id')
    .limit(p.limit),
);

/** In the order of their external ids, after `after`. */
export async function selectKnown(
  tx: Tx,
  tenantId: TenantId,
  after: string,
  limit: number,
): Promise<readonly KnownPerson[]> {
  return (await selectAfter.all(tx, { tenantId, after, limit })).map((row) => ({
    externalId: row.external_id ?? '',
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    userName: row.user_name,
    email: row.email,
  }));
}
