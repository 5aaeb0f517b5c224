/** Groups as those who administer them see them: a group of a unit by whoever looks over that unit, others over the whole. */
import type { Actor } from '#server/access/actor.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole } from '#server/access/require-role.ts';
import {
  countGroups,
  type Group,
  type GroupPage,
  type GroupSearch,
  selectGroups,
} from '#server/directory/queries/groups.ts';
import { type Member, type MemberRef, selectGroupsOf, selectMembers } from '#server/directory/queries/members.ts';
import type { GroupId, PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

export type { Group, GroupPage, Member, MemberRef };

export interface GroupRef {
  readonly tenantId: TenantId;
  readonly groupId: GroupId;
}

/** Direct members of one group. */
export const membersAtMost = 10_000;

export interface GroupWithMembers extends Group {
  readonly members: readonly Member[];
}

/** @throws {Refusal} `mayNot`; `noSuchGroup` also for one outside the actor's subtrees. */
export function readGroup(store: Store, actor: Actor, who: GroupRef): Promise<GroupWithMembers> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', who.tenantId, store.now());
    return withMembers(tx, await requireGroup(tx, held, who));
  });
}

export async function withMembers(tx: Tx, group: Group): Promise<GroupWithMembers> {
  return { ...group, members: await selectMembers(tx, group, membersAtMost) };
}

/** @param held the roles under which it is looked for. @throws {Refusal} `noSuchGroup`. */
export async function requireGroup(tx: Tx, held: Held, { tenantId, groupId }: GroupRef): Promise<Group> {
  const page: GroupPage = { sortBy: 'id', isDescending: false, skip: 0, limit: 1 };
  const [found] = await selectGroups(tx, { tenantId, paths: undefined, ids: [groupId] }, page);
  if (!found || !held.some((role) => covers(role, { tenantId, path: found.path }))) throw new Refusal('noSuchGroup');
  return found;
}

/** Those within the actor's subtrees, and how many there are on all pages. @throws {Refusal} `mayNot`. */
export function findGroups(
  store: Store,
  actor: Actor,
  search: Omit<GroupSearch, 'paths'>,
  page: GroupPage,
): Promise<{ readonly total: number; readonly groups: readonly Group[] }> {
  return read(store, async (tx) => {
    const { tenantId } = search;
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const isWhole = held.some((role) => covers(role, { tenantId, path: '/' }));
    const own: GroupSearch = { ...search, paths: isWhole ? undefined : held.map(({ path }) => path) };
    return { total: await countGroups(tx, own), groups: await selectGroups(tx, own, page) };
  });
}

export interface GroupOf {
  readonly id: GroupId;
  readonly name: string;
}

/** The groups each of these people is a member of itself. Who may know is the caller's to check. */
export async function groupsOf(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, readonly GroupOf[]>> {
  return Map.groupBy(await selectGroupsOf(tx, tenantId, personIds), ({ personId }) => personId);
}
