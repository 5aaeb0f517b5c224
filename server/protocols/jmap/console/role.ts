/** Role, our own type: who may administer what. A role is granted and revoked, each with a reason, and never changed. */
import { anId, aString, aUtcDate, nullable, oneOf, optional } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json } from '#formats/jmap/json.ts';
import { type RoleId, roleKinds } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { grantRole, type ListedRole, listRoles, revokeRole } from '#server/access/role.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';

import { personIds, roleIds, tenantOf, unitIds } from './ids.ts';

const printers: Readonly<Record<string, (role: ListedRole) => Json>> = {
  id: ({ id }) => roleIds.print(id),
  personId: ({ personId }) => personIds.print(personId),
  personName: ({ holderName }) => holderName,
  personUserName: ({ holderUserName }) => holderUserName,
  kind: ({ kind }) => kind,
  unitId: ({ unitId }) => (unitId === null ? null : unitIds.print(unitId)),
  unitName: ({ unitName }) => unitName,
  authorName: ({ authorName }) => authorName,
  reason: ({ reason }) => reason,
  startsAt: ({ startsAt }) => printUtcDate(startsAt),
  endsAt: ({ endsAt }) => (endsAt === null ? null : printUtcDate(endsAt)),
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
};

const isServerSet = { isServerSet: true } as const;
const isImmutable = { isImmutable: true } as const;

export const roleMethods = defineType({
  name: 'Role',
  capability: consoleCapability,
  state: 'none',
  ids: roleIds,
  properties: {
    personId: { ...isImmutable, read: anId, isRequired: true },
    kind: { ...isImmutable, read: oneOf(...roleKinds), isRequired: true },
    unitId: { ...isImmutable, read: nullable(anId), otherwise: null },
    reason: { ...isImmutable, read: aString, isRequired: true },
    endsAt: { ...isImmutable, read: nullable(aUtcDate), otherwise: null },
    personName: isServerSet,
    personUserName: isServerSet,
    unitName: isServerSet,
    authorName: isServerSet,
    startsAt: isServerSet,
    createdAt: isServerSet,
  },
  get: {
    async run(ctx, ids: readonly RoleId[] | null, names) {
      const all = await listRoles(ctx.store, ctx.actor, tenantOf(ctx));
      const asked = ids ? all.filter(({ id }) => ids.includes(id)) : all;
      return asked.map((role) =>
        Object.fromEntries(names.map((name): [string, Json] => [name, printers[name]?.(role) ?? null])),
      );
    },
  },
  set: {
    // Why roles are revoked: of all those that one call destroys.
    args: { reason: optional(aString, '') },
    async create(ctx, record) {
      const tenantId = tenantOf(ctx);
      const personId = personIds.read(anId(record['personId'] ?? null) ?? '');
      const kind = roleKinds.find((one) => one === record['kind']);
      const unitId = typeof record['unitId'] === 'string' ? unitIds.read(record['unitId']) : null;
      if (personId === undefined || kind === undefined) throw new Refusal('noSuchPerson');
      if (unitId === undefined) throw new Refusal('noSuchUnit');
      const endsAt = aUtcDate(record['endsAt'] ?? null) ?? null;
      const reason = aString(record['reason'] ?? null);
      const id = await grantRole(ctx.store, ctx.actor, { tenantId, personId, kind, unitId, endsAt, reason });
      return { id, properties: { startsAt: printUtcDate(ctx.store.now()) } };
    },
    destroy: (ctx, ids: readonly RoleId[], { reason }) =>
      eachDestroy(ids, (id) => revokeRole(ctx.store, ctx.actor, tenantOf(ctx), id, reason)),
  },
});
