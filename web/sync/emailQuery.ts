/**
 * One list of emails as a screen shows it: windows of 60 rows fetched where somebody looks, whatever the length of the
 * whole. After a change the windows in sight are asked again and the others marked stale. A row whose email no longer
 * belongs here, because of a write that still waits or has just settled, is left out at once.
 */
import type { Answers, Client } from './client.ts';
import type { Connection } from './connection.ts';
import { fetchRecords, takeGet } from './changes.ts';
import { emailProperties } from './records.ts';
import type { AccountId, Email } from './records.ts';
import { list, numberOr, text } from './shape.ts';
import type { JsonObject } from './shape.ts';
import type { RecordStore } from './store.ts';

export interface EmailQuerySpec {
  readonly accountId: AccountId;
  /** RFC 8621 §4.4.1. */
  readonly filter: JsonObject | null;
  readonly sort: readonly JsonObject[];
  readonly collapseThreads: boolean;
  /** Whether an email still belongs to the list, as far as that can be told without the server. */
  readonly belongs: (email: Email) => boolean;
}

export interface EmailList {
  readonly status: 'loading' | 'ready' | 'failed';
  /** Rows to show: the server's total less those left out. Unknown until the first answer. */
  readonly total: number | undefined;
  /** The email of row `index`, from 0; undefined while its window is on the way. */
  readonly idAt: (index: number) => string | undefined;
  /** The row of a conversation, or -1: a new answer in it changes the row's email, not the row's conversation. */
  readonly indexOfThread: (threadId: string) => number;
  /** The ids known so far, in order. */
  readonly knownIds: () => readonly string[];
}

export interface EmailQuery {
  list(): EmailList;
  /** The list is kept up to date from the first listener to the last. */
  subscribe(listener: () => void): () => void;
  /** Says which rows are in sight; their windows are fetched. */
  look(first: number, last: number): void;
  /** Something changed: asks the windows in sight again. */
  refresh(): void;
}

const windowRows = 60;

interface Window {
  readonly ids: readonly string[];
  readonly isStale: boolean;
}

/** One request fetches so many windows at most, and so many are kept: who scrolls through 100,000 rows keeps few. */
const maxFetched = 3;
const maxKept = 40;

export interface EmailQueryParts {
  readonly client: Client;
  readonly store: RecordStore;
  readonly connection: Connection;
  /** The list asks to be told of changes, from the first listener to the last. */
  readonly onOpen: (refresh: () => void) => void;
  readonly onClose: (refresh: () => void) => void;
}

