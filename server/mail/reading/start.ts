/**
 * Reading messages beside the event loop: in a crowd, parsing, hashing and compressing are done on one thread, and the
 * loop is left to the network and the transactions. The loop reads by itself what comes alone, what the thread cannot
 * take now, and what the thread failed at; so the thread is never needed, and may end at any time.
 */
import { Worker } from 'node:worker_threads';

import { inlineOctets } from '#server/store/blobs/stage.ts';
import type { Store } from '#server/store/store.ts';

import type { ReadMessage } from './read.ts';

export interface ReadingOrder {
  readonly id: number;
  readonly messages: readonly Uint8Array[];
}

export interface ReadingAnswer {
  readonly id: number;
  /** In the order of the batch; undefined for what is not the thread's to read. */
  readonly read: readonly (ReadMessage | undefined)[];
}

/** The loop is told of a batch when all of it is read: a short one is filed while the next is read. */
const mostInBatch = 8;
/** One at work, and one for it to go on with. */
const mostBatches = 2;
/** Beyond this, reading is the slower half, and the loop takes what waits. */
const mostWaiting = { messages: 64, octets: 4 * 1024 * 1024 };
/** A thread costs some megabytes: one that nobody needs ends. */
const idleMs = 60_000;
/** One that ends as soon as it is started is not started again at once. */
const restartMs = 5_000;
const limits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

interface Reading {
  take(octets: Uint8Array): Promise<ReadMessage | undefined>;
  close(): Promise<void>;
}

const running = new WeakMap<Store, Reading>();

/**
 * For a server: what only a command line files, it reads by itself.
 * @param body of the thread.
 * @returns what to call before the store is closed.
 */
export function startReading(
  store: Store,
  body = new URL('./thread.ts', import.meta.url),
): { readonly close: () => Promise<void> } {
  const reading = readingThread(body);
  running.set(store, reading);
  return {
    async close() {
      running.delete(store);
      await reading.close();
    },
  };
}

/** @returns undefined where the caller should read it. Never throws. The octets are not changed, nor kept. */
export function readElsewhere(store: Store, octets: Uint8Array): Promise<ReadMessage | undefined> | undefined {
  return octets.length > inlineOctets ? undefined : running.get(store)?.take(octets);
}

interface Waiting {
  readonly octets: Uint8Array;
  readonly resolve: (read: ReadMessage | undefined) => void;
}

function readingThread(body: URL): Reading {
  let thread: Worker | undefined;
  let isReady = false;
  let startedAt = -Infinity;
  let idle: NodeJS.Timeout | undefined;
  const coming: Waiting[] = [];
  /** Batches the thread has. */
  const reading = new Map<number, readonly Waiting[]>();
  let lastId = 0;

  const start = (): Worker => {
    startedAt = performance.now();
    const fresh = new Worker(body, { resourceLimits: limits });
    fresh.unref();
    fresh.once('message', () => (isReady = true)); // an answer to nothing: it has loaded
    fresh.on('message', hear);
    fresh.on('error', () => undefined); // its 'exit' follows
    fresh.once('exit', () => {
      if (thread !== fresh) return;
      thread = undefined;
      isReady = false;
      for (const id of reading.keys()) hear({ id, read: [] });
    });
    return fresh;
  };

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    await thread?.terminate();
  };

  function hear({ id, read }: ReadingAnswer): void {
    const batch = reading.get(id) ?? [];
    reading.delete(id);
    for (const [index, { resolve }] of batch.entries()) resolve(read[index]);
    if (coming.length > 0) flush();
    if (reading.size > 0) return;
    thread?.unref();
    clearTimeout(idle);
    idle = setTimeout(() => void end(), idleMs).unref();
  }

  function send(batch: readonly Waiting[]): void {
    // Copied, because a view takes all that lies around it along, and the loop may still have to read it.
    const messages = batch.map(({ octets }) => new Uint8Array(octets));
    clearTimeout(idle);
    lastId += 1;
    reading.set(lastId, batch);
    thread?.ref();
    thread?.postMessage(
      { id: lastId, messages } satisfies ReadingOrder,
      messages.map(({ buffer }) => buffer),
    );
  }

  /** At the end of a turn of the loop, and whenever the thread has answered. */
  function flush(): void {
    const isCrowd = coming.length > 1 || reading.size > 0;
    if (isCrowd && performance.now() - startedAt > restartMs) thread ??= start();
    if (!isCrowd || !isReady) return leave(coming.length);
    // What comes while the thread is at work waits here, and goes over in one piece: each waking costs.
    while (coming.length > 0 && reading.size < mostBatches) send(coming.splice(0, mostInBatch));
    const octets = coming.reduce((sum, waiting) => sum + waiting.octets.length, 0);
    if (coming.length > mostWaiting.messages || octets > mostWaiting.octets) leave(mostInBatch);
    return undefined;
  }

  /** To the loop, which reads it now. */
  function leave(count: number): void {
    for (const { resolve } of coming.splice(0, count)) resolve(undefined);
  }

  return {
    take: (octets) =>
      new Promise((resolve) => {
        if (coming.length === 0) setImmediate(flush);
        coming.push({ octets, resolve });
      }),
    close: end,
  };
}
