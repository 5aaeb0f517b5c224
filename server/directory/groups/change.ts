/**
 * Making, changing and removing groups. Members are people, groups and units (everybody of
 * one and below) of the same institution; a group is never in
 * itself, however far down, and groups stand in each other eight deep at most: whatever expands one comes to an end.
 */
import type { Actor } from '#server/access/actor.ts';
import { covers } from '#server/access/powers.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole, requireReason, requireRole } from '#server/access/require-role.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { foldWords } from '#server/directory/fold.ts';
import { newGroupId } from '#server/directory/identifiers.ts';
import { decideEmail } from '#server/directory/person.ts';
import {
  closeAccount,
  deleteGroup,
  type Group,
  insertGroup,
  selectGroups,
  type Senders,
  updateAccountName,
  updateGroup,
} from '#server/directory/queries/groups.ts';
import {
  deleteMembers,
  insertMembers,
  type MemberRef,
  selectMemberPeople,
  selectNextGroups,
} from '#server/directory/queries/members.ts';
import { lockNames, selectUnit } from '#server/directory/queries/institution.ts';
import { registerAccounts } from '#server/directory/register.ts';
import { requireOpenUnit } from '#server/directory/unit.ts';
import { recordTrace } from '#server/records/trace.ts';
import { type AccountId, asId, type GroupId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

import { type GroupRef, type GroupWithMembers, membersAtMost, requireGroup, sortKeyOf, withMembers } from './read.ts';

export type { Senders };

export interface GroupChange {
  readonly name?: string | undefined;
  readonly externalId?: string | null | undefined;
  readonly senders?: Senders | undefined;
  /** An address of the tenant's; `true`: one made of the name. A group that has one keeps it. */
  readonly email?: string | true | undefined;
  readonly added?: readonly MemberRef[] | undefined;
  readonly removed?: readonly MemberRef[] | undefined;
  /** Who may write to it where `senders` is `named`; members or not. */
  readonly addedWriters?: readonly PersonId[] | undefined;
  readonly removedWriters?: readonly PersonId[] | undefined;
}

export interface NewGroup extends GroupChange {
  readonly name: string;
  /** Null: of the whole tenant. */
  readonly unitId?: UnitId | null;
}

const depthAtMost = 8;
const groupsWalkedAtMost = 2_000;
const nameCharacters = 200;

/** @throws {Refusal} `mayNot`, `noSuchUnit`, `invalidProperties`, `alreadyExists`, `noSuchDomain`, `wouldLoop`, `tooMany`. */
export function createGroup(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  { unitId = null, ...given }: NewGroup,
): Promise<GroupWithMembers> {
  return write(store, async (tx) => {
    const at = store.now();
    const { held, path } = await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
    await lockNames(tx, tenantId);
    if (unitId !== null) await requireOpenUnit(tx, tenantId, unitId);
    const blank: Group = {
      tenantId,
      id: await newGroupId(tx),
      unitId,
      unitCode: null,
      unitName: null,
      path,
      name: '',
      externalId: null,
      accountId: null,
      email: null,
      senders: 'tenant',
      createdAt: at,
      updatedAt: at,
      memberCount: 0,
    };
    const group = await planned(tx, blank, given, at);
    await insertGroup(tx, { ...group, sortKey: sortKeyOf(group.name) });
    await changeMembers(tx, held, group, given, at);
    const details = { group: group.id, name: group.name, unit: unitId, added: given.added?.length ?? 0 };
    await recordTrace(tx, { tenantId, actor, verb: 'createGroup', at, details });
    return withMembers(tx, await requireGroup(tx, held, { tenantId, groupId: group.id }));
  });
}

/**
 * @param plan what is different, from how it stands; what it throws stops the change.
 * @throws {Refusal} as `createGroup`; `noSuchGroup`.
 */
export function changeGroup(
  store: Store,
  actor: Actor,
  who: GroupRef,
  plan: (group: GroupWithMembers) => GroupChange,
): Promise<GroupWithMembers> {
  const { tenantId } = who;
  return write(store, async (tx) => {
    const now = store.now();
    const held = await requireAnyRole(tx, actor, 'administer', tenantId, now);
    await lockNames(tx, tenantId);
    const before = await withMembers(tx, await requireGroup(tx, held, who));
    const change = plan(before);
    const at = Math.max(now, before.updatedAt + 1);
    const group = { ...(await planned(tx, before, change, now)), updatedAt: at };
    const moved = await changeMembers(tx, held, group, change, now);
    const isSame = (['name', 'externalId', 'senders', 'accountId'] as const).every((one) => before[one] === group[one]);
    if (isSame && moved.added + moved.removed + moved.writers === 0) return before;
    await updateGroup(tx, { ...group, sortKey: sortKeyOf(group.name) });
    if (group.accountId !== null && group.name !== before.name)
      await updateAccountName(tx, group.accountId, group.name);
    const details = { group: group.id, name: group.name, ...moved };
    await recordTrace(tx, { tenantId, actor, verb: 'changeGroup', at: now, details });
    return withMembers(tx, await requireGroup(tx, held, who));
  });
}

/**
 * Its address is refused from then on, and given to nobody else. A person proves who they are; another directory has its token.
 * @throws {Refusal} `mayNot`, `noSuchGroup`, `stepUpNeeded`, `invalidProperties` naming `reason`; `awaitsApproval`.
 */
export async function removeGroup(
  store: Store,
  actor: Actor,
  who: GroupRef,
  givenReason?: string,
  check: (group: Group) => void = () => undefined,
): Promise<void> {
  const reason = requireReason(actor, givenReason);
  const { tenantId } = who;
  const remove = async (tx: Tx): Promise<void> => {
    const at = store.now();
    const groupFor = async (one: Actor): Promise<Group> =>
      requireGroup(tx, await requireAnyRole(tx, one, 'administer', tenantId, at), who);
    // Before anything is locked for somebody who may not.
    await requireAnyRole(tx, actor, 'administer', tenantId, at);
    await lockNames(tx, tenantId);
    const group = await groupFor(actor);
    if (actor.kind !== 'directory') await requireFresh(tx, actor, at);
    check(group);
    const { path, name, updatedAt } = group;
    const details = { act: 'removeGroup', name, address: group.email };
    const seen = { id: group.id, updatedAt };
    const danger = { tenantId, kinds: ['groups'], power: 'administer', path, seen, details } as const;
    await requireSecondOver(store, tx, actor, danger, at, groupFor);
    if (group.accountId !== null) await closeAccount(tx, group.accountId);
    await deleteGroup(tx, group);
    const told = { group: group.id, name, members: group.memberCount, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'removeGroup', at, details: told });
  };
  await orWaiting(store, actor, { verb: 'removeGroup', who }, reason, () => write(store, remove));
}