export function createEmailQuery(
  { client, store, connection, onOpen, onClose }: EmailQueryParts,
  spec: EmailQuerySpec,
): EmailQuery {
  const { accountId } = spec;
  const windows = new Map<number, Window>();
  const listeners = new Set<() => void>();
  let total: number | undefined;
  let status: EmailList['status'] = 'loading';
  let looked = { first: -1, last: -1 };
  let sight = { first: 0, last: windowRows - 1 };
  let isClosed = true;
  let isWorking = false;
  let generation = 0;
  let shown = view();

  function view(): EmailList {
    const hidden: number[] = [];
    const positions = new Map<string, number>();
    const known: string[] = [];
    for (const [number, window] of [...windows].sort(([a], [b]) => a - b)) {
      window.ids.forEach((id, offset) => {
        const email = store.get(accountId, 'Email', id);
        const position = number * windowRows + offset;
        if (!email || !spec.belongs(email)) hidden.push(position);
        else {
          positions.set(email.threadId, position);
          known.push(id);
        }
      });
    }
    const rowOf = (position: number) => position - hidden.filter((it) => it < position).length;
    return {
      status,
      total: total === undefined ? undefined : Math.max(0, total - hidden.length),
      idAt(index) {
        let position = index;
        for (const it of hidden) {
          if (it <= position) position += 1;
          else break;
        }
        return windows.get(Math.floor(position / windowRows))?.ids[position % windowRows];
      },
      indexOfThread(threadId) {
        const position = positions.get(threadId);
        return position === undefined ? -1 : rowOf(position);
      },
      knownIds: () => known,
    };
  }

  function changed(): void {
    shown = view();
    for (const listener of listeners) listener();
  }

  /** The windows in sight, as far as the list is long. */
  function inSight(): { readonly first: number; readonly last: number } {
    const roof = total === undefined ? 0 : Math.max(0, Math.ceil(total / windowRows) - 1);
    return {
      first: Math.min(Math.floor(sight.first / windowRows), roof),
      last: Math.min(Math.floor(sight.last / windowRows), roof),
    };
  }

  /** What to fetch next: a run of windows, as rows that move from one to another must not be seen twice or never. */
  function needed(): { readonly first: number; readonly last: number } | undefined {
    const { first, last } = inSight();
    const numbers = Array.from({ length: last - first + 1 }, (_, n) => first + n).filter(
      (it) => windows.get(it)?.isStale !== false,
    );
    const from = numbers[0];
    if (from === undefined) return undefined;
    return { first: from, last: Math.min(numbers.at(-1) ?? from, from + maxFetched - 1) };
  }

  /** One request at a time, always for what is in sight by then: fast scrolling asks for where it stops. */
  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    try {
      for (;;) {
        const run = needed();
        if (!run || isClosed) break;
        await fetchRun(run);
      }
    } catch {
      status = 'failed';
      changed();
    } finally {
      isWorking = false;
    }
  }

  async function fetchRun({ first, last }: { readonly first: number; readonly last: number }): Promise<void> {
    const asked = generation;
    const { ids, count } = await connection.persist(() =>
      queryRows(client, store, spec, first * windowRows, (last - first + 1) * windowRows),
    );
    total = count ?? total ?? first * windowRows + ids.length;
    status = 'ready';
    for (let number = first; number <= last; number += 1) {
      const at = (number - first) * windowRows;
      windows.set(number, { ids: ids.slice(at, at + windowRows), isStale: asked !== generation });
    }
    const middle = (first + last) / 2;
    const far = [...windows.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const number of far.slice(0, Math.max(0, windows.size - maxKept))) windows.delete(number);
    if (isClosed) return;
    changed();
    void completeThreads(ids);
  }

  /** The other emails of the conversations in sight: for names, counts and marks. The rows are on the screen before. */
  async function completeThreads(ids: readonly string[]): Promise<void> {
    if (!spec.collapseThreads) return;
    const missing = threadEmailIds(store, accountId, ids).filter((id) => !store.confirmed(accountId, 'Email', id));
    if (missing.length === 0) return;
    await connection.persist(() => fetchRecords(client, store, accountId, 'Email', missing)).catch(() => undefined);
  }

  let unsubscribes: readonly (() => void)[] = [];

  function refresh(): void {
    generation += 1;
    const { first, last } = inSight();
    for (const [number, window] of windows) {
      // Out of sight nobody misses them; kept, they would show rows that have moved to other windows.
      if (number < first || number > last) windows.delete(number);
      else windows.set(number, { ...window, isStale: true });
    }
    if (status === 'failed') status = 'loading';
    void work();
  }

  function open(): void {
    isClosed = false;
    unsubscribes = [store.subscribe(accountId, 'Email', changed), store.subscribe(accountId, 'Thread', changed)];
    onOpen(refresh);
    refresh();
  }

  function close(): void {
    isClosed = true;
    for (const unsubscribe of unsubscribes) unsubscribe();
    onClose(refresh);
  }

  return {
    list: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) open();
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) close();
      };
    },
    look(first, last) {
      if (first === looked.first && last === looked.last) return;
      looked = { first, last };
      // Half a window ahead on both sides: by the time one scrolls there, it is there.
      sight = { first: Math.max(0, first - windowRows / 2), last: last + windowRows / 2 };
      if (!isClosed) void work();
    },
    refresh,
  };
}

/** Every email of the conversations of these emails, as far as the store knows. */
export function threadEmailIds(
  store: RecordStore,
  accountId: AccountId,
  emailIds: readonly string[],
): readonly string[] {
  const all = new Set<string>();
  for (const id of emailIds) {
    const email = store.get(accountId, 'Email', id);
    const thread = email && store.get(accountId, 'Thread', email.threadId);
    for (const member of thread?.emailIds ?? [id]) all.add(member);
  }
  return [...all];
}

async function queryRows(client: Client, store: RecordStore, spec: EmailQuerySpec, position: number, limit: number) {
  const { accountId, filter, sort, collapseThreads } = spec;
  const answers: Answers = await client.request([
    [
      'Email/query',
      {
        accountId,
        filter,
        sort,
        collapseThreads,
        position,
        limit,
        calculateTotal: true,
      },
      'query',
    ],
    [
      'Email/get',
      { accountId, '#ids': { resultOf: 'query', name: 'Email/query', path: '/ids' }, properties: emailProperties },
      'emails',
    ],
    [
      'Thread/get',
      { accountId, '#ids': { resultOf: 'emails', name: 'Email/get', path: '/list/*/threadId' } },
      'threads',
    ],
  ]);
  const query = answers.of('query');
  store.together(() => {
    takeGet(store, accountId, 'Email', answers.of('emails'));
    takeGet(store, accountId, 'Thread', answers.of('threads'));
  });
  return { ids: list(query['ids'], text), count: numberOr(query['total'], undefined) };
}
