/**
 * ShareNotification (RFC 9670 §3): what one may do in another's account is not what it was. A mandate opens a whole
 * account, so each tells of its inbox, which stands for all its mailboxes.
 */
import { aString, aUtcDate } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import {
  dropShareNotifications,
  listShareNotifications,
  type ShareNotification,
  shareNotificationChanges,
  type ShareNotificationId,
} from '#server/access/share-notice.ts';
import type { Right } from '#server/access/rights.ts';
import { inboxesOf, rightsIn } from '#server/mail/mailboxes/list.ts';
import type { MailboxId } from '#server/store/ids.ts';

import { principalsCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, printAccountId } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import { type Destroyed, numberedIds } from '#server/protocols/jmap/engine/type.ts';
import { changesOf } from '#server/protocols/jmap/mail/changes.ts';
import { mailboxIds } from '#server/protocols/jmap/mail/ids.ts';
import { principalIds } from './ids.ts';

const ids = numberedIds<ShareNotificationId>('w');
const isServerSet = { isServerSet: true } as const;

export const shareNotificationMethods = defineType<ShareNotificationId>({
  name: 'ShareNotification',
  capability: principalsCapability,
  state: 'ShareNotification',
  ids,
  properties: {
    created: isServerSet,
    changedBy: isServerSet,
    objectType: isServerSet,
    objectAccountId: isServerSet,
    objectId: isServerSet,
    name: isServerSet,
    oldRights: isServerSet,
    newRights: isServerSet,
  },
  get: {
    async run(ctx, wanted, names) {
      const all = await notificationsIn(ctx);
      const asked = wanted === null ? all : all.filter(({ id }) => wanted.includes(id));
      const inboxes = await inboxesOf(
        ctx.store,
        asked.map(({ objectAccountId }) => objectAccountId),
      );
      return asked.flatMap((one) => {
        const inbox = inboxes.get(one.objectAccountId);
        if (inbox === undefined) return [];
        const printed = printNotification(one, inbox);
        return [Object.fromEntries(['id', ...names].map((name) => [name, printed[name] ?? null]))];
      });
    },
  },
  changes: {
    async run(ctx, since, maxChanges) {
      requireOwn(ctx);
      const { store, actor, accountId } = ctx;
      return changesOf(ids, await shareNotificationChanges(store, actor, accountId, since, maxChanges));
    },
  },
  // Nobody makes or changes one (RFC 9670 §3.5); destroying dismisses it.
  set: {
    async destroy(ctx, wanted) {
      requireOwn(ctx);
      const dropped = await dropShareNotifications(ctx.store, ctx.actor, ctx.accountId, wanted);
      return new Map<ShareNotificationId, Destroyed>(dropped.map((id) => [id, { kind: 'destroyed' }]));
    },
  },
  query: {
    conditions: { after: aUtcDate, before: aUtcDate, objectType: aString, objectAccountId: aString },
    sorts: ['created'],
    async run(ctx, query) {
      if (query.filter?.kind === 'operator') throw new Refusal('unsupportedFilter');
      const condition = query.filter?.condition ?? {};
      const found = (await notificationsIn(ctx)).filter((one) => fits(one, condition));
      // Oldest first unless said otherwise (RFC 9670 §3.6.2).
      const sorted = query.sort[0]?.isAscending === false ? found : found.toReversed();
      const listed = sorted.map(({ id }) => id);
      return { queryState: '', canCalculateChanges: false, ...windowOf(listed, query) };
    },
    changes(ctx) {
      requireOwn(ctx);
      return Promise.reject(new Refusal('cannotCalculateChanges'));
    },
  },
});

/** @throws {MethodError} `accountNotSupportedByMethod`: they are one's own. */
function requireOwn({ account }: AccountContext): void {
  if (!account.isOwn) throw new MethodError('accountNotSupportedByMethod');
}

async function notificationsIn(ctx: AccountContext): Promise<readonly ShareNotification[]> {
  requireOwn(ctx);
  return listShareNotifications(ctx.store, ctx.actor, ctx.accountId);
}

function fits(one: ShareNotification, { after, before, objectType, objectAccountId }: JsonObject): boolean {
  const from = aUtcDate(after ?? null) ?? -Infinity;
  const until = aUtcDate(before ?? null) ?? Infinity;
  return (
    one.createdAt >= from &&
    one.createdAt < until &&
    (objectType === undefined || objectType === 'Mailbox') &&
    (objectAccountId === undefined || objectAccountId === printAccountId(one.objectAccountId))
  );
}

const printRights = (rights: readonly Right[] | null): Json =>
  rights === null ? null : { ...rightsIn({ role: 'inbox' }, rights, false) };

function printNotification(one: ShareNotification, inbox: MailboxId): Record<string, Json> {
  const { changedBy } = one;
  return {
    id: ids.print(one.id),
    created: printUtcDate(one.createdAt),
    changedBy: {
      name: changedBy?.name ?? '',
      email: changedBy?.email ?? null,
      principalId: changedBy ? principalIds.print(changedBy.accountId) : null,
    },
    objectType: 'Mailbox',
    objectAccountId: printAccountId(one.objectAccountId),
    objectId: mailboxIds.print(inbox),
    name: one.name,
    oldRights: printRights(one.oldRights),
    newRights: printRights(one.newRights),
  };
}
