/** Statements: groups of the directory and who is in them. */
import { type RawBuilder, sql, type SqlBool } from 'kysely';

import { type AccountId, asId, type GroupId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

/** Who may write to a group's address. */
export type Senders = 'tenant' | 'members' | 'named';

export interface Group {
  readonly tenantId: TenantId;
  readonly id: GroupId;
  /** Null: of the whole tenant. */
  readonly unitId: UnitId | null;
  readonly unitCode: string | null;
  readonly unitName: string | null;
  /** '/' for the whole tenant. */
  readonly path: string;
  readonly name: string;
  readonly externalId: string | null;
  /** Of its address; null for a group without one. */
  readonly accountId: AccountId | null;
  readonly email: string | null;
  readonly senders: Senders;
  /** Milliseconds since 1970; a later change has a later time, whatever the clock says. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Direct ones. */
  readonly memberCount: number;
}

/** `unit`: everybody of it and of those below, whoever that is on the day. */
export type MemberKind = 'person' | 'group' | 'unit';

export interface MemberRef {
  readonly kind: MemberKind;
  readonly id: number;
}

export interface Member extends MemberRef {
  readonly name: string;
  readonly email: string | null;
}

export async function insertGroup(
  tx: Tx,
  given: Pick<
    Group,
    'tenantId' | 'id' | 'unitId' | 'name' | 'externalId' | 'accountId' | 'senders' | 'createdAt' | 'updatedAt'
  > & { readonly sortKey: string },
): Promise<void> {
  await insertRows(tx, 'directory_group', [
    {
      tenant_id: given.tenantId,
      id: given.id,
      unit_id: given.unitId,
      name: given.name,
      sort_key: given.sortKey,
      external_id: given.externalId,
      account_id: given.accountId,
      senders: given.senders,
      created_at: given.createdAt,
      updated_at: given.updatedAt,
    },
  ]);
}

const updateOne = statement<{
  tenantId: number;
  id: number;
  name: string;
  sortKey: string;
  externalId: string | null;
  accountId: number | null;
  senders: string;
  updatedAt: number;
}>()(({ q, p }) =>
  q
    .updateTable('directory_group')
    .set({
      name: p.name,
      sort_key: p.sortKey,
      external_id: p.externalId,
      account_id: p.accountId,
      senders: p.senders,
      updated_at: p.updatedAt,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateGroup(tx: Tx, group: Group & { readonly sortKey: string }): Promise<void> {
  const { tenantId, id, name, sortKey, externalId, accountId, senders, updatedAt } = group;
  await updateOne.run(tx, { tenantId, id, name, sortKey, externalId, accountId, senders, updatedAt });
}

/** The group, its members, and its place in other groups. */
export async function deleteGroup(tx: Tx, { tenantId, id }: Group): Promise<void> {
  await changes(
    tx,
    tx.q
      .deleteFrom('group_member')
      .where('tenant_id', '=', tenantId)
      .where((eb) => eb.or([eb('group_id', '=', id), eb.and([eb('kind', '=', 'group'), eb('member_id', '=', id)])])),
  );
  await changes(tx, tx.q.deleteFrom('directory_group').where('tenant_id', '=', tenantId).where('id', '=', id));
}

/** Which groups: each narrows. */
export interface GroupSearch {
  readonly tenantId: TenantId;
  /** Paths of units, one of which they are under; undefined for the whole tenant. */
  readonly paths: readonly string[] | undefined;
  readonly ids?: readonly GroupId[] | undefined;
  readonly externalId?: string | undefined;
  /** The beginning of the folded name. */
  readonly sortKey?: string | undefined;
  /** A part of the folded name. */
  readonly part?: string | undefined;
  readonly member?: MemberRef | undefined;
  readonly accountId?: AccountId | undefined;
}

function conditionsOf(tx: Tx, search: GroupSearch): RawBuilder<SqlBool> {
  const { tenantId, paths, ids, externalId, sortKey, part, member, accountId } = search;
  const under = paths?.map((path) => sql`(unit.path >= ${path} and unit.path < ${`${path.slice(0, -1)}0`})`);
  const all = [
    sql<SqlBool>`directory_group.tenant_id = ${tenantId}`,
    ...(under ? [under.length === 0 ? sql`1 = 0` : sql`(${sql.join(under, sql` or `)})`] : []),
    ...(ids ? [tx.anyOf('directory_group.id', ids)] : []),
    ...(externalId === undefined ? [] : [sql`directory_group.external_id = ${externalId}`]),
    ...(accountId === undefined ? [] : [sql`directory_group.account_id = ${accountId}`]),
    ...(sortKey === undefined
      ? []
      : [sql`directory_group.sort_key >= ${sortKey} and directory_group.sort_key < ${`${sortKey}\u{10FFFF}`}`]),
    ...(part === undefined ? [] : [sql`directory_group.sort_key like ${`%${part}%`}`]),
    ...(member
      ? [
          sql`directory_group.id in (select group_id from group_member where tenant_id = ${tenantId}
            and kind = ${member.kind} and member_id = ${member.id})`,
        ]
      : []),
  ];
  return sql<SqlBool>`${sql.join(all, sql` and `)}`;
}

const joined = sql`directory_group left join unit on unit.tenant_id = directory_group.tenant_id
  and unit.id = directory_group.unit_id left join account on account.id = directory_group.account_id`;

interface GroupRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly unit_id: number | null;
  readonly code: string | null;
  readonly unit_name: string | null;
  readonly path: string | null;
  readonly name: string;
  readonly external_id: string | null;
  readonly account_id: number | null;
  readonly email: string | null;
  readonly senders: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly members: number;
}

const group = (row: GroupRow): Group => ({
  tenantId: asId<TenantId>(row.tenant_id),
  id: asId<GroupId>(row.id),
  unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
  unitCode: row.code,
  unitName: row.unit_name,
  path: row.path ?? '/',
  name: row.name,
  externalId: row.external_id,
  accountId: row.account_id === null ? null : asId<AccountId>(row.account_id),
  email: row.email,
  senders: row.senders === 'members' || row.senders === 'named' ? row.senders : 'tenant',
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  memberCount: row.members,
});

export interface GroupPage {
  readonly sortBy: 'id' | 'name';
  readonly isDescending: boolean;
  readonly skip: number;
  readonly limit: number;
}

export async function selectGroups(tx: Tx, search: GroupSearch, page: GroupPage): Promise<readonly Group[]> {
  const direction = page.isDescending ? sql`desc` : sql`asc`;
  const order =
    page.sortBy === 'id'
      ? sql`directory_group.id ${direction}`
      : sql`directory_group.sort_key ${direction}, directory_group.id ${direction}`;
  const found = await rows(
    tx,
    sql<GroupRow>`select directory_group.tenant_id, directory_group.id, directory_group.unit_id, unit.code,
        unit.name as unit_name, unit.path, directory_group.name, directory_group.external_id,
        directory_group.account_id, account.email, directory_group.senders, directory_group.created_at,
        directory_group.updated_at, (select count(*) from group_member
          where group_member.tenant_id = directory_group.tenant_id and group_member.group_id = directory_group.id
            and group_member.kind <> 'sender') as members
      from ${joined} where ${conditionsOf(tx, search)} order by ${order} limit ${page.limit} offset ${page.skip}`,
  );
  return found.map(group);
}

export async function countGroups(tx: Tx, search: GroupSearch): Promise<number> {
  const query = sql<{
    readonly count: number;
  }>`select count(*) as count from ${joined} where ${conditionsOf(tx, search)}`;
  return (await rows(tx, query))[0]?.count ?? 0;
}

// ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of one group: units, people, groups, each by name; `limit` at most. Whoever is closed is none. */
export async function selectMembers(
  tx: Tx,
  { tenantId, id }: Pick<Group, 'tenantId' | 'id'>,
  limit: number,
): Promise<readonly Member[]> {
  const found = await rows(
    tx,
    sql<{
      readonly kind: string;
      readonly id: number;
      readonly name: string;
      readonly email: string | null;
    }>`select 'person' as kind, person.id as id, account.name as name, account.email as email,
        person.sort_key as sort_key
      from group_member join person on person.tenant_id = group_member.tenant_id and person.id = group_member.member_id
      join account on account.id = person.account_id
      where group_member.tenant_id = ${tenantId} and group_member.group_id = ${id} and group_member.kind = 'person'
        and person.state <> 'closed'
      union all
      select 'group' as kind, other.id as id, other.name as name, null as email, other.sort_key as sort_key
      from group_member join directory_group as other
        on other.tenant_id = group_member.tenant_id and other.id = group_member.member_id
      where group_member.tenant_id = ${tenantId} and group_member.group_id = ${id} and group_member.kind = 'group'
      union all
      select 'unit' as kind, unit.id as id, unit.name as name, null as email, unit.name as sort_key
      from group_member join unit on unit.tenant_id = group_member.tenant_id and unit.id = group_member.member_id
      where group_member.tenant_id = ${tenantId} and group_member.group_id = ${id} and group_member.kind = 'unit'
      order by kind desc, sort_key, id limit ${limit}`,
  );
  return found.map((row) => ({
    kind: row.kind === 'group' || row.kind === 'unit' ? row.kind : 'person',
    id: row.id,
    name: row.name,
    email: row.email,
  }));
}

/** @param kind `sender`: who may write to it, where that is by name. */
export async function insertMembers(
  tx: Tx,
  { tenantId, id }: Pick<Group, 'tenantId' | 'id'>,
  kind: MemberKind | 'sender',
  memberIds: readonly number[],
  at: number,
): Promise<number> {
  return insertRows(
    tx,
    'group_member',
    memberIds.map((memberId) => ({ tenant_id: tenantId, group_id: id, kind, member_id: memberId, added_at: at })),
    'ignore',
  );
}

/** @returns how many there were. */
export async function deleteMembers(
  tx: Tx,
  { tenantId, id }: Pick<Group, 'tenantId' | 'id'>,
  kind: MemberKind | 'sender',
  memberIds: readonly number[],
): Promise<number> {
  if (memberIds.length === 0) return 0;
  const query = tx.q
    .deleteFrom('group_member')
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', id)
    .where('kind', '=', kind)
    .where(tx.anyOf('member_id', memberIds));
  return changes(tx, query);
}

/** People of the tenant who are not closed, each with the path of their unit. */
export async function selectMemberPeople(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly number[],
): Promise<readonly { readonly id: PersonId; readonly path: string }[]> {
  if (ids.length === 0) return [];
  const found = await rows(
    tx,
    tx.q
      .selectFrom('person')
      .leftJoin('unit', (join) =>
        join.onRef('unit.tenant_id', '=', 'person.tenant_id').onRef('unit.id', '=', 'person.unit_id'),
      )
      .select(['person.id', 'unit.path'])
      .where('person.tenant_id', '=', tenantId)
      .where('person.state', '<>', 'closed')
      .where(tx.anyOf('person.id', ids)),
  );
  return found.map(({ id, path }) => ({ id: asId<PersonId>(id), path: path ?? '/' }));
}

/** One level up or down from `ids`: groups that hold them, or that they hold. */
export async function selectNextGroups(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly number[],
  where: 'above' | 'below',
): Promise<readonly number[]> {
  const [from, to] = where === 'above' ? (['member_id', 'group_id'] as const) : (['group_id', 'member_id'] as const);
  const query = tx.q
    .selectFrom('group_member')
    .select(to)
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'group')
    .where(tx.anyOf(from, ids));
  return (await rows(tx, query)).map((row) => Number(Object.values(row)[0]));
}

/** Accounts of the people in these groups themselves, and in units of theirs, who can read mail; without groups below. */
export async function selectMemberAccounts(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly number[],
  limit: number,
): Promise<readonly AccountId[]> {
  const query = tx.q
    .selectFrom('group_member')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'group_member.tenant_id').onRef('person.id', '=', 'group_member.member_id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .select('account.id')
    .distinct()
    .where('group_member.tenant_id', '=', tenantId)
    .where('group_member.kind', '=', 'person')
    .where(tx.anyOf('group_member.group_id', ids))
    .where('person.state', '<>', 'closed')
    .where('account.state', '=', 'active')
    .orderBy('account.id')
    .limit(limit);
  const found = new Set((await rows(tx, query)).map(({ id }) => id));
  const units = await selectUnitsBelow(tx, tenantId, ids);
  if (units.length > 0) {
    const inUnits = tx.q
      .selectFrom('person')
      .innerJoin('account', 'account.id', 'person.account_id')
      .select('account.id')
      .where('person.tenant_id', '=', tenantId)
      .where(tx.anyOf('person.unit_id', units))
      .where('person.state', '<>', 'closed')
      .where('account.state', '=', 'active')
      .orderBy('account.id')
      .limit(limit);
    for (const { id } of await rows(tx, inUnits)) found.add(id);
  }
  return [...found]
    .toSorted((a, b) => a - b)
    .slice(0, limit)
    .map((id) => asId<AccountId>(id));
}

/** The units that are members of these groups, and all below them. */
async function selectUnitsBelow(tx: Tx, tenantId: TenantId, ids: readonly number[]): Promise<readonly number[]> {
  const query = tx.q
    .selectFrom('group_member')
    .innerJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'group_member.tenant_id').onRef('unit.id', '=', 'group_member.member_id'),
    )
    .select('unit.path')
    .distinct()
    .where('group_member.tenant_id', '=', tenantId)
    .where('group_member.kind', '=', 'unit')
    .where(tx.anyOf('group_member.group_id', ids));
  const paths = (await rows(tx, query)).map(({ path }) => path);
  const below = new Set<number>();
  for (const path of paths) {
    const units = tx.q
      .selectFrom('unit')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('path', '>=', path)
      // '0' comes after '/': the paths that begin with this one.
      .where('path', '<', `${path.slice(0, -1)}0`);
    for (const { id } of await rows(tx, units)) below.add(id);
  }
  return [...below];
}

