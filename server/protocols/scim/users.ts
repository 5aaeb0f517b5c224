/** /Users (RFC 7644 §3): each verb reads, calls the directory, and prints what came of it. */
import { readAttribute, readPath } from '#formats/scim/filter.ts';
import { matches } from '#formats/scim/match.ts';
import { applyPatch, type PatchOperation } from '#formats/scim/patch.ts';
import { readResource } from '#formats/scim/resource.ts';
import { findUnitByCode } from '#server/directory/unit.ts';
import { changeProvisioned, closeProvisioned, createProvisioned } from '#server/provisioning/change.ts';
import { findProvisioned } from '#server/provisioning/find.ts';
import { readProvisioned } from '#server/provisioning/people.ts';
import type { PersonId } from '#server/store/ids.ts';

import { type Asked, type Endpoint, readId, requireVersion } from './endpoint.ts';
import { notKept, userResource, userType } from './schemas.ts';
import { planUserFilter, sortOfUsers } from './user-filter.ts';
import { type FindUnit, planNewUser, planUserChange, printUser } from './user-json.ts';

const personIdOf = (id: string): PersonId => readId<PersonId>('p', id);

export const users: Endpoint = {
  type: userType,

  async read({ store, actor, base }, id) {
    return printUser(await readProvisioned(store, actor, actor.tenantId, personIdOf(id)), base);
  },

  async query({ store, actor, base }, { filter, sortBy, ...page }) {
    const plan = filter && planUserFilter(filter);
    // An attribute that is not there is told before anybody is looked for.
    if (filter) matches(userResource, {}, filter);
    const { total, people } = await findProvisioned(store, actor, actor.tenantId, {
      ...page,
      drivers: plan?.drivers,
      test: !filter || plan?.isExact ? undefined : (person) => matches(userResource, printUser(person, base), filter),
      sortBy: sortOfUsers(sortBy === undefined ? undefined : readAttribute(sortBy)),
    });
    return { total, resources: people.map((person) => printUser(person, base)) };
  },

  async create(asked, data) {
    const { store, actor, base } = asked;
    const given = await planNewUser(readResource(userResource, data), findUnitOf(asked));
    return printUser(await createProvisioned(store, actor, actor.tenantId, given), base);
  },

  async replace(asked, id, data, ifMatch) {
    const { store, actor, base } = asked;
    const who = { tenantId: actor.tenantId, personId: personIdOf(id) };
    const wanted = readResource(userResource, data);
    const after = await changeProvisioned(store, actor, who, (before) => {
      requireVersion(ifMatch, before.version);
      return planUserChange(before, wanted, 'put', findUnitOf(asked));
    });
    return printUser(after, base);
  },

  async patch(asked, id, operations, ifMatch) {
    const { store, actor, base } = asked;
    const who = { tenantId: actor.tenantId, personId: personIdOf(id) };
    const kept = operations.filter(isAboutKept);
    const after = await changeProvisioned(store, actor, who, (before) => {
      requireVersion(ifMatch, before.version);
      const wanted = applyPatch(userResource, printUser(before, base), kept);
      return planUserChange(before, wanted, 'patch', findUnitOf(asked));
    });
    return printUser(after, base);
  },

  async remove({ store, actor }, id, ifMatch) {
    const who = { tenantId: actor.tenantId, personId: personIdOf(id) };
    const { version } = await readProvisioned(store, actor, who.tenantId, who.personId);
    requireVersion(ifMatch, version);
    await closeProvisioned(store, actor, who);
  },
};

function findUnitOf({ store, actor }: Asked): FindUnit {
  return async (code) => (await findUnitByCode(store, actor.tenantId, code))?.id;
}

function isAboutKept({ path }: PatchOperation): boolean {
  return path === undefined || !notKept.has(readPath(path).path.name.toLowerCase());
}
