/** Statements: who works in an account. */
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

import { parseRights, type Right } from '#server/access/rights.ts';

const working = ['active', 'provisioned'];

const selectOwner = statement<{ tenantId: number; accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['person.id', 'person.account_id', 'account.name', 'account.email'])
    .where('person.account_id', '=', p.accountId)
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.state', 'in', working),
);

const selectHolders = statement<{ tenantId: number; accountId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'mandate.tenant_id').onRef('person.id', '=', 'mandate.person_id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['person.id', 'person.account_id', 'account.name', 'account.email', 'mandate.rights'])
    .where('mandate.tenant_id', '=', p.tenantId)
    .where('mandate.account_id', '=', p.accountId)
    .where('mandate.revoked_at', 'is', null)
    .where('mandate.valid_from', '<=', p.at)
    .where((eb) => eb.or([eb('mandate.ends_at', 'is', null), eb('mandate.ends_at', '>', p.at)]))
    .where('person.state', 'in', working)
    .orderBy('account.name')
    .orderBy('person.id'),
);

export interface MemberRow {
  readonly personId: PersonId;
  /** Their own account. */
  readonly accountId: AccountId;
  readonly name: string;
  readonly email: string;
  /** `all` of the one whose own account it is; otherwise those of one mandate. */
  readonly rights: readonly Right[] | 'all';
}

/** The owner, if there is one, then one row a mandate valid at `at` (milliseconds since 1970), by name. */
export async function selectMembersOf(
  tx: Tx,
  tenantId: TenantId,
  accountId: AccountId,
  at: number,
): Promise<readonly MemberRow[]> {
  const owner = await selectOwner.first(tx, { tenantId, accountId });
  const held = await selectHolders.all(tx, { tenantId, accountId, at });
  return [
    ...(owner ? [{ ...owner, rights: 'all' as const }] : []),
    ...held.map((row) => ({ ...row, rights: parseRights(row.rights) })),
  ].map(({ id, account_id, name, email, rights }) => ({
    personId: asId<PersonId>(id),
    accountId: asId<AccountId>(account_id),
    name,
    email,
    rights,
  }));
}

const selectNameOf = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select('name').where('id', '=', p.accountId),
);

export async function selectAccountName(tx: Tx, accountId: AccountId): Promise<string> {
  return (await selectNameOf.first(tx, { accountId }))?.name ?? '';
}
