/**
 * The store: one database, its blobs, and who listens for changes. Verbs reach it in three ways only:
 * `read` (a snapshot), `write` (rows of the tenant: directory, sessions, jobs) and `transaction` (rows of an account,
 * under that account's clock, in transaction.ts).
 */
import { type RawBuilder, sql } from 'kysely';

import type { BlobStore } from './blobs/place.ts';
import type { ChangeListeners } from './changes.ts';
import type { Bindable, Engine, Row } from './connection.ts';
import { anyOfIn, builders, type Tx, txOver } from './statement.ts';

export interface Store {
  readonly engine: Engine;
  readonly blobs: BlobStore;
  readonly changes: ChangeListeners;
  readonly now: () => number;
  close(): Promise<void>;
}

/** Reads one consistent snapshot. `work` must wait for nothing but its `tx`. */
export function read<T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.engine.read((connection) => work(txOver(connection)));
}

/** Changes rows that belong to no account's clock. Durable when it resolves. May run `work` again: no side effects. */
export function write<T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.engine.write((connection) => work(txOver(connection)));
}

/** One long read, off the event loop. The rows are as the database gives them: a queries.ts shapes them. */
export function heavyRead(store: Store, build: (tx: Pick<Tx, 'q' | 'anyOf'>) => Buildable): Promise<readonly Row[]> {
  const { dialect } = store.engine;
  const compiled = build({ q: builders[dialect], anyOf: anyOfIn[dialect] }).compile(builders[dialect]);
  return store.engine.heavy({ sql: compiled.sql }, compiled.parameters as readonly Bindable[]);
}

/**
 * A long read of two numbers a row (`id`, `groupId`), in the order of the query: 100,000 rows cross from the reading
 * thread as two strings, because a hundred thousand objects would cost ten times the query.
 */
export async function heavyPairs(
  store: Store,
  build: (tx: Pick<Tx, 'q' | 'anyOf'>) => RawBuilder<unknown>,
): Promise<{ readonly ids: readonly number[]; readonly groupIds: readonly number[] }> {
  const gather = store.engine.dialect === 'sqlite' ? sql.raw('json_group_array') : sql.raw('json_agg');
  const [row] = await heavyRead(
    store,
    (tx) => sql`select ${gather}(id) as ids, ${gather}(group_id) as group_ids from (${build(tx)}) as pairs`,
  );
  return { ids: parseNumbers(row?.['ids']), groupIds: parseNumbers(row?.['group_ids']) };
}

interface Buildable {
  compile(builder: Tx['q']): { readonly sql: string; readonly parameters: readonly unknown[] };
}

/** JSON text on SQLite, already an array on PostgreSQL, null where no row was found there. */
function parseNumbers(value: unknown): readonly number[] {
  const numbers: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  return Array.isArray(numbers) ? numbers : [];
}
