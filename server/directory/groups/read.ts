/** Groups as those who look after them see them: a group of a unit by whoever looks over that unit, others over the whole. */
import type { Actor } from '#server/access/actor.ts';
import { covers, givesPower } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole, requireRole } from '#server/access/require-role.ts';
import { foldWords } from '#server/directory/fold.ts';
import {
  countGroups,
  type Group,
  type GroupPage,
  type GroupSearch,
  selectGroups,
} from '#server/directory/queries/groups.ts';
import {
  type Member,
  type MemberRef,
  selectGroupsOf,
  selectMembers,
  selectWriters,
} from '#server/directory/queries/members.ts';
import type { GroupId, PersonId, TenantId, UnitId } from '#server/store/ids.ts';
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
  /** Who may write to it where that is by name. */
  readonly writers: readonly Member[];
}

/** @throws {Refusal} `mayNot`; `noSuchGroup` also for one outside the actor's subtrees. */
export function readGroup(store: Store, actor: Actor, who: GroupRef): Promise<GroupWithMembers> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', who.tenantId, store.now());
    return withMembers(tx, await requireGroup(tx, held, who));
  });
}

export async function withMembers(tx: Tx, group: Group): Promise<GroupWithMembers> {
  return {
    ...group,
    members: await selectMembers(tx, group, membersAtMost),
    writers: await selectWriters(tx, group),
  };
}

/** By what it is sorted, and found again where a page ended. */
export function sortKeyOf(name: string): string {
  return foldWords(name).join('');
}

export interface GroupCard extends Group {
  readonly mayChange: boolean;
}

/** Those of `ids` that are within the actor's subtrees, in no order. @throws {Refusal} `mayNot`. */
export function readGroups(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  ids: readonly GroupId[],
): Promise<readonly GroupCard[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const page: GroupPage = { sortBy: 'id', isDescending: false, skip: 0, limit: ids.length };
    const found = await selectGroups(tx, { tenantId, paths: undefined, ids }, page);
    return found.flatMap((group): readonly GroupCard[] => {
      const over = held.filter((role) => covers(role, { tenantId, path: group.path }));
      return over.length === 0 ? [] : [{ ...group, mayChange: over.some((role) => givesPower(role, 'administer')) }];
    });
  });
}

export interface GroupWords {
  /** Words of the name, or the beginning of the address. */
  readonly text?: string;
  /** Under this unit. */
  readonly unitId?: UnitId;
}

/**
 * A page of those within the actor's subtrees, by name.
 * @param page `after`: the last one of the page before.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `anchorNotFound`.
 */
export function searchGroups(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  { text = '', unitId }: GroupWords,
  { limit, after }: { readonly limit: number; readonly after?: GroupId | undefined },
): Promise<readonly GroupId[]> {
  return read(store, async (tx) => {
    const at = store.now();
    const held = await requireAnyRole(tx, actor, 'look', tenantId, at);
    const paths =
      unitId === undefined
        ? pathsOf(held, tenantId)
        : [(await requireRole(tx, actor, 'look', { tenantId, unitId }, at)).path];
    const typed = text.trim().slice(0, typedCharacters);
    const found = typed.includes('@') ? { email: typed.toLowerCase() } : { parts: foldWords(typed) };
    // Something was typed of which no letter is one that names are found by.
    if (typed !== '' && found.parts?.length === 0) return [];
    const last =
      after === undefined ? undefined : await requireGroup(tx, held, { tenantId, groupId: after }).catch(gone);
    const page: GroupPage = {
      sortBy: 'name',
      isDescending: false,
      skip: 0,
      limit,
      after: last && { sortKey: sortKeyOf(last.name), id: last.id },
    };
    return (await selectGroups(tx, { tenantId, paths, ...found }, page)).map(({ id }) => id);
  });
}

const typedCharacters = 200;

function gone(error: unknown): never {
  throw error instanceof Refusal ? new Refusal('anchorNotFound') : error;
}

/** Undefined for the whole tenant. */
function pathsOf(held: Held, tenantId: TenantId): readonly string[] | undefined {
  const isWhole = held.some((role) => covers(role, { tenantId, path: '/' }));
  return isWhole ? undefined : held.map(({ path }) => path);
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
    const own: GroupSearch = { ...search, paths: pathsOf(held, tenantId) };
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