async function planned(tx: Tx, before: Group, change: GroupChange, at: number): Promise<Group> {
  const name = (change.name ?? before.name).trim();
  const externalId = change.externalId === undefined ? before.externalId : change.externalId;
  const wrong = [
    ...(name === '' || name.length > nameCharacters || /\p{Cc}/u.test(name) ? ['name'] : []),
    ...((externalId?.length ?? 0) > nameCharacters ? ['externalId'] : []),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
  const { tenantId, id } = before;
  if (externalId !== null && externalId !== before.externalId) {
    const page = { sortBy: 'id', isDescending: false, skip: 0, limit: 1 } as const;
    const [other] = await selectGroups(tx, { tenantId, paths: undefined, externalId }, page);
    if (other && other.id !== id) throw new Refusal('alreadyExists', { description: `external id ${externalId}` });
  }
  const senders = change.senders ?? before.senders;
  const group = { ...before, name, externalId, senders };
  if (change.email === undefined || before.accountId !== null) return group;
  return { ...group, ...(await openAddress(tx, group, change.email === true ? undefined : change.email, at)) };
}

/** The account of its address: nobody's, and nothing is kept in it. */
async function openAddress(
  tx: Tx,
  { tenantId, unitId, name }: Group,
  email: string | undefined,
  at: number,
): Promise<{ readonly accountId: AccountId; readonly email: string }> {
  const base = foldWords(name).join('-').slice(0, 58) || 'groupe';
  const decided = await decideEmail(tx, tenantId, email, base);
  const [registered] = await registerAccounts(
    tx,
    tenantId,
    [
      {
        name,
        email: decided,
        isProvisional: false,
        aliases: [],
        unitId,
        quotaOctets: null,
        person: undefined,
        kind: 'group',
      },
    ],
    at,
  );
  if (!registered) throw new Error('registration gave no account');
  return { accountId: registered.accountId, email: decided };
}

async function changeMembers(
  tx: Tx,
  held: Held,
  group: Group,
  { added = [], removed = [], addedWriters = [], removedWriters = [] }: GroupChange,
  at: number,
): Promise<{ readonly added: number; readonly removed: number; readonly writers: number }> {
  const { tenantId } = group;
  // Before anybody is looked for: some are asked one by one.
  for (const all of [added, addedWriters])
    if (all.length > membersAtMost) throw new Refusal('tooMany', { limit: membersAtMost });
  const idsOf = (of: readonly MemberRef[], kind: MemberRef['kind']): readonly number[] => [
    ...new Set(of.filter((one) => one.kind === kind).map(({ id }) => id)),
  ];
  const people = idsOf(added, 'person');
  const groups = idsOf(added, 'group');
  const units = idsOf(added, 'unit');
  const named = [...people, ...addedWriters];
  const known = await selectMemberPeople(tx, tenantId, named);
  const seen = new Set(
    known.filter(({ path }) => held.some((role) => covers(role, { tenantId, path }))).map(({ id }) => Number(id)),
  );
  const missing = named.find((id) => !seen.has(id));
  if (missing !== undefined) throw noMember(`person ${missing}`);
  await requireGroupsBelow(tx, held, group, groups);
  await requireUnits(tx, held, group, units);
  let gone = 0;
  let come = 0;
  for (const kind of ['person', 'group', 'unit'] as const)
    gone += await deleteMembers(tx, group, kind, idsOf(removed, kind));
  for (const [kind, ids] of [
    ['person', people],
    ['group', groups],
    ['unit', units],
  ] as const)
    come += await insertMembers(tx, group, kind, ids, at);
  if (group.memberCount - gone + come > membersAtMost) throw new Refusal('tooMany', { limit: membersAtMost });
  const writers =
    (await deleteMembers(tx, group, 'sender', removedWriters)) +
    (await insertMembers(tx, group, 'sender', addedWriters, at));
  return { added: come, removed: gone, writers };
}

/** @throws {Refusal} `invalidProperties`, `wouldLoop` for one that holds the group already, or that would be too deep. */
async function requireGroupsBelow(tx: Tx, held: Held, group: Group, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { tenantId } = group;
  const page = { sortBy: 'id', isDescending: false, skip: 0, limit: ids.length } as const;
  const wanted = ids.map((id) => asId<GroupId>(id));
  const found = await selectGroups(tx, { tenantId, paths: undefined, ids: wanted }, page);
  const seen = found.filter(({ path }) => held.some((role) => covers(role, { tenantId, path })));
  const missing = ids.find((id) => !seen.some((one) => one.id === id));
  if (missing !== undefined) throw noMember(`group ${missing}`);
  const above = await walk(tx, tenantId, [group.id], 'above');
  const below = await walk(tx, tenantId, ids, 'below');
  if (below.ids.has(group.id) || above.levels + below.levels > depthAtMost) throw new Refusal('wouldLoop');
}

/** @throws {Refusal} `invalidProperties`. */
async function requireUnits(tx: Tx, held: Held, { tenantId }: Group, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const unit = await selectUnit(tx, tenantId, asId<UnitId>(id));
    if (!unit || !held.some((role) => covers(role, { tenantId, path: unit.path }))) throw noMember(`unit ${id}`);
  }
}

function noMember(who: string): Refusal {
  return new Refusal('invalidProperties', { properties: ['members'], description: `no ${who} to be a member` });
}

/** All groups above or below, themselves included, and how many levels they are. @throws {Refusal} `tooMany`. */
export async function walk(
  tx: Tx,
  tenantId: TenantId,
  from: readonly number[],
  where: 'above' | 'below',
): Promise<{ readonly ids: ReadonlySet<number>; readonly levels: number }> {
  const ids = new Set(from);
  let level = from;
  let levels = 0;
  for (; level.length > 0 && levels <= depthAtMost; levels += 1) {
    level = (await selectNextGroups(tx, tenantId, level, where)).filter((id) => !ids.has(id));
    for (const id of level) ids.add(id);
    if (ids.size > groupsWalkedAtMost) throw new Refusal('tooMany', { limit: groupsWalkedAtMost });
  }
  return { ids, levels };
}
