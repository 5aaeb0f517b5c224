/**
 * What those who share a mailbox say of a conversation among themselves. A comment is plain text beside the thread: no
 * message holds it, no protocol of mail shows it, nothing forwards or exports it.
 */
import type { Actor } from '#server/access/actor.ts';
import { membersOf } from '#server/access/members.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, CommentId, PersonId, ThreadId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import {
  countComments,
  deleteComment,
  insertComment,
  saveConversation,
  selectComments,
  selectConversations,
  selectThreadIds,
} from './queries.ts';

export interface NewComment {
  readonly threadId: ThreadId;
  readonly text: string;
  /** Members it is meant for. */
  readonly mentions: readonly PersonId[];
}

export const commentLimits = { characters: 4_000, mentions: 20, perThread: 500 };

/**
 * Says something. The actor may draft here.
 * @throws {Refusal} `noSuchAccount`, `noSuchThread`, `mayNot`, `invalidProperties`, `tooMany`; `noSuchPerson` where
 * somebody mentioned is no member.
 */
export function addComment(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  { threadId, text, mentions }: NewComment,
): Promise<{ readonly id: CommentId; readonly createdAt: number }> {
  const said = text.replaceAll(/\r\n?/g, '\n').trim();
  // No control characters but the ends of lines and tabs, and no signs that turn the direction of what follows.
  const isPlain = !/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/u.test(said);
  if (said === '' || said.length > commentLimits.characters || !isPlain)
    throw new Refusal('invalidProperties', { properties: ['text'] });
  if (mentions.length > commentLimits.mentions) throw new Refusal('invalidProperties', { properties: ['mentions'] });
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const { mandateId } = await requireRight(tx, actor, accountId, 'writeDrafts', at);
    if (actor.kind !== 'person') throw new Refusal('mayNot');
    if ((await selectThreadIds(tx, accountId, [threadId])).length === 0) throw new Refusal('noSuchThread');
    if (((await countComments(tx, accountId, [threadId])).get(threadId) ?? 0) >= commentLimits.perThread)
      throw new Refusal('tooMany', { limit: commentLimits.perThread });
    const members = await membersOf(tx, tx.tenantId, accountId, at);
    if (!mentions.every((personId) => members.has(personId)))
      throw new Refusal('noSuchPerson', { properties: ['mentions'] });
    const id = tx.newId<CommentId>();
    const comment = { id, threadId, authorId: actor.personId, text: said, mentions, createdAt: at };
    await insertComment(tx, comment);
    await touch(tx, threadId);
    const { tenantId } = tx;
    const details = { thread: String(threadId), comment: String(id), mentions: mentions.map(String) };
    await recordTrace(tx, { tenantId, actor, verb: 'addComment', at, accountId, mandateId, details });
    return { id, createdAt: at };
  });
}

/** Takes back one's own, or as who manages the mailbox anybody's. @throws {Refusal} `noSuchAccount`, `noSuchThread`, `mayNot`. */
export function removeComment(store: Store, actor: Actor, accountId: AccountId, id: CommentId): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const { mandateId, rights } = await requireRight(tx, actor, accountId, 'writeDrafts', at);
    const [comment] = await selectComments(tx, accountId, { column: 'id', ids: [id] }, 1);
    if (!comment) throw new Refusal('noSuchThread');
    const isOwn = actor.kind === 'person' && actor.personId === comment.authorId;
    if (!isOwn && !rights.includes('manage')) throw new Refusal('mayNot');
    await deleteComment(tx, id);
    await touch(tx, comment.threadId);
    const { tenantId } = tx;
    const details = { thread: String(comment.threadId), comment: String(id), by: comment.authorId };
    await recordTrace(tx, { tenantId, actor, verb: 'removeComment', at, accountId, mandateId, details });
  });
}

/** A conversation says how many there are. */
async function touch(tx: Parameters<typeof saveConversation>[0], id: ThreadId): Promise<void> {
  const kept = (await selectConversations(tx, tx.accountId, [id])).get(id);
  await saveConversation(tx, kept ?? { id, assigneeId: null, isClosed: false, closedAt: null, closedById: null });
  tx.changed('Conversation', 'ConversationComment');
}
