/**
 * The body of a worker thread: one connection, orders in turn. A row goes back as a plain object; columns of numbers go
 * back as arrays that change hands without being copied.
 */
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
  const said = answer(order);
  port.postMessage(said, said.kind === 'columns' ? said.columns.map(({ buffer }) => buffer) : []);
});

function answer(order: Order): Answer {
  try {
    if (order.kind === 'checkpoint') {
      database.exec(order.how === 'passive' ? 'pragma wal_checkpoint(passive)' : 'pragma wal_checkpoint(truncate)');
      return { kind: 'rows', id: order.id, rows: [] };
    }
    if (order.kind === 'columns') return { kind: 'columns', id: order.id, columns: gather(order) };
    const rows = database.prepare(order.sql).all(...order.values.map(bindable));
    return { kind: 'rows', id: order.id, rows };
  } catch (error) {
    return { kind: 'failed', id: order.id, message: error instanceof Error ? error.message : String(error) };
  }
}

function gather(order: Extract<Order, { readonly kind: 'columns' }>): readonly Float64Array<ArrayBuffer>[] {
  const statement = database.prepare(order.sql);
  const at = order.names.map((name) => statement.columns().findIndex((column) => column.name === name));
  statement.setReturnArrays(true);
  let room = 4096;
  let columns = order.names.map(() => new Float64Array(room));
  let length = 0;
  // With setReturnArrays a row is an array of its values, whatever the type says of it.
  for (const row of statement.iterate(...order.values.map(bindable)) as Iterable<unknown>) {
    if (!Array.isArray(row)) throw new TypeError('a row that is no array');
    if (length === room) {
      room *= 2;
      columns = columns.map((old) => {
        const larger = new Float64Array(room);
        larger.set(old);
        return larger;
      });
    }
    for (const [index, column] of columns.entries()) column[length] = Number(row[at[index] ?? -1]);
    length += 1;
  }
  return columns.map((column) => column.slice(0, length));
}
