/** Statements: who is in a group of the directory, by themselves, by another group, by their unit. */
import { sql } from 'kysely';

import { type AccountId, asId, type GroupId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { changes, insertRows, rows, type Tx } from '#server/store/statement.ts';

import type { Group } from './groups.ts';

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

/** People who may write to it where that is by name, by theirs. Whoever is closed is none. */
export async function selectWriters(
  tx: Tx,
  { tenantId, id }: Pick<Group, 'tenantId' | 'id'>,
): Promise<readonly Member[]> {
  const query = tx.q
    .selectFrom('group_member')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'group_member.tenant_id').onRef('person.id', '=', 'group_member.member_id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['person.id', 'account.name', 'account.email'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('group_member.group_id', '=', id)
    .where('group_member.kind', '=', 'sender')
    .where('person.state', '<>', 'closed')
    .orderBy('person.sort_key')
    .orderBy('person.id');
  return (await rows(tx, query)).map((row) => ({ kind: 'person', ...row }));
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

/** People in any of these groups or in units of theirs, each once: how many, and the first of them by name. Whoever is closed is none. */
export async function selectEveryone(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly number[],
  limit: number,
): Promise<{ readonly count: number; readonly people: readonly Member[] }> {
  const units = await selectUnitsBelow(tx, tenantId, ids);
  const named = tx.q
    .selectFrom('group_member')
    .select('member_id')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'person')
    .where(tx.anyOf('group_id', ids));
  const within = tx.q
    .selectFrom('person')
    .where('person.tenant_id', '=', tenantId)
    .where('person.state', '<>', 'closed')
    .where((eb) =>
      eb.or([eb('person.id', 'in', named), ...(units.length > 0 ? [tx.anyOf('person.unit_id', units)] : [])]),
    );
  const [all] = await rows(
    tx,
    within.select((eb) => eb.fn.countAll<number>().as('count')),
  );
  const first = await rows(
    tx,
    within
      .innerJoin('account', 'account.id', 'person.account_id')
      .select(['person.id', 'account.name', 'account.email'])
      .orderBy('person.sort_key')
      .orderBy('person.id')
      .limit(limit),
  );
  return { count: all?.count ?? 0, people: first.map((row) => ({ kind: 'person', ...row })) };
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
