/**
 * Group, our own type: groups of the directory as far as one's roles reach, found by name, page by page from an anchor.
 * `memberIds` and `writerIds` are sets of ids, patched one by one; who they are is asked for by name, and so is
 * `everyone`, the people it means through its units and the groups below it.
 */
import { aBoolean, anId, aString, nullable, oneOf, optional, setOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { conditionsOf } from '#formats/jmap/filter.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { PropertyPatch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import {
  changeGroup,
  createGroup,
  type GroupChange,
  removeGroup,
  type Senders,
} from '#server/directory/groups/change.ts';
import { readEveryone } from '#server/directory/groups/everyone.ts';
import {
  type GroupCard,
  type GroupWithMembers,
  type Member,
  type MemberRef,
  readGroup,
  readGroups,
  searchGroups,
} from '#server/directory/groups/read.ts';
import { asId, type GroupId, type PersonId, type UnitId } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import type { Query } from '#server/protocols/jmap/engine/type.ts';

import { groupIds, personIds, tenantOf, unitIds } from './ids.ts';

const printers: Readonly<Record<string, (group: GroupCard) => Json>> = {
  id: ({ id }) => groupIds.print(id),
  name: ({ name }) => name,
  unitId: ({ unitId }) => (unitId === null ? null : unitIds.print(unitId)),
  unitName: ({ unitName }) => unitName,
  email: ({ email }) => email,
  senders: ({ senders }) => senders,
  memberCount: ({ memberCount }) => memberCount,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  mayChange: ({ mayChange }) => mayChange,
};

const idOf = ({ kind, id }: MemberRef): string => {
  if (kind === 'group') return groupIds.print(asId<GroupId>(id));
  return kind === 'unit' ? unitIds.print(asId<UnitId>(id)) : personIds.print(asId<PersonId>(id));
};
const printMember = (member: Member): JsonObject => ({
  id: idOf(member),
  kind: member.kind,
  name: member.name,
  email: member.email,
});
const printSet = (members: readonly Member[]): JsonObject =>
  Object.fromEntries(members.map((one) => [idOf(one), true]));

const ofPeople: Readonly<Record<string, (group: GroupWithMembers) => Json>> = {
  memberIds: ({ members }) => printSet(members),
  members: ({ members }) => members.map(printMember),
  writerIds: ({ writers }) => printSet(writers),
  writers: ({ writers }) => writers.map(printMember),
};

/** Groups of which one call is told the people: each may have ten thousand. */
const readWholeAtMost = 10;
/** People shown of all that a group means; they are counted all the same. */
const everyoneShown = 200;

const allSenders = ['tenant', 'members', 'named'] as const satisfies readonly Senders[];
const isServerSet = { isServerSet: true } as const;
const isEntry = ([id = '', ...below]: readonly string[], value: Json): boolean =>
  below.length === 0 && refOf(id) !== undefined && (value === true || value === null);

export const groupMethods = defineType({
  name: 'Group',
  capability: consoleCapability,
  state: 'none',
  ids: groupIds,
  properties: {
    name: { read: aString, isRequired: true },
    /** Null: of the whole institution. */
    unitId: { read: nullable(anId), isImmutable: true, otherwise: null },
    /** Given once; a group that has an address keeps it. */
    email: { read: nullable(aString), otherwise: null },
    /** Never read: `true` gives it an address made of its name. */
    planEmail: { read: aBoolean, otherwise: false },
    senders: { read: oneOf(...allSenders), otherwise: 'tenant' },
    memberIds: { read: setOf(anId), readEntry: isEntry, otherwise: {} },
    writerIds: { read: setOf(anId), readEntry: isEntry, otherwise: {} },
    members: isServerSet,
    writers: isServerSet,
    everyone: isServerSet,
    everyoneCount: isServerSet,
    unitName: isServerSet,
    memberCount: isServerSet,
    createdAt: isServerSet,
    mayChange: isServerSet,
  },
  defaultProperties: Object.keys(printers),
  get: {
    async run(ctx, ids: readonly GroupId[] | null, names) {
      // There is no list of all: lists are searched for.
      const asked = ids ?? [];
      const isWhole = names.some((name) => Object.hasOwn(ofPeople, name) || name.startsWith('everyone'));
      if (isWhole && asked.length > readWholeAtMost) throw new MethodError('requestTooLarge');
      const found = await readGroups(ctx.store, ctx.actor, tenantOf(ctx), asked);
      return Promise.all(found.map((group) => printGroup(ctx, group, names)));
    },
  },
  query: {
    conditions: { text: aString, unitId: anId },
    sorts: [],
    async run(ctx, query) {
      const limit = Math.min(query.limit, 200);
      const page = { limit, after: query.anchor };
      const ids = await searchGroups(ctx.store, ctx.actor, tenantOf(ctx), searchOf(query), page);
      return { queryState: '', canCalculateChanges: false, ids, position: 0 };
    },
  },
  set: {
    // Why groups are removed: of all those that one call destroys.
    args: { reason: optional(aString, '') },
    async create(ctx, record) {
      const unitId = typeof record['unitId'] === 'string' ? unitIds.read(record['unitId']) : null;
      if (unitId === undefined) throw new Refusal('noSuchUnit');
      const { name = '', ...fields } = fieldsOf((property) => record[property]);
      const added = refsIn(record['memberIds'] ?? {}, 'memberIds');
      const addedWriters = peopleOf(refsIn(record['writerIds'] ?? {}, 'writerIds'));
      const given = { ...fields, name, unitId, added, addedWriters };
      const made = await createGroup(ctx.store, ctx.actor, tenantOf(ctx), given);
      const { email, memberCount, createdAt } = made;
      return { id: made.id, properties: { email, memberCount, createdAt: printUtcDate(createdAt) } };
    },
    update: (ctx, updates) => {
      const tenantId = tenantOf(ctx);
      return eachUpdate(updates, async (groupId, patch) => {
        const fields = fieldsOf((property) => {
          const change = patch.get(property);
          return change?.kind === 'replace' ? change.value : undefined;
        });
        const { email, memberCount } = await changeGroup(ctx.store, ctx.actor, { tenantId, groupId }, (before) => {
          const members = differenceOf(patch.get('memberIds'), before.members, 'memberIds');
          const writers = differenceOf(patch.get('writerIds'), before.writers, 'writerIds');
          return {
            ...fields,
            added: members.added,
            removed: members.removed,
            addedWriters: peopleOf(writers.added),
            removedWriters: peopleOf(writers.removed),
          };
        });
        return { email, memberCount };
      });
    },
    destroy: (ctx, ids: readonly GroupId[], { reason }) => {
      const tenantId = tenantOf(ctx);
      return eachDestroy(ids, (groupId) => removeGroup(ctx.store, ctx.actor, { tenantId, groupId }, reason));
    },
  },
});

