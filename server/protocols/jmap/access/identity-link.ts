/**
 * IdentityLink, our own type: the identity providers that know a person, and as whom. One is made by coming in by it; here
 * it is undone, in a session of one's own. Without /changes, as Factor.
 */
import { printUtcDate } from '#formats/jmap/date.ts';
import { listLinks, removeLink } from '#server/federation/links.ts';
import type { ProviderId } from '#server/store/ids.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

import { ownActor, pick } from './own.ts';

/** By its provider: a person has one at most with each. */
const linkIds = numberedIds<ProviderId>('l');

export const identityLinkMethods = defineType<ProviderId>({
  name: 'IdentityLink',
  capability: accessCapability,
  state: 'none',
  ids: linkIds,
  properties: {
    providerName: { isServerSet: true },
    /** What the provider calls them. */
    subject: { isServerSet: true },
    createdAt: { isServerSet: true },
    usedAt: { isServerSet: true },
  },
  get: {
    async run(ctx, wanted, properties) {
      const all = (await listLinks(ctx.store, ownActor(ctx))).map((link) => ({
        id: linkIds.print(link.providerId),
        providerName: link.providerName,
        subject: link.subject,
        createdAt: printUtcDate(link.createdAt),
        usedAt: printUtcDate(link.usedAt),
      }));
      return pick(all, wanted?.map((id) => linkIds.print(id)) ?? null, properties);
    },
  },
  set: {
    destroy: (ctx, ids) =>
      eachDestroy(ids, async (id) => {
        if (!(await removeLink(ctx.store, ownActor(ctx), id))) throw new SetFailure({ type: 'notFound' });
      }),
  },
});
