/**
 * ScimToken, our own type: tokens by which other directories write to ours (server/provisioning/tokens.ts). Made and
 * revoked, never changed; the token itself is in the answer to its creation, as `secret`, and nowhere else.
 */
import { anId, aString, aUtcDate, nullable } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { addScimToken, listScimTokens, revokeScimToken, type ScimToken } from '#server/provisioning/tokens.ts';
import type { Uuid } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';

import { tenantOf, unitIds, uuids } from './ids.ts';

const dateOrNull = (at: number | null): string | null => (at === null ? null : printUtcDate(at));

const printers: Readonly<Record<string, (token: ScimToken) => Json>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  unitId: ({ unitId }) => (unitId === null ? null : unitIds.print(unitId)),
  unitName: ({ unitName }) => unitName,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  expiresAt: ({ expiresAt }) => dateOrNull(expiresAt),
  lastUsedAt: ({ lastUsedAt }) => dateOrNull(lastUsedAt),
  lastUsedFrom: ({ lastUsedFrom }) => lastUsedFrom,
};

const isServerSet = { isServerSet: true } as const;
const isImmutable = { isImmutable: true } as const;

export const scimTokenMethods = defineType<Uuid>({
  name: 'ScimToken',
  capability: consoleCapability,
  state: 'none',
  ids: uuids,
  properties: {
    name: { ...isImmutable, read: aString, isRequired: true },
    /** Null: over the whole institution. */
    unitId: { ...isImmutable, read: nullable(anId), otherwise: null },
    /** Null: until it is revoked. */
    expiresAt: { ...isImmutable, read: nullable(aUtcDate), otherwise: null },
    unitName: isServerSet,
    createdAt: isServerSet,
    lastUsedAt: isServerSet,
    lastUsedFrom: isServerSet,
  },
  get: {
    async run(ctx, ids, names) {
      const all = await listScimTokens(ctx.store, ctx.actor, tenantOf(ctx));
      const asked = ids ? all.filter(({ id }) => ids.includes(id)) : all;
      return asked.map((token) =>
        Object.fromEntries(['id', ...names].map((name): [string, Json] => [name, printers[name]?.(token) ?? null])),
      );
    },
  },
  set: {
    async create(ctx, record) {
      const unitId = typeof record['unitId'] === 'string' ? unitIds.read(record['unitId']) : null;
      if (unitId === undefined) throw new Refusal('noSuchUnit');
      const { id, secret } = await addScimToken(ctx.store, ctx.actor, tenantOf(ctx), {
        name: aString(record['name'] ?? null) ?? '',
        unitId,
        expiresAt: aUtcDate(record['expiresAt'] ?? null) ?? null,
      });
      return { id, properties: { secret, createdAt: printUtcDate(ctx.store.now()) } };
    },
    destroy: (ctx, ids) => eachDestroy(ids, (id) => revokeScimToken(ctx.store, ctx.actor, tenantOf(ctx), id)),
  },
});
