/**
 * The search of a running store: the reader, and the thread that keeps the index up to date. Every process that stores
 * mail starts it once; several on one PostgreSQL share the work.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import type { AccountId } from '#server/store/ids.ts';
import type { StoreOptions } from '#server/store/open.ts';
import { openSearchReader, openSearchWriter } from '#server/store/search-open.ts';
import type { SearchReader } from '#server/store/search.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { deleteDue, selectAccounts, selectDueOf, selectEmailIds, upsertDue } from './queries.ts';
import { type SubstringThreads, substringThreads } from './substring-threads.ts';
import type { FromThread, ToThread } from './thread.ts';

export interface Search {
  readonly reader: SearchReader;
  readonly substrings: SubstringThreads;
  /** Waits, but not long, until what was stored before this call is in the index. */
  settle(accountId: AccountId): Promise<void>;
  /** Empties the index and makes every email due. Resolves when all are due, not when all are indexed. */
  reset(): Promise<void>;
  /** Before the store is closed. */
  close(): Promise<void>;
}

export interface SearchOptions {
  /** Whether this process fills the index; a command that only reads does not. */
  readonly isIndexing: boolean;
  /** Hears what went wrong in the thread: for the log. It tries again by itself. */
  readonly onProblem?: (message: string) => void;
}

/** How long a search waits for what has just been stored. */
const patienceMs = 1_000;
/** More than this is not indexed in that time: an import is running, and searching must not wait for it. */
const worthWaiting = 500;
const lookAgainMs = 40;
const restartMs = 1_000;
const rowsPerFill = 2_000;

const running = new WeakMap<Store, Search>();

/** The search of a store that has one. @throws {Error} when `startSearch` was not called: a fault of the composition. */
export function searchOf(store: Store): Search {
  const search = running.get(store);
  if (!search) throw new Error('no search was started on this store');
  return search;
}

export function startSearch(store: Store, storeOptions: StoreOptions, options: SearchOptions): Search {
  const reader = openSearchReader(store, storeOptions);
  const onProblem = options.onProblem ?? (() => undefined);
  const thread = options.isIndexing ? runThread(store, storeOptions, onProblem) : undefined;
  const substrings = substringThreads(storeOptions);
  const search: Search = {
    reader,
    substrings,
    async settle(accountId) {
      const due = await read(store, (tx) => selectDueOf(tx, accountId, worthWaiting + 1));
      if (due.length === 0 || due.length > worthWaiting) return;
      const upTo = Math.max(...due.map(({ modseq }) => modseq));
      const giveUpAt = performance.now() + patienceMs;
      thread?.send({ kind: 'work', accountId });
      while (performance.now() < giveUpAt) {
        await (thread ? Promise.race([thread.progress(), pause(lookAgainMs)]) : pause(lookAgainMs));
        const left = await read(store, (tx) => selectDueOf(tx, accountId, worthWaiting + 1));
        if (!left.some(({ modseq }) => modseq <= upTo)) return;
      }
    },
    async reset() {
      if (thread) return thread.reset();
      const writer = openSearchWriter(store, storeOptions, async () => undefined);
      await writer.prepare();
      await writer.reset();
      await makeAllDue(store);
      await writer.setComplete();
      await writer.close();
    },
    async close() {
      running.delete(store);
      await thread?.close();
      await substrings.close();
      await reader.close();
    },
  };
  running.set(store, search);
  return search;
}

interface Thread {
  send(message: ToThread): void;
  /** Resolves after the next batch. */
  progress(): Promise<void>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

function runThread(store: Store, storeOptions: StoreOptions, onProblem: (message: string) => void): Thread {
  const { databaseUrl, blobsUrl } = storeOptions;
  let isClosed = false;
  let worker = start();
  let hearProgress: () => void = () => undefined;
  let nextProgress = new Promise<void>((resolve) => (hearProgress = resolve));
  let hearReset: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  let hearEnd: () => void = () => undefined;
  let restart: NodeJS.Timeout | undefined;

  function start(): Worker {
    const fresh = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { databaseUrl, blobsUrl } });
    fresh.unref();
    fresh.on('message', (message: FromThread) => hear(fresh, message));
    fresh.on('error', (error) => onProblem(String(error)));
    fresh.on('exit', () => {
      hearEnd();
      if (!isClosed) restart = setTimeout(() => (worker = start()), restartMs).unref();
    });
    return fresh;
  }

  function hear(from: Worker, message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        if (!message.isComplete) void complete();
        break;
      case 'forget':
        write(store, (tx) => deleteDue(tx, message.due)).then(
          () => from.postMessage({ kind: 'forgotten', id: message.id, isDone: true } satisfies ToThread),
          () => from.postMessage({ kind: 'forgotten', id: message.id, isDone: false } satisfies ToThread),
        );
        break;
      case 'progress':
        hearProgress();
        nextProgress = new Promise((resolve) => (hearProgress = resolve));
        break;
      case 'reset':
        void complete();
        break;
      case 'problem':
        onProblem(message.message);
        break;
      case 'closed':
        hearEnd();
        break;
      default:
        message satisfies never;
    }
  }

  /** An index that is new or was emptied: everything is due. A crash in between leaves it incomplete, and we begin anew. */
  async function complete(): Promise<void> {
    try {
      await makeAllDue(store);
      worker.postMessage({ kind: 'setComplete' } satisfies ToThread);
      hearReset?.resolve();
    } catch (error) {
      onProblem(`the search index could not be completed: ${String(error)}`);
      hearReset?.reject(error);
    }
  }

  return {
    send: (message) => worker.postMessage(message),
    progress: () => nextProgress,
    reset: () =>
      new Promise<void>((resolve, reject) => {
        hearReset = { resolve, reject };
        worker.postMessage({ kind: 'reset' } satisfies ToThread);
      }),
    async close() {
      isClosed = true;
      clearTimeout(restart);
      const ended = new Promise<void>((resolve) => (hearEnd = resolve));
      worker.postMessage({ kind: 'close' } satisfies ToThread);
      await Promise.race([ended, pause(5_000)]);
      await worker.terminate();
    },
  };
}

/** Every email of every account, in small steps: the server is at work meanwhile. */
async function makeAllDue(store: Store): Promise<void> {
  for (let last: AccountId | undefined; ;) {
    const accounts = await read(store, (tx) => selectAccounts(tx, last, rowsPerFill));
    for (const accountId of accounts) await makeDue(store, accountId);
    last = accounts.at(-1);
    if (last === undefined) return;
  }
}

/** Every email of one account, for the index to read again. */
export async function makeDue(store: Store, accountId: AccountId): Promise<void> {
  for (let last: Awaited<ReturnType<typeof selectEmailIds>>[number] | undefined; ;) {
    const ids = await read(store, (tx) => selectEmailIds(tx, accountId, last, rowsPerFill));
    last = ids.at(-1);
    if (last === undefined) return;
    await write(store, (tx) => upsertDue(tx, accountId, ids));
  }
}
