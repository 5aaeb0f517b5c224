/** Mailbox (RFC 8621 §2). */
import { aBoolean, anUnsignedInt, aString, nullable, oneOf, optional, type Reader } from '#formats/jmap/arguments.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { Right } from '#server/access/rights.ts';
import { type Mailbox, listMailboxes, mailboxChanges, rightsIn } from '#server/mail/mailboxes/list.ts';
import { mailboxRoles } from '#server/mail/mailboxes/change.ts';
import type { MailboxId } from '#server/store/ids.ts';

import { mailCapability, pliMailCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import type { Property } from '#server/protocols/jmap/engine/type.ts';
import { changesOf } from './changes.ts';
import { mailboxIds } from './ids.ts';
import { mailboxQuery } from './mailbox-query.ts';
import { createOneMailbox, destroyMailboxes, updateMailboxes } from './mailbox-set.ts';

/** PostgreSQL keeps it in 32 bits. */
const aSortOrder: Reader<number> = (value) => {
  const order = anUnsignedInt(value);
  return order !== undefined && order < 2 ** 31 ? order : undefined;
};

const aColor: Reader<string> = (value) =>
  typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? value : undefined;

const serverSet: Property = { isServerSet: true };
const ours = { capability: pliMailCapability };

const properties: Readonly<Record<string, Property>> = {
  name: { read: aString, isRequired: true },
  parentId: { read: nullable(aString), refersTo: 'id', otherwise: null },
  role: { read: nullable(oneOf(...mailboxRoles)), otherwise: null },
  sortOrder: { read: aSortOrder, otherwise: 0 },
  totalEmails: serverSet,
  unreadEmails: serverSet,
  totalThreads: serverSet,
  unreadThreads: serverSet,
  myRights: serverSet,
  isSubscribed: { read: aBoolean, otherwise: true },
  isFavorite: { read: aBoolean, otherwise: false, ...ours },
  color: { read: nullable(aColor), otherwise: null, ...ours },
};

const printers: Readonly<Record<string, (mailbox: Mailbox, rights: readonly Right[]) => Json>> = {
  id: ({ id }) => mailboxIds.print(id),
  name: ({ name }) => name,
  parentId: ({ parentId }) => (parentId === null ? null : mailboxIds.print(parentId)),
  role: ({ role }) => role,
  sortOrder: ({ sortOrder }) => sortOrder,
  totalEmails: ({ totalEmails }) => totalEmails,
  unreadEmails: ({ unreadEmails }) => unreadEmails,
  totalThreads: ({ totalThreads }) => totalThreads,
  unreadThreads: ({ unreadThreads }) => unreadThreads,
  myRights: (mailbox, rights) => ({ ...rightsIn(mailbox, rights) }),
  isSubscribed: ({ isSubscribed }) => isSubscribed,
  isFavorite: ({ isFavorite }) => isFavorite,
  color: ({ color }) => color,
};

export function printMailbox(mailbox: Mailbox, rights: readonly Right[], names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, printers[name]?.(mailbox, rights) ?? null]));
}

const countProperties = ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'];
const setByServer = [...countProperties, 'myRights'];

export const mailboxMethods = defineType({
  name: 'Mailbox',
  capability: mailCapability,
  state: 'Mailbox',
  ids: mailboxIds,
  properties,
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const { mailboxes, rights } = await listMailboxes(store, actor, accountId);
      const wanted = ids === null ? undefined : new Set<MailboxId>(ids);
      const found = wanted ? mailboxes.filter(({ id }) => wanted.has(id)) : mailboxes;
      return found.map((mailbox) => printMailbox(mailbox, rights, names));
    },
  },
  changes: {
    async run({ store, actor, accountId }, since, maxChanges) {
      const changed = await mailboxChanges(store, actor, accountId, since, maxChanges);
      const updatedProperties = changed.onlyCounts ? countProperties : null;
      return { ...changesOf(mailboxIds, changed), more: { updatedProperties } };
    },
  },
  set: {
    args: { onDestroyRemoveEmails: optional(aBoolean, false) },
    async create(ctx, record) {
      const id = await createOneMailbox(ctx, record);
      const { mailboxes, rights } = await listMailboxes(ctx.store, ctx.actor, ctx.accountId);
      const mailbox = mailboxes.find((each) => each.id === id);
      return { id, properties: mailbox ? printMailbox(mailbox, rights, setByServer) : {} };
    },
    update: updateMailboxes,
    destroy: (ctx, ids, { onDestroyRemoveEmails }) => destroyMailboxes(ctx, ids, onDestroyRemoveEmails),
  },
  query: mailboxQuery,
});
