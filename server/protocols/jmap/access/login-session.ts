/**
 * LoginSession and Device, our own types: the browsers somebody is logged in with now, and those they are known to use.
 * Ending a session ends what listens under it too. In a session of one's own alone; without /changes, as Factor.
 */
import { printUtcDate } from '#formats/jmap/date.ts';
import { forgetDevice, listDevices } from '#server/access/factors/device.ts';
import { listSessions, logoutSession } from '#server/access/login.ts';
import { providerNames } from '#server/federation/leave.ts';
import type { Uuid } from '#server/store/ids.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';

import { dateOrNull, ownActor, pick, uuids } from './own.ts';

export const loginSessionMethods = defineType<Uuid>({
  name: 'LoginSession',
  capability: accessCapability,
  state: 'none',
  ids: uuids,
  properties: {
    createdAt: { isServerSet: true },
    seenAt: { isServerSet: true },
    remoteAddress: { isServerSet: true },
    userAgent: { isServerSet: true },
    /** Whether it is the one that asks. */
    isThis: { isServerSet: true },
    /** The identity provider that vouched for it; null where one logged in here. */
    providerName: { isServerSet: true },
    /** The id of the Device it is in; null where that was forgotten. */
    deviceId: { isServerSet: true },
  },
  get: {
    async run(ctx, wanted, properties) {
      const actor = ownActor(ctx);
      const devices = new Map((await listDevices(ctx.store, actor)).map((one) => [one.tokenHash, one.id]));
      const providers = await providerNames(ctx.store, actor);
      const all = (await listSessions(ctx.store, actor)).map((one) => ({
        id: one.id,
        providerName: providers.get(one.id) ?? null,
        createdAt: printUtcDate(one.createdAt),
        seenAt: printUtcDate(one.seenAt),
        remoteAddress: one.remoteAddress,
        userAgent: one.userAgent,
        isThis: one.id === actor.credentialId,
        deviceId: devices.get(one.deviceHash) ?? null,
      }));
      return pick(all, wanted, properties);
    },
  },
  set: {
    destroy: (ctx, ids) =>
      eachDestroy(ids, async (id) => {
        if (!(await logoutSession(ctx.store, ownActor(ctx), id))) throw new SetFailure({ type: 'notFound' });
      }),
  },
});

export const deviceMethods = defineType<Uuid>({
  name: 'Device',
  capability: accessCapability,
  state: 'none',
  ids: uuids,
  properties: {
    createdAt: { isServerSet: true },
    seenAt: { isServerSet: true },
    remoteAddress: { isServerSet: true },
    userAgent: { isServerSet: true },
    /** No second factor is asked of it until then; null where one always is. */
    trustedUntil: { isServerSet: true },
    isThis: { isServerSet: true },
  },
  get: {
    async run(ctx, wanted, properties) {
      const actor = ownActor(ctx);
      const here = (await listSessions(ctx.store, actor)).find(({ id }) => id === actor.credentialId)?.deviceHash;
      const now = ctx.store.now();
      const all = (await listDevices(ctx.store, actor)).map((one) => ({
        id: one.id,
        createdAt: printUtcDate(one.createdAt),
        seenAt: printUtcDate(one.seenAt),
        remoteAddress: one.remoteAddress,
        userAgent: one.userAgent,
        trustedUntil: dateOrNull(one.trustedUntil > now ? one.trustedUntil : null),
        isThis: one.tokenHash === here,
      }));
      return pick(all, wanted, properties);
    },
  },
  set: {
    destroy: (ctx, ids) =>
      eachDestroy(ids, async (id) => {
        if (!(await forgetDevice(ctx.store, ownActor(ctx), id))) throw new SetFailure({ type: 'notFound' });
      }),
  },
});
