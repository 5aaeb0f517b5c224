/** The comments of the conversation on the screen: fetched when it is opened, and again when one comes or goes. */
import { useEffect, useSyncExternalStore } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, listOr, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Comment {
  readonly id: string;
  readonly text: string;
  readonly mentions: readonly string[];
  readonly authorName: string;
  readonly createdAt: string;
  readonly mayDestroy: boolean;
}

interface Shown {
  load(): void;
  open(): () => void;
  subscribe(listener: () => void): () => void;
  list(): readonly Comment[];
}

const none: readonly Comment[] = [];

/** One for the page: the pane shows one conversation, in several places. */
let shown: (Shown & { readonly key: string }) | undefined;

function commentsOf(sync: Sync, accountId: AccountId, threadId: string): Shown {
  const key = `${accountId} ${threadId}`;
  if (shown?.key !== key) shown = { key, ...createComments(sync, accountId, threadId) };
  return shown;
}

function createComments(sync: Sync, accountId: AccountId, threadId: string): Shown {
  const listeners = new Set<() => void>();
  let comments = none;
  let users = 0;
  let stop: (() => void) | undefined;
  const fetchAll = async (): Promise<void> => {
    const answers = await sync.client.request([
      ['ConversationComment/query', { accountId, filter: { conversationId: threadId } }, 'query'],
      [
        'ConversationComment/get',
        { accountId, '#ids': { resultOf: 'query', name: 'ConversationComment/query', path: '/ids' } },
        'get',
      ],
    ]);
    comments = list(answers.of('get')['list'], readComment);
    for (const listener of listeners) listener();
  };
  const load = (): void => void sync.connection.persist(fetchAll).catch(sync.connection.report);
  return {
    load,
    open() {
      users += 1;
      if (users === 1) {
        stop = sync.onPushed(accountId, 'ConversationComment', load);
        load();
      }
      return () => {
        users -= 1;
        if (users === 0) stop?.();
      };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list: () => comments,
  };
}

export function useComments(threadId: string): { readonly comments: readonly Comment[]; readonly load: () => void } {
  const { sync, accountId } = useScope();
  const source = commentsOf(sync, accountId, threadId);
  useEffect(() => source.open(), [source]);
  const comments = useSyncExternalStore(source.subscribe, source.list);
  return { comments, load: source.load };
}

/** @returns the type of the error; undefined where it was done. @throws as `client.request` does. */
export async function changeComments(
  sync: Sync,
  accountId: AccountId,
  change:
    | { readonly kind: 'add'; readonly threadId: string; readonly text: string; readonly mentions: readonly string[] }
    | { readonly kind: 'remove'; readonly id: string },
): Promise<string | undefined> {
  const args =
    change.kind === 'add'
      ? { create: { one: { conversationId: change.threadId, text: change.text, mentions: change.mentions } } }
      : { destroy: [change.id] };
  const answers = await sync.client.request([['ConversationComment/set', { accountId, ...args }, 'set']]);
  const { notCreated, notDestroyed } = answers.of('set');
  const refused = change.kind === 'add' ? notCreated : notDestroyed;
  const error = isObject(refused) ? Object.values(refused)[0] : undefined;
  return isObject(error) ? textOr(error['type'], 'serverFail') : undefined;
}

function readComment(value: unknown): Comment {
  const it = object(value);
  return {
    id: text(it['id']),
    text: text(it['text']),
    mentions: listOr(it['mentions'], text),
    authorName: textOr(it['authorName'], ''),
    createdAt: text(it['createdAt']),
    mayDestroy: it['mayDestroy'] === true,
  };
}
