/** Mailbox (RFC 8621 §2). */
import { aBoolean, anUnsignedInt, aString, nullable, oneOf, optional, type Reader } from '#formats/jmap/arguments.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { listMembers, type Member } from '#server/access/members.ts';
import { countMailboxes, type Mailbox, type Mailboxes, mailboxChanges, rightsIn } from '#server/mail/mailboxes/list.ts';
import { mailboxRoles } from '#server/mail/mailboxes/change.ts';
import type { MailboxId } from '#server/store/ids.ts';

import { mailCapability, pliMailCapability, principalsCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import type { Property } from '#server/protocols/jmap/engine/type.ts';
import { principalIds } from '#server/protocols/jmap/sharing/ids.ts';
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
/** RFC 9670 §4: shown to those who manage the account; a mandate opens all of it, so nothing is given by one mailbox. */
const shareWith = { capability: principalsCapability };

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
  shareWith: { otherwise: null, ...shareWith },
};

type Granted = Pick<Mailboxes, 'rights' | 'reader'> & { readonly members?: readonly Member[] };

const printers: Readonly<Record<string, (mailbox: Mailbox, granted: Granted) => Json>> = {
  id: ({ id }) => mailboxIds.print(id),
  name: ({ name }) => name,
  parentId: ({ parentId }) => (parentId === null ? null : mailboxIds.print(parentId)),
  role: ({ role }) => role,
  sortOrder: ({ sortOrder }) => sortOrder,
  totalEmails: ({ totalEmails }) => totalEmails,
  unreadEmails: ({ unreadEmails }) => unreadEmails,
  totalThreads: ({ totalThreads }) => totalThreads,
  unreadThreads: ({ unreadThreads }) => unreadThreads,
  myRights: (mailbox, { rights, reader }) => ({ ...rightsIn(mailbox, rights, reader !== undefined) }),
  isSubscribed: ({ isSubscribed }) => isSubscribed,
  isFavorite: ({ isFavorite }) => isFavorite,
  color: ({ color }) => color,
  shareWith: (mailbox, { rights, reader, members = [] }) => {
    const sharees = members.filter(({ isOwner }) => !isOwner);
    if (!rights.includes('manage') || sharees.length === 0) return null;
    return Object.fromEntries(
      sharees.map((one) => [
        principalIds.print(one.accountId),
        { ...rightsIn(mailbox, one.rights, reader !== undefined) },
      ]),
    );
  },
};

export function printMailbox(mailbox: Mailbox, granted: Granted, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, printers[name]?.(mailbox, granted) ?? null]));
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
      const counted = await countMailboxes(store, actor, accountId);
      const members = names.includes('shareWith') ? await listMembers(store, actor, accountId) : [];
      const listed = { ...counted, members };
      const { mailboxes } = listed;
      const wanted = ids === null ? undefined : new Set<MailboxId>(ids);
      const found = wanted ? mailboxes.filter(({ id }) => wanted.has(id)) : mailboxes;
      return found.map((mailbox) => printMailbox(mailbox, listed, names));
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
      const listed = await countMailboxes(ctx.store, ctx.actor, ctx.accountId);
      const mailbox = listed.mailboxes.find((each) => each.id === id);
      return { id, properties: mailbox ? printMailbox(mailbox, listed, setByServer) : {} };
    },
    update: updateMailboxes,
    destroy: (ctx, ids, { onDestroyRemoveEmails }) => destroyMailboxes(ctx, ids, onDestroyRemoveEmails),
  },
  query: mailboxQuery,
});
