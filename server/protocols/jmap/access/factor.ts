/**
 * Factor, our own type: what a person shows beside, or instead of, their password (server/access/factors). It is made
 * over /auth/enrol, where a browser's key can be asked; here it is listed, renamed and taken away, in a session of
 * one's own. There is no /changes: there are few, and whoever looks reads them all.
 */
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Reader } from '#formats/jmap/arguments.ts';
import { listFactors, removeFactor, renameFactor } from '#server/access/factors/factors.ts';
import type { Uuid } from '#server/store/ids.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';

import { dateOrNull, ownActor, pick, uuids } from './own.ts';

const aName: Reader<string> = (value) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 100 ? value.trim() : undefined;

export const factorMethods = defineType<Uuid>({
  name: 'Factor',
  capability: accessCapability,
  state: 'none',
  ids: uuids,
  properties: {
    /** `totp` or `passkey`. */
    kind: { isServerSet: true },
    name: { read: aName },
    createdAt: { isServerSet: true },
    lastUsedAt: { isServerSet: true },
    /** A passkey that serves instead of the password too. */
    isDiscoverable: { isServerSet: true },
  },
  get: {
    async run(ctx, wanted, properties) {
      const { factors } = await listFactors(ctx.store, ownActor(ctx));
      const all = factors.map(({ id, kind, name, createdAt, lastUsedAt, isDiscoverable }) => ({
        id,
        kind,
        name,
        createdAt: printUtcDate(createdAt),
        lastUsedAt: dateOrNull(lastUsedAt),
        isDiscoverable,
      }));
      return pick(all, wanted, properties);
    },
  },
  set: {
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const given = patch.get('name');
        const name = given?.kind === 'replace' ? aName(given.value) : undefined;
        if (name !== undefined && !(await renameFactor(ctx.store, ownActor(ctx), id, name)))
          throw new SetFailure({ type: 'notFound' });
        return null;
      }),
    destroy: (ctx, ids) =>
      eachDestroy(ids, async (id) => {
        if (!(await removeFactor(ctx.store, ownActor(ctx), id))) throw new SetFailure({ type: 'notFound' });
      }),
  },
});