async function printGroup(
  { store, actor }: AccountContext,
  group: GroupCard,
  names: readonly string[],
): Promise<JsonObject> {
  const { tenantId, id: groupId } = group;
  const who = { tenantId, groupId };
  const whole = names.some((name) => Object.hasOwn(ofPeople, name)) ? await readGroup(store, actor, who) : undefined;
  const all = names.some((name) => name.startsWith('everyone'))
    ? await readEveryone(store, actor, who, names.includes('everyone') ? everyoneShown : 0)
    : undefined;
  const ofAll: Readonly<Record<string, Json>> = {
    everyone: all ? all.people.map(printMember) : null,
    everyoneCount: all?.count ?? null,
  };
  return Object.fromEntries(
    names.map((name): [string, Json] => [
      name,
      printers[name]?.(group) ?? (whole && ofPeople[name]?.(whole)) ?? ofAll[name] ?? null,
    ]),
  );
}

/** @throws {MethodError} `unsupportedFilter`, `invalidArguments`. */
function searchOf({ filter, position, anchor, anchorOffset }: Query<GroupId>) {
  if (position !== 0 || (anchor === undefined ? anchorOffset !== 0 : anchorOffset !== 1))
    throw new MethodError('invalidArguments', 'a page begins at 0, or one after its anchor');
  if (filter && filter.kind !== 'condition') throw new MethodError('unsupportedFilter', 'one condition alone');
  const [{ text, unitId } = {}] = conditionsOf(filter);
  const unit = typeof unitId === 'string' ? unitIds.read(unitId) : undefined;
  if (typeof unitId === 'string' && unit === undefined) throw new MethodError('invalidArguments', 'no such unit');
  return { ...(typeof text === 'string' && { text }), ...(unit !== undefined && { unitId: unit }) };
}

/** What is given; the properties were read before. */
function fieldsOf(of: (property: string) => Json | undefined): GroupChange {
  const name = aString(of('name') ?? null);
  const senders = allSenders.find((one) => one === of('senders'));
  const email = aString(of('email') ?? null) ?? (of('planEmail') === true ? true : undefined);
  return { ...(name !== undefined && { name }), ...(senders && { senders }), ...(email !== undefined && { email }) };
}

function refOf(id: string): MemberRef | undefined {
  const group = groupIds.read(id);
  if (group !== undefined) return { kind: 'group', id: group };
  const unit = unitIds.read(id);
  if (unit !== undefined) return { kind: 'unit', id: unit };
  const person = personIds.read(id);
  return person === undefined ? undefined : { kind: 'person', id: person };
}

/** @throws {Refusal} `invalidProperties` for what is nobody's id. */
function refsIn(value: Json, property: string): readonly MemberRef[] {
  return [...(setOf(anId)(value) ?? [])].map((id) => {
    const ref = refOf(id);
    if (!ref) throw new Refusal('invalidProperties', { properties: [property] });
    return ref;
  });
}

/** @throws {Refusal} `invalidProperties`: groups and units do not write. */
function peopleOf(refs: readonly MemberRef[]): readonly PersonId[] {
  return refs.map(({ kind, id }) => {
    if (kind !== 'person')
      throw new Refusal('invalidProperties', { properties: ['writerIds'], description: 'only people write' });
    return asId<PersonId>(id);
  });
}

/** Whom a patch brings and takes away, of those who are there. */
function differenceOf(
  patch: PropertyPatch | undefined,
  before: readonly Member[],
  property: string,
): { readonly added: readonly MemberRef[]; readonly removed: readonly MemberRef[] } {
  if (!patch) return { added: [], removed: [] };
  if (patch.kind === 'replace') {
    const wanted = refsIn(patch.value ?? {}, property);
    const has = new Set(wanted.map(idOf));
    const had = new Set(before.map(idOf));
    return {
      added: wanted.filter((one) => !had.has(idOf(one))),
      removed: before.filter((one) => !has.has(idOf(one))),
    };
  }
  const named = (isThere: boolean): readonly MemberRef[] =>
    patch.entries.filter(({ value }) => (value === true) === isThere).flatMap(({ path: [id = ''] }) => refOf(id) ?? []);
  return { added: named(true), removed: named(false) };
}
