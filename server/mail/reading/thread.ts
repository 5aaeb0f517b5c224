/** The body of the thread that reads messages: batches in turn, one answer each; the first says that it is ready. */
import { parentPort } from 'node:worker_threads';

import { readSmall } from './read.ts';
import type { ReadingAnswer, ReadingOrder } from './start.ts';

const port = parentPort;
if (!port) throw new Error('thread.ts is the body of a worker');

port.on('message', ({ id, messages }: ReadingOrder) => {
  port.postMessage({ id, read: messages.map(readSmall) } satisfies ReadingAnswer);
});
port.postMessage({ id: 0, read: [] } satisfies ReadingAnswer);
