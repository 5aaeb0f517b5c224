/** The threads beside the event loop: heavy reads and checkpoints of the log. Each is started when first needed. */
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import { type Bindable, type Row, StoreUnavailable } from '#server/store/connection.ts';

export interface Workers {
  query(sql: string, values: readonly Bindable[]): Promise<readonly Row[]>;
  checkpoint(how: 'passive' | 'truncate'): Promise<void>;
  /** Size of the write-ahead log. */
  walOctets(): number;
  close(): Promise<void>;
}

export type Order =
  | { readonly kind: 'query'; readonly id: number; readonly sql: string; readonly values: readonly Bindable[] }
  | { readonly kind: 'checkpoint'; readonly id: number; readonly how: 'passive' | 'truncate' };

export type Answer =
  | { readonly kind: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

export function startWorkers(path: string): Workers {
  const reader = lazyThread(path);
  const folder = lazyThread(path);
  return {
    query: (sql, values) => reader.ask((id) => ({ kind: 'query', id, sql, values })),
    async checkpoint(how) {
      await folder.ask((id) => ({ kind: 'checkpoint', id, how }));
    },
    walOctets: () => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    close: async () => {
      await Promise.all([reader.close(), folder.close()]);
    },
  };
}

interface Waiting {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: Error) => void;
}

function lazyThread(path: string) {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();
  const failAll = (error: Error) => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new StoreUnavailable('the thread ended', { cause: error }));
    waiting.clear();
  };
  const start = (): Worker => {
    const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { path } });
    thread.unref();
    thread.on('message', (answer: Answer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) thread.unref();
      if (answer.kind === 'rows') asker?.resolve(answer.rows);
      else asker?.reject(new StoreUnavailable(answer.message));
    });
    thread.on('error', failAll);
    thread.on('exit', () => failAll(new Error('exit')));
    return thread;
  };
  return {
    ask: (order: (id: number) => Order): Promise<readonly Row[]> =>
      new Promise((resolve, reject) => {
        worker ??= start();
        worker.ref();
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage(order(lastId));
      }),
    close: async () => {
      await worker?.terminate();
    },
  };
}
