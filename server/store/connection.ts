/**
 * What floor 1 asks of a database engine, and nothing more: a connection that runs SQL, and an engine that hands
 * connections out for reading, for writing, and for heavy reading off the event loop.
 */

export type Dialect = 'sqlite' | 'postgres';
export type Row = Readonly<Record<string, unknown>>;
/** What may be bound. Arrays are for `anyOf` alone: JSON text on SQLite, an array on PostgreSQL. */
export type Bindable = string | number | null | Uint8Array | readonly string[] | readonly number[];

/** SQL that was compiled for one dialect. `name` is set where the statement is run prepared. */
export interface CompiledSql {
  readonly sql: string;
  readonly name?: string;
}

/** Held by one piece of work at a time. */
export interface Connection {
  readonly dialect: Dialect;
  all(statement: CompiledSql, values: readonly Bindable[]): Promise<readonly Row[]>;
  /** @returns how many rows changed. */
  run(statement: CompiledSql, values: readonly Bindable[]): Promise<number>;
}

export interface Engine {
  readonly dialect: Dialect;
  /** A consistent snapshot. `work` must wait for nothing but the connection. */
  read<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** The same without waiting for the disk: what is seen may be a commit that a power cut takes back. */
  glance<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Durable when it resolves; rolled back when `work` throws. `work` must wait for nothing but the connection. */
  write<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** One read that may take long: never on the event loop. */
  heavy(statement: CompiledSql, values: readonly Bindable[]): Promise<readonly Row[]>;
  /** The same for the columns `names` of a query that gives numbers alone: one array a column, in the rows' order. */
  heavyColumns(
    statement: CompiledSql,
    values: readonly Bindable[],
    names: readonly string[],
  ): Promise<readonly Float64Array[]>;
  /**
   * Says `payload` (below 8,000 octets) to all other processes on this database once the running write commits.
   */
  announce(connection: Connection, payload: string): Promise<void>;
  /** Hears what others announced; `undefined` when some may have been missed (a connection was lost). */
  onAnnouncement(listener: (payload: string | undefined) => void): void;
  /** Once the schema is up to date, before anything else runs. */
  settle(): void;
  close(): Promise<void>;
}

/** The database or the disk cannot do it now. Nothing was acknowledged and nothing is half done: try again later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
