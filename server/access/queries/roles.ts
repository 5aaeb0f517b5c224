/** Statements: who may administer what. Whether a role is valid now is asked with the role. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

import { asRoleKind, type RoleId, type RoleKind } from '#server/access/powers.ts';

import { asPersonState, type PersonState } from './people.ts';

export interface Role {
  readonly id: RoleId;
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly kind: RoleKind;
  /** Null: the whole tenant, and for `platform` every one. */
  readonly unitId: UnitId | null;
  /** Of the unit; '/' without one. */
  readonly path: string;
  /** Who decided it; null for the operator. */
  readonly authorPersonId: PersonId | null;
  readonly reason: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

export async function insertRole(tx: Tx, role: Omit<Role, 'path'>): Promise<void> {
  await insertRows(tx, 'role', [
    {
      tenant_id: role.tenantId,
      id: role.id,
      person_id: role.personId,
      kind: role.kind,
      unit_id: role.unitId,
      author_person_id: role.authorPersonId,
      reason: role.reason,
      starts_at: role.startsAt,
      ends_at: role.endsAt,
      created_at: role.createdAt,
      revoked_at: role.revokedAt,
    },
  ]);
}

interface RoleRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly person_id: number;
  readonly kind: string;
  readonly unit_id: number | null;
  readonly path: string | null;
  readonly author_person_id: number | null;
  readonly reason: string;
  readonly starts_at: number;
  readonly ends_at: number | null;
  readonly created_at: number;
  readonly revoked_at: number | null;
}

/** A role of a unit that is gone is over nothing at all. */
const nowhere = '-';

const roleOf = (row: RoleRow): Role => ({
  id: asId<RoleId>(row.id),
  tenantId: asId<TenantId>(row.tenant_id),
  personId: asId<PersonId>(row.person_id),
  kind: asRoleKind(row.kind),
  unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
  path: row.unit_id === null ? '/' : (row.path ?? nowhere),
  authorPersonId: row.author_person_id === null ? null : asId<PersonId>(row.author_person_id),
  reason: row.reason,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});

const columns = [
  'role.tenant_id',
  'role.id',
  'role.person_id',
  'role.kind',
  'role.unit_id',
  'unit.path',
  'role.author_person_id',
  'role.reason',
  'role.starts_at',
  'role.ends_at',
  'role.created_at',
  'role.revoked_at',
] as const;

const selectOfPerson = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('role')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'role.tenant_id').onRef('unit.id', '=', 'role.unit_id'),
    )
    .select(columns)
    .where('role.tenant_id', '=', p.tenantId)
    .where('role.person_id', '=', p.personId)
    .where('role.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('role.ends_at', 'is', null), eb('role.ends_at', '>', p.at)]))
    .orderBy('role.id'),
);

/** Neither revoked nor ended at `at` (milliseconds since 1970); those that begin later too. */
export async function selectRolesOf(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  at: number,
): Promise<readonly Role[]> {
  return (await selectOfPerson.all(tx, { tenantId, personId, at })).map(roleOf);
}

/** Who administers an institution whole, since the longest, with the account they receive in. */
const stewardOf = (isAnywhere: boolean) =>
  statement<{ tenantId: number; at: number }>()(({ q, p }) => {
    const query = q
      .selectFrom('role')
      .innerJoin('person', (join) =>
        join.onRef('person.tenant_id', '=', 'role.tenant_id').onRef('person.id', '=', 'role.person_id'),
      )
      .innerJoin('account', 'account.id', 'person.account_id')
      .select(['account.id', 'account.tenant_id', 'account.quota_octets', 'account.used_octets'])
      .where('role.kind', 'in', ['platform', 'tenant'])
      .where('role.revoked_at', 'is', null)
      .where('role.starts_at', '<=', p.at)
      .where((eb) => eb.or([eb('role.ends_at', 'is', null), eb('role.ends_at', '>', p.at)]))
      .where('account.state', '=', 'active')
      .orderBy('role.tenant_id')
      .orderBy('role.id')
      .limit(1);
    return isAnywhere ? query : query.where('role.tenant_id', '=', p.tenantId);
  });
const selectStewardThere = stewardOf(false);
const selectStewardAnywhere = stewardOf(true);

export interface Steward {
  readonly tenantId: TenantId;
  readonly accountId: AccountId;
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
}

