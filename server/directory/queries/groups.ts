/** Statements: groups of the directory; members.ts has who is in them. */
import { type RawBuilder, sql, type SqlBool } from 'kysely';

import { type AccountId, asId, type GroupId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

import type { MemberRef } from './members.ts';

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
  /** Parts of the folded name, each of which is in it: words as `foldWords` gives them. */
  readonly parts?: readonly string[] | undefined;
  /** The beginning of its address, in lower case. */
  readonly email?: string | undefined;
  readonly member?: MemberRef | undefined;
  readonly accountId?: AccountId | undefined;
}

function conditionsOf(tx: Tx, search: GroupSearch): RawBuilder<SqlBool> {
  const { tenantId, paths, ids, externalId, sortKey, parts = [], email, member, accountId } = search;
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
    ...parts.map((part) => sql`directory_group.sort_key like ${`%${part}%`}`),
    ...(email === undefined ? [] : [sql`substr(account.email, 1, ${sql.lit(email.length)}) = ${email}`]),
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
  /** Of those by name, ascending: what comes after this one. */
  readonly after?: { readonly sortKey: string; readonly id: GroupId } | undefined;
}

export async function selectGroups(tx: Tx, search: GroupSearch, page: GroupPage): Promise<readonly Group[]> {
  const { after } = page;
  const beyond = after
    ? sql`and (directory_group.sort_key, directory_group.id) > (${after.sortKey}, ${after.id})`
    : sql``;
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
      from ${joined} where ${conditionsOf(tx, search)} ${beyond} order by ${order} limit ${page.limit} offset ${page.skip}`,
  );
  return found.map(group);
}

export async function countGroups(tx: Tx, search: GroupSearch): Promise<number> {
  const query = sql<{
    readonly count: number;
  }>`select count(*) as count from ${joined} where ${conditionsOf(tx, search)}`;
  return (await rows(tx, query))[0]?.count ?? 0;
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
