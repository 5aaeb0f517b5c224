/** Searching on SQLite: questions go to a thread, started with the first of them, and arrays of numbers come back. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import { StoreUnavailable } from '#server/store/connection.ts';
import { asId, type AccountId } from '#server/store/ids.ts';
import { accountPrefix, type SearchReader } from '#server/store/search.ts';
import { printMatch } from './search-text.ts';

type Asked =
  | { readonly kind: 'match'; readonly expression: string }
  | { readonly kind: 'documents' | 'texts'; readonly accountId: AccountId }
  | { readonly kind: 'accounts' };

export type SearchQuestion = Asked & { readonly id: number };

export type SearchAnswer =
  | { readonly kind: 'found'; readonly id: number; readonly numbers: Uint32Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

interface Waiting {
  readonly resolve: (numbers: Uint32Array) => void;
  readonly reject: (error: Error) => void;
}

/** Reads the index in the file at `path`; as long as there is none, nothing is found. */
export function sqliteSearchReader(path: string): SearchReader {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  const failAll = (error: Error): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new StoreUnavailable('the thread ended', { cause: error }));
    waiting.clear();
  };
  const start = (): Worker => {
    const thread = new Worker(new URL('./search-thread.ts', import.meta.url), { workerData: { path } });
    thread.on('message', (answer: SearchAnswer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) thread.unref();
      if (answer.kind === 'found') asker?.resolve(answer.numbers);
      else asker?.reject(new StoreUnavailable(answer.message));
    });
    thread.on('error', failAll);
    thread.on('exit', () => failAll(new Error('exit')));
    return thread;
  };
  const ask = (question: Asked): Promise<Uint32Array> => {
    if (!worker && !existsSync(path)) return Promise.resolve(new Uint32Array());
    return new Promise((resolve, reject) => {
      worker ??= start();
      worker.ref();
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ ...question, id: lastId } satisfies SearchQuestion);
    });
  };
  return {
    async match(accountId, plan) {
      if (plan.kind === 'nothing') return new Uint32Array();
      if (plan.kind === 'everything') return ask({ kind: 'documents', accountId });
      return ask({ kind: 'match', expression: printMatch(accountPrefix(accountId), plan) });
    },
    documents: (accountId) => ask({ kind: 'documents', accountId }),
    texts: (accountId) => ask({ kind: 'texts', accountId }),
    accounts: async () => Array.from(await ask({ kind: 'accounts' }), (id) => asId<AccountId>(id)),
    async close() {
      await worker?.terminate();
    },
  };
}
