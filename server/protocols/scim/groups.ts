/** /Groups (RFC 7643 §4.2, RFC 7644 §3): groups of the directory, whose members are users and groups. */
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { ScimError } from '#formats/scim/error.ts';
import { type AttributePath, type Filter, printFilter, readAttribute } from '#formats/scim/filter.ts';
import { matches } from '#formats/scim/match.ts';
import { applyPatch } from '#formats/scim/patch.ts';
import { readResource } from '#formats/scim/resource.ts';
import { isList, isObject, locate } from '#formats/scim/schema.ts';
import type { Selection } from '#formats/scim/select.ts';
import { foldWords } from '#server/directory/fold.ts';
import {
  changeGroup,
  createGroup,
  type GroupChange,
  removeGroup,
  type Senders,
} from '#server/directory/groups/change.ts';
import {
  findGroups,
  type Group,
  type GroupPage,
  type GroupWithMembers,
  type MemberRef,
  readGroup,
} from '#server/directory/groups/read.ts';
import { findUnitByCode } from '#server/directory/unit.ts';
import { asId, type GroupId } from '#server/store/ids.ts';

import { type Asked, type Endpoint, printVersion, readId, requireVersion } from './endpoint.ts';
import { academyGroupSchemaId, groupResource, groupSchemaId, groupType } from './schemas.ts';

const groupIdOf = (id: string): GroupId => readId<GroupId>('g', id);
const versionOf = ({ updatedAt }: Group): string => updatedAt.toString(36);

/** Groups are asked one by one what no index says: there are as many as schools, not as people. */
const askedAtMost = 2_000;

export const groups: Endpoint = {
  type: groupType,

  async read({ store, actor, base }, id) {
    return printGroup(await readGroup(store, actor, { tenantId: actor.tenantId, groupId: groupIdOf(id) }), base);
  },

  async query(asked, { filter, sortBy, isDescending, startIndex, count, selection }) {
    const { store, actor, base } = asked;
    if (filter) matches(groupResource, {}, filter);
    const sorted = { sortBy: sortOf(sortBy === undefined ? undefined : readAttribute(sortBy)), isDescending };
    const { isExact, ...search } = filter ? planFilter(filter) : { isExact: true };
    const page: GroupPage = isExact
      ? { ...sorted, skip: startIndex - 1, limit: count }
      : { ...sorted, skip: 0, limit: askedAtMost };
    const found = await findGroups(store, actor, { ...search, tenantId: actor.tenantId }, page);
    const isAsked = filter !== undefined && !isExact && /members/i.test(printFilter(filter));
    const needsMembers = isAsked || wantsMembers(selection);
    const whole = async (group: Group): Promise<JsonObject> => {
      if (!needsMembers) return printGroup({ ...group, members: [] }, base);
      return printGroup(await readGroup(store, actor, { tenantId: group.tenantId, groupId: group.id }), base);
    };
    const printed: JsonObject[] = [];
    if (!isExact && found.total > askedAtMost) throw new ScimError(400, 'tooMany', 'too many groups to ask each');
    for (const group of found.groups) printed.push(await whole(group));
    if (isExact || !filter) return { total: found.total, resources: printed };
    const fit = printed.filter((one) => matches(groupResource, one, filter));
    return { total: fit.length, resources: fit.slice(startIndex - 1, startIndex - 1 + count) };
  },

  async create(asked, data) {
    const { store, actor, base } = asked;
    const wanted = readResource(groupResource, data);
    const change = changeOf(wanted, []);
    const unitId = await unitOf(asked, wanted);
    const { name } = change;
    if (name === undefined) throw new ScimError(400, 'invalidValue', 'displayName is missing');
    return printGroup(await createGroup(store, actor, actor.tenantId, { ...change, name, unitId }), base);
  },

  async replace({ store, actor, base }, id, data, ifMatch) {
    const wanted = readResource(groupResource, data);
    const after = await changeGroup(store, actor, { tenantId: actor.tenantId, groupId: groupIdOf(id) }, (before) => {
      requireVersion(ifMatch, versionOf(before));
      return changeOf(wanted, before.members);
    });
    return printGroup(after, base);
  },

  async patch({ store, actor, base }, id, operations, ifMatch) {
    const after = await changeGroup(store, actor, { tenantId: actor.tenantId, groupId: groupIdOf(id) }, (before) => {
      requireVersion(ifMatch, versionOf(before));
      return changeOf(applyPatch(groupResource, printGroup(before, base), operations), before.members);
    });
    return printGroup(after, base);
  },

  async remove({ store, actor }, id, ifMatch) {
    const who = { tenantId: actor.tenantId, groupId: groupIdOf(id) };
    await removeGroup(store, actor, who, undefined, (group) => requireVersion(ifMatch, versionOf(group)));
  },
};

function wantsMembers({ only, without }: Selection): boolean {
  const isMembers = ({ name }: AttributePath): boolean => name.toLowerCase() === 'members';
  return only ? only.some(isMembers) : !without.some((one) => isMembers(one) && one.sub === undefined);
}

