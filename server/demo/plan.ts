/** The thread that plans the academy's mail, as the one that files it sees it. */
import { Worker } from 'node:worker_threads';

import type { ReadMessage } from '#server/mail/reading/read.ts';

import type { Placement } from './placement.ts';

/** What the mail depends on, and nothing else does. */
export interface MailOrder {
  readonly people: number;
  readonly seed: number;
  readonly now: number;
  readonly messagesPerPerson: number;
  /** Of each person, by index. */
  readonly addresses: readonly string[];
  /** So many messages are filed already. */
  readonly skip: number;
}

export interface PlannedBatch {
  /** Octets where the message is too large to be kept in a row: whoever files it stages it. */
  readonly messages: readonly {
    readonly message: ReadMessage | Uint8Array;
    readonly placements: readonly Placement[];
  }[];
  readonly isLast: boolean;
}

/** The batches in order; the next one is made while one is being filed. @throws what the thread threw. */
export async function* plannedBatches(order: MailOrder): AsyncGenerator<PlannedBatch> {
  const thread = new Worker(new URL('./plan-thread.ts', import.meta.url), { workerData: order });
  const waiting: PromiseWithResolvers<PlannedBatch>[] = [];
  thread.on('message', (batch: PlannedBatch) => waiting.shift()?.resolve(batch));
  thread.on('error', (error) => {
    for (const asked of waiting.splice(0)) asked.reject(error);
  });
  const ask = (): Promise<PlannedBatch> => {
    const asked = Promise.withResolvers<PlannedBatch>();
    // The one asked for ahead may fail while nobody waits for it yet.
    asked.promise.catch(() => undefined);
    waiting.push(asked);
    thread.postMessage('more');
    return asked.promise;
  };
  try {
    let next = ask();
    for (;;) {
      const coming = next;
      next = ask();
      const batch = await coming;
      yield batch;
      if (batch.isLast) return;
    }
  } finally {
    await thread.terminate();
  }
}
