/** ConversationComment, our own type: what members say of a conversation among themselves, in plain text. */
import { anId, aString, listOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { addComment, removeComment } from '#server/mail/conversations/comment.ts';
import { commentChanges, readComments, type StoredComment } from '#server/mail/conversations/read.ts';
import type { CommentId } from '#server/store/ids.ts';

import { sharedCapability } from '#server/protocols/jmap/capabilities.ts';
import { personIds } from '#server/protocols/jmap/console/ids.ts';
import { type AccountContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';
import { changesOf } from '#server/protocols/jmap/mail/changes.ts';
import { threadIds } from '#server/protocols/jmap/mail/ids.ts';

const commentIds = numberedIds<CommentId>('n');
const isServerSet = { isServerSet: true } as const;
const aMention = listOf(aString);

export const commentMethods = defineType<CommentId>({
  name: 'ConversationComment',
  capability: sharedCapability,
  state: 'ConversationComment',
  ids: commentIds,
  properties: {
    conversationId: { read: anId, isRequired: true, isImmutable: true },
    text: { read: aString, isRequired: true, isImmutable: true },
    /** Ids of people. */
    mentions: { read: aMention, isImmutable: true, otherwise: [] },
    authorId: isServerSet,
    authorName: isServerSet,
    createdAt: isServerSet,
    isMine: isServerSet,
    mayDestroy: isServerSet,
  },
  get: {
    async run(ctx, ids, names) {
      if (ids === null) throw new MethodError('requestTooLarge', 'ask for comments by their ids');
      const found = await readComments(ctx.store, ctx.actor, ctx.accountId, { column: 'id', ids });
      return found.map((comment) => {
        const printed = printComment(comment, ctx);
        return Object.fromEntries(['id', ...names].map((name) => [name, printed[name] ?? null]));
      });
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(commentIds, await commentChanges(store, actor, accountId, since, maxChanges)),
  },
  set: {
    async create(ctx, record) {
      const { store, actor, accountId } = ctx;
      const threadId = threadIds.read(aString(record['conversationId'] ?? null) ?? '');
      if (threadId === undefined) throw new Refusal('invalidProperties', { properties: ['conversationId'] });
      const mentions = (aMention(record['mentions'] ?? []) ?? []).map((text) => {
        const personId = personIds.read(text);
        if (personId === undefined) throw new Refusal('invalidProperties', { properties: ['mentions'] });
        return personId;
      });
      const text = aString(record['text'] ?? null) ?? '';
      const { id } = await addComment(store, actor, accountId, { threadId, text, mentions }).catch(sayingOf);
      const [made] = await readComments(store, actor, accountId, { column: 'id', ids: [id] });
      return { id, properties: made ? setByServer(printComment(made, ctx)) : {} };
    },
    destroy: ({ store, actor, accountId }, ids) => eachDestroy(ids, (id) => removeComment(store, actor, accountId, id)),
  },
  query: {
    conditions: { conversationId: aString },
    idConditions: ['conversationId'],
    sorts: [],
    async run({ store, actor, accountId }, query) {
      const only = query.filter?.kind === 'condition' ? query.filter.condition['conversationId'] : undefined;
      if (typeof only !== 'string')
        throw new MethodError('unsupportedFilter', 'comments are asked for by their conversation');
      const threadId = threadIds.read(only);
      const by = { column: 'thread_id', ids: threadId === undefined ? [] : [threadId] } as const;
      const all = await readComments(store, actor, accountId, by);
      const ids = all.map(({ id }) => id);
      return { queryState: '', canCalculateChanges: false, ...windowOf(ids, query) };
    },
  },
});

/** Too many is no matter of recipients, and who is not there is somebody mentioned. */
function sayingOf(error: unknown): never {
  if (error instanceof Refusal && error.reason === 'tooMany')
    throw new SetFailure({ type: 'overQuota', description: `no more than ${error.details.limit} comments` });
  if (error instanceof Refusal && error.reason === 'noSuchPerson')
    throw new SetFailure({ type: 'invalidProperties', properties: ['mentions'] });
  throw error;
}

function setByServer({ authorId, authorName, createdAt, isMine, mayDestroy, text }: Record<string, Json>): JsonObject {
  const author = { authorId: authorId ?? null, authorName: authorName ?? null };
  return {
    ...author,
    createdAt: createdAt ?? null,
    isMine: true === isMine,
    mayDestroy: mayDestroy === true,
    text: text ?? '',
  };
}

function printComment(comment: StoredComment, { actor, account }: AccountContext): Record<string, Json> {
  const isMine = comment.authorId === actor.personId;
  return {
    id: commentIds.print(comment.id),
    conversationId: threadIds.print(comment.threadId),
    text: comment.text,
    mentions: comment.mentions.map(personIds.print),
    authorId: personIds.print(comment.authorId),
    authorName: comment.authorName,
    createdAt: printUtcDate(comment.createdAt),
    isMine,
    mayDestroy: !account.isReadOnly && (isMine || account.rights.includes('manage')),
  };
}
