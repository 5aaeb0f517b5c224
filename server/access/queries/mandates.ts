/** Statements: mandates as they are given, shown and ended. Whether one is valid now is asked in rights.ts. */
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import type { MandateTable } from '#server/store/schema.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

import { type MandateId, parseRights, type Right } from '#server/access/rights.ts';

export interface Mandate {
  readonly id: MandateId;
  readonly tenantId: TenantId;
  /** What it is on … */
  readonly accountId: AccountId;
  /** … and to whom. */
  readonly personId: PersonId;
  readonly rights: readonly Right[];
  readonly startsAt: number;
  readonly endsAt: number | null;
  /** Who decided it; null for the operator. */
  readonly authorPersonId: PersonId | null;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

const mandate = (row: MandateTable): Mandate => ({
  id: asId<MandateId>(row.id),
  tenantId: asId<TenantId>(row.tenant_id),
  accountId: asId<AccountId>(row.account_id),
  personId: asId<PersonId>(row.person_id),
  rights: parseRights(row.rights),
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  authorPersonId: row.author_person_id === null ? null : asId<PersonId>(row.author_person_id),
  reason: row.reason,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});

export async function insertMandate(tx: Tx, given: Mandate): Promise<void> {
  await insertRows(tx, 'mandate', [
    {
      tenant_id: given.tenantId,
      id: given.id,
      account_id: given.accountId,
      person_id: given.personId,
      rights: JSON.stringify(given.rights),
      starts_at: given.startsAt,
      ends_at: given.endsAt,
      author_person_id: given.authorPersonId,
      reason: given.reason,
      created_at: given.createdAt,
      revoked_at: given.revokedAt,
    },
  ]);
}

const selectOne = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('mandate').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectMandate(tx: Tx, tenantId: TenantId, id: MandateId): Promise<Mandate | undefined> {
  const row = await selectOne.first(tx, { tenantId, id });
  return row && mandate(row);
}

const selectOnAccount = statement<{ tenantId: number; accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('account_id', '=', p.accountId)
    .orderBy('id', 'desc')
    .limit(1000),
);

export async function selectMandatesOn(tx: Tx, tenantId: TenantId, accountId: AccountId): Promise<readonly Mandate[]> {
  return (await selectOnAccount.all(tx, { tenantId, accountId })).map(mandate);
}

const revokeOne = statement<{ tenantId: number; id: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('mandate')
    .set({ revoked_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null),
);

/** @returns whether it was still standing. */
export async function updateMandateRevoked(tx: Tx, tenantId: TenantId, id: MandateId, at: number): Promise<boolean> {
  return (await revokeOne.run(tx, { tenantId, id, at })) > 0;
}

const selectHoldersOn = statement<{ tenantId: number; accountId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'mandate.tenant_id').onRef('person.id', '=', 'mandate.person_id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['account.email', 'mandate.rights'])
    .where('mandate.tenant_id', '=', p.tenantId)
    .where('mandate.account_id', '=', p.accountId)
    .where('mandate.revoked_at', 'is', null)
    .where('mandate.starts_at', '<=', p.at)
    .where((eb) => eb.or([eb('mandate.ends_at', 'is', null), eb('mandate.ends_at', '>', p.at)]))
    .orderBy('account.email'),
);

/** Who holds a mandate that is valid at `at` (milliseconds since 1970), by address; one row a mandate. */
export async function selectHoldersOf(
  tx: Tx,
  tenantId: TenantId,
  accountId: AccountId,
  at: number,
): Promise<readonly { readonly email: string; readonly rights: readonly Right[] }[]> {
  const found = await selectHoldersOn.all(tx, { tenantId, accountId, at });
  return found.map(({ email, rights }) => ({ email, rights: parseRights(rights) }));
}
