/**
 * The store: one database, its blobs, and who listens for changes. Verbs reach it in three ways only:
 * `read` (a snapshot), `write` (rows of the tenant: directory, sessions, jobs) and `transaction` (rows of an account,
 * under that account's clock, in transaction.ts).
 */
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

/**
 * A snapshot for what is decided once more before anything is acknowledged: it may show what a power cut takes back, and so
 * need not wait for the disk where others are writing.
 */
export function glance<T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.engine.glance((connection) => work(txOver(connection)));
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
 * A long read of numbers alone, in the order of the query: the columns `names`, none of which may be null, each as one
 * array. A hundred thousand rows cross from the reading thread so; as objects they would cost ten times the query.
 */
export function heavyColumns<Name extends string>(
  store: Store,
  names: readonly Name[],
  build: (tx: Pick<Tx, 'q' | 'anyOf'>) => Buildable,
): Promise<Columns<Name>> {
  const { dialect } = store.engine;
  const compiled = build({ q: builders[dialect], anyOf: anyOfIn[dialect] }).compile(builders[dialect]);
  const values = compiled.parameters as readonly Bindable[];
  return store.engine
    .heavyColumns({ sql: compiled.sql }, values, names)
    .then((columns) => Object.fromEntries(names.map((name, index) => [name, columns[index]])) as Columns<Name>);
}

export type Columns<Name extends string> = Readonly<Record<Name, Float64Array>>;

interface Buildable {
  compile(builder: Tx['q']): { readonly sql: string; readonly parameters: readonly unknown[] };
}
