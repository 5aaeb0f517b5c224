/** The threads beside the event loop: heavy reads and checkpoints of the log. Each is started when first needed. */
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import { type Bindable, type Row, StoreUnavailable } from '#server/store/connection.ts';

export interface Workers {
  query(sql: string, values: readonly Bindable[]): Promise<readonly Row[]>;
  /** One array for each of the columns `names`, all of them numbers. */
  columns(sql: string, values: readonly Bindable[], names: readonly string[]): Promise<readonly Float64Array[]>;
  checkpoint(how: 'passive' | 'truncate'): Promise<void>;
  /** Size of the write-ahead log. */
  walOctets(): number;
  close(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly sql: string;
  readonly values: readonly Bindable[];
}

export type Order =
  | (Question & { readonly kind: 'query' })
  | (Question & { readonly kind: 'columns'; readonly names: readonly string[] })
  | { readonly kind: 'checkpoint'; readonly id: number; readonly how: 'passive' | 'truncate' };

export type Answer =
  | { readonly kind: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly kind: 'columns'; readonly id: number; readonly columns: readonly Float64Array<ArrayBuffer>[] }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

export function startWorkers(path: string): Workers {
  const reader = lazyThread(path);
  const folder = lazyThread(path);
  return {
    query: async (sql, values) => {
      const answer = await reader.ask((id) => ({ kind: 'query', id, sql, values }));
      return answer.kind === 'rows' ? answer.rows : [];
    },
    columns: async (sql, values, names) => {
      const answer = await reader.ask((id) => ({ kind: 'columns', id, sql, values, names }));
      return answer.kind === 'columns' ? answer.columns : [];
    },
    async checkpoint(how) {
      await folder.ask((id) => ({ kind: 'checkpoint', id, how }));
    },
    walOctets: () => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    close: async () => {
      await Promise.all([reader.close(), folder.close()]);
    },
  };
}

type Answered = Exclude<Answer, { readonly kind: 'failed' }>;

interface Waiting {
  readonly resolve: (answer: Answered) => void;
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
      if (answer.kind === 'failed') asker?.reject(new StoreUnavailable(answer.message));
      else asker?.resolve(answer);
    });
    thread.on('error', failAll);
    thread.on('exit', () => failAll(new Error('exit')));
    return thread;
  };
  return {
    ask: (order: (id: number) => Order): Promise<Answered> =>
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
