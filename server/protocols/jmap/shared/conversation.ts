/**
 * Conversation, our own type: a thread as those who share a mailbox work on it. Every thread is one, under the thread's
 * id. `isAnswering` is said by who opens a reply and again while it stays open; the others read `answering`.
 */
import { aBoolean, aString, nullable } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import { changeConversation, type ConversationChange } from '#server/mail/conversations/change.ts';
import {
  type Conversation,
  conversationChanges,
  type ConversationFilter,
  findConversations,
  readConversations,
} from '#server/mail/conversations/read.ts';
import type { PersonId, ThreadId } from '#server/store/ids.ts';

import { sharedCapability } from '#server/protocols/jmap/capabilities.ts';
import { personIds } from '#server/protocols/jmap/console/ids.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import { eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { changesOf } from '#server/protocols/jmap/mail/changes.ts';
import { threadIds } from '#server/protocols/jmap/mail/ids.ts';

const isServerSet = { isServerSet: true } as const;

const printers: Readonly<Record<string, (conversation: Conversation) => Json>> = {
  id: ({ id }) => threadIds.print(id),
  assigneeId: ({ assignee }) => (assignee === null ? null : personIds.print(assignee.personId)),
  assigneeName: ({ assignee }) => assignee?.name ?? null,
  isClosed: ({ isClosed }) => isClosed,
  closedAt: ({ closedAt }) => (closedAt === null ? null : printUtcDate(closedAt)),
  comments: ({ comments }) => comments,
  answering: ({ answering }) =>
    answering.map(({ personId, name, leftMs }) => ({
      personId: personIds.print(personId),
      name,
      // Clocks differ: who reads counts down from here.
      secondsLeft: Math.ceil(leftMs / 1000),
    })),
};

export const conversationMethods = defineType<ThreadId>({
  name: 'Conversation',
  capability: sharedCapability,
  state: 'Conversation',
  ids: threadIds,
  properties: {
    assigneeId: { read: nullable(aString) },
    assigneeName: isServerSet,
    isClosed: { read: aBoolean },
    closedAt: isServerSet,
    comments: isServerSet,
    answering: isServerSet,
    isAnswering: { read: aBoolean },
  },
  defaultProperties: Object.keys(printers),
  get: {
    async run({ store, actor, accountId }, ids, names) {
      if (ids === null) throw new MethodError('requestTooLarge', 'ask for conversations by their ids');
      const found = await readConversations(store, actor, accountId, ids);
      return found.map((one) =>
        Object.fromEntries(
          names.map((name) => [name, name === 'isAnswering' ? null : (printers[name]?.(one) ?? null)]),
        ),
      );
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(threadIds, await conversationChanges(store, actor, accountId, since, maxChanges)),
  },
  set: {
    update: ({ store, actor, accountId }, updates) =>
      eachUpdate(updates, async (id, patch) => {
        await changeConversation(store, actor, accountId, id, changeOf(patch)).catch(sayingOf);
        const [now] = await readConversations(store, actor, accountId, [id]);
        const set = ['assigneeName', 'closedAt', 'answering'];
        return now ? Object.fromEntries(set.map((name) => [name, printers[name]?.(now) ?? null])) : null;
      }),
  },
  query: {
    conditions: { assigneeId: nullable(aString), isClosed: aBoolean },
    sorts: [],
    async run({ store, actor, accountId }, query) {
      if (query.filter?.kind === 'operator') throw new Refusal('unsupportedFilter');
      const filter = filterOf(query.filter?.condition ?? {});
      const found = filter ? await findConversations(store, actor, accountId, filter) : [];
      return { queryState: '', canCalculateChanges: false, ...windowOf(found, query) };
    },
  },
});

function changeOf(patch: Patch): ConversationChange {
  const change: { -readonly [Name in keyof ConversationChange]: ConversationChange[Name] } = {};
  for (const [name, one] of patch) {
    const value: Json = one.kind === 'replace' ? one.value : null;
    if (name === 'assigneeId') change.assigneeId = value === null ? null : readPerson(value);
    else if (name === 'isClosed') change.isClosed = value === true;
    else if (name === 'isAnswering') change.isAnswering = value === true;
  }
  return change;
}

function readPerson(value: Json): PersonId {
  const id = typeof value === 'string' ? personIds.read(value) : undefined;
  if (id === undefined) throw new Refusal('invalidProperties', { properties: ['assigneeId'] });
  return id;
}

/** What is not there is the member, not the conversation. */
function sayingOf(error: unknown): never {
  if (error instanceof Refusal && error.reason === 'noSuchPerson')
    throw new Refusal('invalidProperties', { properties: ['assigneeId'], description: 'no member of this mailbox' });
  throw error;
}

/** undefined where nothing can fit. */
function filterOf({ assigneeId, isClosed }: JsonObject): ConversationFilter | undefined {
  const state = typeof isClosed === 'boolean' ? { isClosed } : {};
  if (assigneeId === undefined) return state;
  const wanted = typeof assigneeId === 'string' ? personIds.read(assigneeId) : null;
  return wanted === undefined ? undefined : { ...state, assigneeId: wanted };
}