/** Whether who has this account stands in one of these groups so: as member, by their unit too, or as one who may write. */
export async function selectIsIn(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly number[],
  kind: 'person' | 'sender',
  accountId: AccountId,
): Promise<boolean> {
  const query = tx.q
    .selectFrom('person')
    .innerJoin('group_member', (join) =>
      join.onRef('group_member.tenant_id', '=', 'person.tenant_id').onRef('group_member.member_id', '=', 'person.id'),
    )
    .select('group_member.group_id')
    .where('person.tenant_id', '=', tenantId)
    .where('person.account_id', '=', accountId)
    .where('group_member.kind', '=', kind)
    .where(tx.anyOf('group_member.group_id', ids))
    .limit(1);
  if ((await rows(tx, query)).length > 0) return true;
  const units = kind === 'person' ? await selectUnitsBelow(tx, tenantId, ids) : [];
  if (units.length === 0) return false;
  const inUnits = tx.q
    .selectFrom('person')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where(tx.anyOf('unit_id', units));
  return (await rows(tx, inUnits)).length > 0;
}

/** Groups these people are members of themselves, by group. */
export async function selectGroupsOf(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly PersonId[],
): Promise<readonly { readonly personId: PersonId; readonly id: GroupId; readonly name: string }[]> {
  if (personIds.length === 0) return [];
  const query = tx.q
    .selectFrom('group_member')
    .innerJoin('directory_group', (join) =>
      join
        .onRef('directory_group.tenant_id', '=', 'group_member.tenant_id')
        .onRef('directory_group.id', '=', 'group_member.group_id'),
    )
    .select(['group_member.member_id', 'directory_group.id', 'directory_group.name'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('group_member.kind', '=', 'person')
    .where(tx.anyOf('group_member.member_id', personIds))
    .orderBy('directory_group.id');
  return (await rows(tx, query)).map((row) => ({
    personId: asId<PersonId>(row.member_id),
    id: asId<GroupId>(row.id),
    name: row.name,
  }));
}

const closeOne = statement<{ accountId: number }>()(({ q, p }) =>
  q.updateTable('account').set({ state: 'closed' }).where('id', '=', p.accountId),
);

/** Mail to it is refused from now on; its address is given to nobody else. */
export async function closeAccount(tx: Tx, accountId: AccountId): Promise<void> {
  await closeOne.run(tx, { accountId });
}

const renameOne = statement<{ accountId: number; name: string }>()(({ q, p }) =>
  q.updateTable('account').set({ name: p.name }).where('id', '=', p.accountId),
);

export async function updateAccountName(tx: Tx, accountId: AccountId, name: string): Promise<void> {
  await renameOne.run(tx, { accountId, name });
}
