/** The list of a view as the sync engine keeps it; opened with the view, closed with it. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import type { EmailList } from '#web/sync/emailQuery.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, object, text } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { belongsTo, viewFilter } from './view.ts';
import type { View } from './view.ts';

export interface OpenList {
  readonly list: EmailList;
  readonly look: (first: number, last: number) => void;
  readonly refresh: () => void;
  readonly filter: JsonObject | null;
}

const nothing: EmailList = {
  status: 'loading',
  total: undefined,
  idAt: () => undefined,
  indexOfThread: () => -1,
  knownIds: () => [],
};
const emptyList: EmailList = { ...nothing, status: 'ready', total: 0 };
const newestFirst = [{ property: 'receivedAt', isAscending: false }];

export function useEmailList(view: View): OpenList {
  const { sync, accountId } = useScope();
  const mailboxes = useRecords('Mailbox');
  // A search must know the mailboxes (in:, trash left out); a mailbox is asked for by its id at once.
  const isReady = view.kind === 'mailbox' || mailboxes.length > 0;
  const opened = useMemo(() => {
    if (!isReady) return undefined;
    const known = sync.store.all(accountId, 'Mailbox');
    const filter = viewFilter(view, known);
    if (filter === null) return undefined;
    const belongs = belongsTo(view, known);
    const query = sync.openEmailQuery({ accountId, filter, sort: newestFirst, collapseThreads: true, belongs });
    return { query, filter };
  }, [sync, accountId, view, isReady]);

  // What members do with a conversation changes such a list, and no email.
  const isWork = view.kind === 'mailbox' && view.work !== undefined;
  useEffect(
    () => (isWork && opened ? sync.onPushed(accountId, 'Conversation', opened.query.refresh) : undefined),
    [sync, accountId, isWork, opened],
  );

  const isEmptySearch = view.kind === 'search' && view.text.trim() === '';
  const shown = useSyncExternalStore(
    opened?.query.subscribe ?? idle,
    opened?.query.list ?? (isEmptySearch ? () => emptyList : () => nothing),
  );
  return {
    list: shown,
    look: opened?.query.look ?? pass,
    refresh: opened?.query.refresh ?? pass,
    filter: opened?.filter ?? null,
  };
}

const pass = () => undefined;
const idle = () => pass;

/** The conversations of a whole list, newest first, up to `limit`: for taking all of them. */
export async function fetchThreadIds(
  sync: Sync,
  accountId: AccountId,
  filter: JsonObject,
  limit: number,
): Promise<readonly string[]> {
  const piece = sync.session()?.limits.maxObjectsInGet ?? 500;
  const threadIds: string[] = [];
  for (let position = 0; position < limit; position += piece) {
    const query = {
      accountId,
      filter,
      sort: newestFirst,
      collapseThreads: true,
      position,
      limit: Math.min(piece, limit - position),
    };
    const answers = await sync.client.request([
      ['Email/query', query, 'query'],
      [
        'Email/get',
        { accountId, '#ids': { resultOf: 'query', name: 'Email/query', path: '/ids' }, properties: ['threadId'] },
        'get',
      ],
    ]);
    const found = list(answers.of('get')['list'], (it) => text(object(it)['threadId']));
    threadIds.push(...found);
    if (found.length < piece) break;
  }
  return threadIds;
}