/** @param tenantId undefined: of the first institution that has one. */
export async function selectSteward(tx: Tx, tenantId: TenantId | undefined, at: number): Promise<Steward | undefined> {
  const row =
    tenantId === undefined
      ? await selectStewardAnywhere.first(tx, { tenantId: 0, at })
      : await selectStewardThere.first(tx, { tenantId, at });
  return (
    row && {
      tenantId: asId<TenantId>(row.tenant_id),
      accountId: asId<AccountId>(row.id),
      quotaOctets: row.quota_octets,
      usedOctets: row.used_octets,
    }
  );
}

const selectOne = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('role')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'role.tenant_id').onRef('unit.id', '=', 'role.unit_id'),
    )
    .select(columns)
    .where('role.tenant_id', '=', p.tenantId)
    .where('role.id', '=', p.id),
);

export async function selectRole(tx: Tx, tenantId: TenantId, id: RoleId): Promise<Role | undefined> {
  const row = await selectOne.first(tx, { tenantId, id });
  return row && roleOf(row);
}

export interface ListedRole extends Role {
  readonly holderName: string;
  readonly holderUserName: string;
  readonly unitName: string | null;
  readonly authorName: string | null;
}

/** The newest first; at most `limit`. */
export async function selectRoles(
  tx: Tx,
  tenantId: TenantId,
  filter: { readonly standingAt: number | undefined; readonly limit: number },
): Promise<readonly ListedRole[]> {
  let query = tx.q
    .selectFrom('role')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'role.tenant_id').onRef('person.id', '=', 'role.person_id'),
    )
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'role.tenant_id').onRef('unit.id', '=', 'role.unit_id'),
    )
    .leftJoin('person as author', (join) =>
      join.onRef('author.tenant_id', '=', 'role.tenant_id').onRef('author.id', '=', 'role.author_person_id'),
    )
    .select(columns)
    .select([
      'unit.name as unit_name',
      'person.user_name',
      'person.given_name',
      'person.family_name',
      'author.given_name as author_given_name',
      'author.family_name as author_family_name',
    ])
    .where('role.tenant_id', '=', tenantId)
    .orderBy('role.id', 'desc')
    .limit(filter.limit);
  const at = filter.standingAt;
  if (at !== undefined)
    query = query
      .where('role.revoked_at', 'is', null)
      .where((eb) => eb.or([eb('role.ends_at', 'is', null), eb('role.ends_at', '>', at)]));
  return (await rows(tx, query)).map((row) => ({
    ...roleOf(row),
    holderName: `${row.given_name} ${row.family_name}`.trim(),
    holderUserName: row.user_name,
    unitName: row.unit_name,
    authorName: row.author_family_name === null ? null : `${row.author_given_name} ${row.author_family_name}`.trim(),
  }));
}

const revokeOne = statement<{ tenantId: number; id: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('role')
    .set({ revoked_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null),
);

/** @returns whether it was still standing. */
export async function updateRoleRevoked(tx: Tx, tenantId: TenantId, id: RoleId, at: number): Promise<boolean> {
  return (await revokeOne.run(tx, { tenantId, id, at })) > 0;
}

const selectPlace = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'person.tenant_id').onRef('unit.id', '=', 'person.unit_id'),
    )
    .select(['person.state', 'unit.path'])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

/** A person's state, and where in the tree they are: the path of their unit, '/' without one. */
export async function selectPlaceOf(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<{ readonly state: PersonState; readonly path: string } | undefined> {
  const row = await selectPlace.first(tx, { tenantId, personId });
  return row && { state: asPersonState(row.state), path: row.path ?? '/' };
}

const selectPathOf = statement<{ tenantId: number; unitId: number }>()(({ q, p }) =>
  q.selectFrom('unit').select('path').where('tenant_id', '=', p.tenantId).where('id', '=', p.unitId),
);

/** undefined for a unit the tenant does not have. */
export async function selectUnitPath(tx: Tx, tenantId: TenantId, unitId: UnitId): Promise<string | undefined> {
  return (await selectPathOf.first(tx, { tenantId, unitId }))?.path;
}

const selectNameOfUnit = statement<{ tenantId: number; unitId: number }>()(({ q, p }) =>
  q.selectFrom('unit').select('name').where('tenant_id', '=', p.tenantId).where('id', '=', p.unitId),
);

export async function selectUnitName(tx: Tx, tenantId: TenantId, unitId: UnitId | null): Promise<string | null> {
  return unitId === null ? null : ((await selectNameOfUnit.first(tx, { tenantId, unitId }))?.name ?? null);
}
