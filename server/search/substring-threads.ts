/**
 * The threads that search texts for substrings, each with its share of an account's segments: started with the first
 * question, and ended, with the texts they keep in memory, when nobody has asked for a while.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { StoreUnavailable } from '#server/store/connection.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { StoreOptions } from '#server/store/open.ts';

export interface SubstringSearch {
  readonly accountId: AccountId;
  readonly where: 'text' | 'body' | 'field';
  /** How a line of the head begins, where one field is asked for. */
  readonly field: Uint8Array | undefined;
  readonly needle: Uint8Array;
  readonly candidates: Uint32Array | undefined;
}

export type SubstringOrder = SubstringSearch & {
  readonly id: number;
  /** Which of how many shares to search. */
  readonly share: number;
  readonly shares: number;
};

export type SubstringAnswer =
  | {
      readonly kind: 'found';
      readonly id: number;
      readonly emailIds: Uint32Array<ArrayBuffer>;
      /** Of the index and of what is due: shares found at different moments are no whole. */
      readonly moment: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

export interface SubstringThreads {
  /**
   * One question of an account at a time: who asks a hundred at once waits behind themselves.
   * @returns the emails, ascending. @throws {StoreUnavailable}
   */
  search(question: SubstringSearch): Promise<Uint32Array>;
  close(): Promise<void>;
}

const mostThreads = 2;
const idleMs = 2 * 60_000;

export function substringThreads(options: StoreOptions): SubstringThreads {
  const shares = Math.min(mostThreads, availableParallelism());
  let threads: readonly Thread[] = [];
  let idle: NodeJS.Timeout | undefined;
  let running = 0;
  let isClosed = false;
  const lastOf = new Map<AccountId, Promise<unknown>>();

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = threads;
    threads = [];
    await Promise.all(ending.map((thread) => thread.close()));
  };
  return {
    async search(question) {
      const { accountId } = question;
      const before = lastOf.get(accountId);
      const answered = before ? before.then(() => answer(question)) : answer(question);
      // Whatever became of it, it is the next one's turn.
      const ended = answered.then(noWord, noWord);
      lastOf.set(accountId, ended);
      try {
        return await answered;
      } finally {
        if (lastOf.get(accountId) === ended) lastOf.delete(accountId);
      }
    },
    async close() {
      isClosed = true;
      await end();
    },
  };

  async function answer(question: SubstringSearch): Promise<Uint32Array> {
    if (isClosed) throw new StoreUnavailable('the search is closed');
    clearTimeout(idle);
    if (threads.length === 0) threads = Array.from({ length: shares }, () => startThread(options));
    running += 1;
    try {
      return await searchAll(threads, question);
    } finally {
      running -= 1;
      if (running === 0) idle = setTimeout(() => void end(), idleMs).unref();
    }
  }
}

const noWord = (): void => undefined;

/** The indexer may come between two threads: then the whole is asked of one, which sees one moment. */
async function searchAll(threads: readonly Thread[], question: SubstringSearch): Promise<Uint32Array> {
  const shares = threads.length;
  const found = await Promise.all(threads.map((thread, share) => thread.ask({ ...question, share, shares })));
  const [first] = found;
  if (first && found.every(({ moment }) => moment === first.moment)) return merged(found);
  const whole = await threads[0]?.ask({ ...question, share: 0, shares: 1 });
  return merged(whole ? [whole] : []);
}

function merged(found: readonly Found[]): Uint32Array {
  const all = new Uint32Array(found.reduce((sum, { emailIds }) => sum + emailIds.length, 0));
  let at = 0;
  for (const { emailIds } of found) {
    all.set(emailIds, at);
    at += emailIds.length;
  }
  return all.sort();
}

type Found = Extract<SubstringAnswer, { readonly kind: 'found' }>;

interface Thread {
  ask(question: Omit<SubstringOrder, 'id'>): Promise<Found>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (found: Found) => void;
  readonly reject: (error: Error) => void;
}

function startThread({ databaseUrl, blobsUrl }: StoreOptions): Thread {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let worker: Worker | undefined;
  const failAll = (error: Error): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new StoreUnavailable('the thread ended', { cause: error }));
    waiting.clear();
  };
  const start = (): Worker => {
    const thread = new Worker(new URL('./substring-thread.ts', import.meta.url), {
      workerData: { databaseUrl, blobsUrl },
    });
    thread.on('message', (answer: SubstringAnswer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) thread.unref();
      if (answer.kind === 'found') asker?.resolve(answer);
      else asker?.reject(new StoreUnavailable(answer.message));
    });
    thread.on('error', failAll);
    thread.on('exit', () => failAll(new Error('exit')));
    return thread;
  };
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        worker.ref();
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage({ ...question, id: lastId } satisfies SubstringOrder);
      }),
    async close() {
      await worker?.terminate();
    },
  };
}
