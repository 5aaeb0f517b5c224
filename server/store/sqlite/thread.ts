/** The body of a worker thread: one connection, orders in turn. A row goes back as a plain object. */
import { parentPort, workerData } from 'node:worker_threads';

import { bindable, openDatabase } from './open.ts';
import type { Answer, Order } from './workers.ts';

const port = parentPort;
if (!port) throw new Error('thread.ts is the body of a worker');
const { path }: { path: string } = workerData;
// A checkpoint writes to the database file, so this connection is a writer's; it changes no row.
const database = openDatabase(path, 'writer');
database.exec('pragma busy_timeout = 2000');

port.on('message', (order: Order) => {
  port.postMessage(answer(order));
});

function answer(order: Order): Answer {
  try {
    if (order.kind === 'checkpoint') {
      database.exec(order.how === 'passive' ? 'pragma wal_checkpoint(passive)' : 'pragma wal_checkpoint(truncate)');
      return { kind: 'rows', id: order.id, rows: [] };
    }
    const rows = database.prepare(order.sql).all(...order.values.map(bindable));
    return { kind: 'rows', id: order.id, rows };
  } catch (error) {
    return { kind: 'failed', id: order.id, message: error instanceof Error ? error.message : String(error) };
  }
}