function printGroup(group: Omit<GroupWithMembers, 'writers'>, base: string): JsonObject {
  const { externalId, unitCode, email, senders } = group;
  // A unit that is a member is ours alone: SCIM has users and groups (RFC 7643 §4.2).
  const members = group.members.filter(({ kind }) => kind !== 'unit');
  const id = `g${group.id}`;
  return {
    schemas: [groupSchemaId, academyGroupSchemaId],
    id,
    ...(externalId !== null && { externalId }),
    displayName: group.name,
    ...(members.length > 0 && {
      members: members.map((member) => {
        const [type, value] = member.kind === 'person' ? ['User', `p${member.id}`] : ['Group', `g${member.id}`];
        return { value, $ref: `${base}/${type}s/${value}`, type, display: member.name };
      }),
    }),
    [academyGroupSchemaId]: {
      ...(unitCode !== null && { department: unitCode }),
      ...(email !== null && { email }),
      senders,
    },
    meta: {
      resourceType: 'Group',
      created: new Date(group.createdAt).toISOString(),
      lastModified: new Date(group.updatedAt).toISOString(),
      location: `${base}/Groups/${id}`,
      version: printVersion(versionOf(group)),
    },
  };
}

const allSenders: readonly Senders[] = ['tenant', 'members', 'named'];

/** What is not spoken of stays; a list of members is all of them. @throws {ScimError} `invalidValue`. */
function changeOf(wanted: JsonObject, before: readonly MemberRef[]): GroupChange {
  const academy = wanted[academyGroupSchemaId];
  const { senders, email } = isObject(academy) ? academy : {};
  const known = allSenders.find((one) => one === senders);
  if (typeof senders === 'string' && known === undefined)
    throw new ScimError(400, 'invalidValue', `senders: one of ${allSenders.join(', ')}`);
  const { displayName, externalId } = wanted;
  const asked = membersIn(wanted['members'], before);
  const isIn = (all: readonly MemberRef[]) => {
    const keys = new Set(all.map(({ kind, id }) => `${kind}${id}`));
    return ({ kind, id }: MemberRef): boolean => keys.has(`${kind}${id}`);
  };
  const had = isIn(before);
  const has = isIn(asked);
  return {
    name: typeof displayName === 'string' ? displayName : undefined,
    externalId: typeof externalId === 'string' || externalId === null ? externalId : undefined,
    senders: known,
    email: typeof email === 'string' && email !== '' ? email : undefined,
    added: asked.filter((one) => !had(one)),
    removed: before.filter((one) => one.kind !== 'unit' && !has(one)),
  };
}

function membersIn(given: Json | undefined, before: readonly MemberRef[]): readonly MemberRef[] {
  if (given === undefined) return before;
  if (!isList(given)) return [];
  return given.map((one) => {
    const value = isObject(one) ? one['value'] : undefined;
    const [, prefix, digits] = /^([pg])([1-9]\d{0,14})$/.exec(typeof value === 'string' ? value : '') ?? [];
    if (digits === undefined) throw new ScimError(400, 'invalidValue', 'members: value is the id of a user or group');
    return { kind: prefix === 'p' ? 'person' : 'group', id: Number(digits) };
  });
}

async function unitOf({ store, actor }: Asked, wanted: JsonObject) {
  const academy = wanted[academyGroupSchemaId];
  const code = isObject(academy) ? academy['department'] : undefined;
  if (typeof code !== 'string') return null;
  const unit = await findUnitByCode(store, actor.tenantId, code);
  if (!unit) throw new ScimError(400, 'invalidValue', `department: no unit ${code}`);
  return unit.id;
}

type Plan = Omit<Parameters<typeof findGroups>[2], 'tenantId'> & { readonly isExact: boolean };

/** Where an index narrows, it does; the rest is asked of each group. */
function planFilter(filter: Filter): Plan {
  switch (filter.kind) {
    case 'and': {
      const [narrow] = filter.filters.map(planFilter).filter((plan) => Object.keys(plan).length > 1);
      return { ...narrow, isExact: false };
    }
    case 'compare':
      return planComparison(filter);
    case 'value': {
      const inner = filter.filter;
      if (inner.kind !== 'compare') return { isExact: false };
      return planComparison({ ...inner, path: { ...filter.path, sub: inner.path.name } });
    }
    case 'or':
    case 'not':
    case 'present':
      return { isExact: false };
  }
}

function planComparison({ path, operator, value }: Extract<Filter, { kind: 'compare' }>): Plan {
  const located = locate(groupResource, path);
  const name = located && `${located.attribute.name}${located.sub ? `.${located.sub.name}` : ''}`;
  if (typeof value !== 'string' || (operator !== 'eq' && operator !== 'sw')) return { isExact: false };
  if (name === 'displayName') {
    const sortKey = foldWords(value).join('');
    return sortKey === '' ? { isExact: false } : { sortKey, isExact: false };
  }
  if (operator !== 'eq') return { isExact: false };
  const [, prefix, digits] = /^([pg])([1-9]\d{0,14})$/.exec(value) ?? [];
  if (name === 'id') return { ids: prefix === 'g' ? [asId<GroupId>(Number(digits))] : [], isExact: true };
  if (name === 'externalId') return { externalId: value, isExact: true };
  if (name === 'members' || name === 'members.value')
    return { member: { kind: prefix === 'g' ? 'group' : 'person', id: Number(digits ?? 0) }, isExact: true };
  return { isExact: false };
}

function sortOf(path: AttributePath | undefined): GroupPage['sortBy'] {
  if (path === undefined) return 'id';
  const name = locate(groupResource, path)?.attribute.name;
  if (name === 'id') return 'id';
  if (name === 'displayName') return 'name';
  throw new ScimError(400, 'invalidPath', 'sortBy is one of id, displayName');
}
