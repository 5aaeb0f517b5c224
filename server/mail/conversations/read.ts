/**
 * Reading conversations: a thread as those who share a mailbox work on it. Every thread is one; whoever is no member any
 * more is nobody's assignee and answers nothing, whatever was written before.
 */
import type { Actor } from '#server/access/actor.ts';
import { membersOf } from '#server/access/members.ts';
import { requireRight } from '#server/access/require-right.ts';
import { changedSince } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId, PersonId, ThreadId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectTenantOf } from '#server/mail/queries.ts';
import {
  type ConversationFilter,
  countComments,
  selectAnswering,
  selectComments,
  selectConversations,
  selectThreadIds,
  selectThreadsThatFit,
  type StoredComment,
} from './queries.ts';

export type { ConversationFilter, StoredComment };

export interface Writer {
  readonly personId: PersonId;
  readonly name: string;
  /** How long it counts from now on, unless told again. */
  readonly leftMs: number;
}

export interface Conversation {
  readonly id: ThreadId;
  readonly assignee: { readonly personId: PersonId; readonly name: string } | null;
  readonly isClosed: boolean;
  /** Milliseconds since 1970. */
  readonly closedAt: number | null;
  readonly comments: number;
  /** Who has a reply open, the first to begin first. */
  readonly answering: readonly Writer[];
}

/** Threads that are not there are left out. @throws {Refusal} `noSuchAccount`. */
export function readConversations(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly ThreadId[],
): Promise<readonly Conversation[]> {
  return read(store, async (tx) => {
    const at = store.now();
    await requireRight(tx, actor, accountId, 'read', at);
    const members = await membersOf(tx, await selectTenantOf(tx, accountId), accountId, at);
    const kept = await selectConversations(tx, accountId, ids);
    const comments = await countComments(tx, accountId, ids);
    const answering = Map.groupBy(await selectAnswering(tx, accountId, ids, at), ({ threadId }) => threadId);
    return (await selectThreadIds(tx, accountId, ids)).map((id) => {
      const row = kept.get(id);
      const assignee = row?.assigneeId ? members.get(row.assigneeId) : undefined;
      return {
        id,
        assignee: assignee ? { personId: assignee.personId, name: assignee.name } : null,
        isClosed: row?.isClosed ?? false,
        closedAt: row?.closedAt ?? null,
        comments: comments.get(id) ?? 0,
        answering: (answering.get(id) ?? []).flatMap(({ personId, endsAt }) => {
          const name = members.get(personId)?.name;
          return name === undefined ? [] : [{ personId, name, leftMs: endsAt - at }];
        }),
      };
    });
  });
}

const foundAtMost = 10_000;

/** The newest that fit, at most 10,000. @throws {Refusal} `noSuchAccount`. */
export function findConversations(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  filter: ConversationFilter,
): Promise<readonly ThreadId[]> {
  return read(store, async (tx) => {
    const at = store.now();
    await requireRight(tx, actor, accountId, 'read', at);
    const members = [...(await membersOf(tx, await selectTenantOf(tx, accountId), accountId, at)).keys()];
    const { assigneeId } = filter;
    if (typeof assigneeId === 'number' && !members.includes(assigneeId)) return [];
    return selectThreadsThatFit(tx, accountId, filter, members, foundAtMost);
  });
}

/** A conversation says more than that an email came: what is new is told as changed. @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export async function conversationChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  const changed = await changesOf(store, actor, accountId, 'Conversation', sinceState, maxChanges);
  // It is there since its thread is; a row is made by the first change.
  return { ...changed, created: [], updated: [...changed.created, ...changed.updated] };
}

/** @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export function commentChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return changesOf(store, actor, accountId, 'ConversationComment', sinceState, maxChanges);
}

const tables = { Conversation: 'conversation', ConversationComment: 'conversation_comment' } as const;

function changesOf(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  type: keyof typeof tables,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return changedSince(tx, accountId, { table: tables[type], type }, sinceState, maxChanges);
  });
}

const listedAtMost = 1_000;

/** Those of some threads, or by their ids, the oldest first; at most 1,000. @throws {Refusal} `noSuchAccount`. */
export function readComments(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  by: { readonly column: 'thread_id' | 'id'; readonly ids: readonly number[] },
): Promise<readonly StoredComment[]> {
  return read(store, async (tx: Tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return selectComments(tx, accountId, by, listedAtMost);
  });
}
