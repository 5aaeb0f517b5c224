/**
 * Statements: SQL typed by Kysely, compiled once per dialect and run prepared. Kysely's builder costs ten times what
 * a prepared point read does, so it runs once a statement and never once a row.
 *
 *     const selectRole = statement<{ accountId: number; role: string }>()(({ q, p }) =>
 *       q.selectFrom('mailbox').select(['id', 'name']).where('account_id', '=', p.accountId).where('role', '=', p.role));
 *     const inbox = await selectRole.first(tx, { accountId, role: 'inbox' });
 *
 * What cannot be fixed beforehand (filters a user composes) is built with `tx.q` and run with `rows` or `changes`.
 */
import {
  type Compilable,
  DummyDriver,
  type Expression,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  type SqlBool,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

import type { Bindable, CompiledSql, Connection, Dialect } from './connection.ts';
import type { Schema } from './schema.ts';

export type Query = Kysely<Schema>;

/** An open transaction or snapshot. */
export interface Tx {
  readonly connection: Connection;
  /** The builder of the connection's dialect; it only compiles. */
  readonly q: Query;
  readonly anyOf: AnyOf;
}

/** `column` is one of `values` (an array of any length, bound as one parameter). */
export type AnyOf = (column: string, values: readonly number[] | readonly string[]) => Expression<SqlBool>;

interface Tools<P> {
  readonly q: Query;
  readonly p: P;
  readonly anyOf: AnyOf;
  readonly dialect: Dialect;
}

export interface Statement<P, R> {
  all(tx: Tx, parameters: P): Promise<readonly R[]>;
  first(tx: Tx, parameters: P): Promise<R | undefined>;
  /** For statements that return no rows. @returns how many rows changed. */
  run(tx: Tx, parameters: P): Promise<number>;
}

export const builders: Readonly<Record<Dialect, Query>> = {
  sqlite: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  postgres: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
};

export const anyOfIn: Readonly<Record<Dialect, AnyOf>> = {
  sqlite: (column, values) => sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${values}))`,
  postgres: (column, values) => sql<SqlBool>`${sql.ref(column)} = any(${values})`,
};

/** Stands for a parameter while a statement is being compiled. */
class Placeholder {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
}

interface Compiled extends CompiledSql {
  readonly name: string;
  /** Each bound value in order: a parameter's name, or a constant of the statement. */
  readonly slots: readonly (Placeholder | Bindable)[];
}

let statementCount = 0;

/** Declares a statement with parameters `P`; see the head of this file. */
export function statement<P extends object>(): <R>(
  build: (tools: Tools<P>) => Compilable<R> | RawBuilder<R>,
) => Statement<P, R> {
  return <R>(build: (tools: Tools<P>) => Compilable<R> | RawBuilder<R>) => {
    const compiledFor = new Map<Dialect, Compiled>();
    const name = `pli_${(statementCount += 1)}`;
    const prepared = (dialect: Dialect): Compiled => {
      const known = compiledFor.get(dialect);
      if (known) return known;
      const compiled = compile<P, R>(dialect, name, build);
      compiledFor.set(dialect, compiled);
      return compiled;
    };
    const all = async (tx: Tx, parameters: P): Promise<readonly R[]> => {
      const compiled = prepared(tx.connection.dialect);
      // The rows have the shape the builder's type says: the compiled SQL is that builder's.
      return (await tx.connection.all(compiled, bind(compiled, parameters))) as readonly R[];
    };
    return {
      all,
      first: async (tx, parameters) => (await all(tx, parameters))[0],
      run: (tx, parameters) => {
        const compiled = prepared(tx.connection.dialect);
        return tx.connection.run(compiled, bind(compiled, parameters));
      },
    };
  };
}

/** Runs a query built on the spot. */
export async function rows<R>(tx: Tx, query: Compilable<R> | RawBuilder<R>): Promise<readonly R[]> {
  const { sql: text, parameters } = query.compile(tx.q);
  return (await tx.connection.all({ sql: text }, parameters as readonly Bindable[])) as readonly R[];
}

/** Runs a change built on the spot. @returns how many rows changed. */
export function changes(tx: Tx, query: Compilable | RawBuilder<unknown>): Promise<number> {
  const { sql: text, parameters } = query.compile(tx.q);
  return tx.connection.run({ sql: text }, parameters as readonly Bindable[]);
}

const rowsPerInsert = 200;

/** Inserts rows of one shape. One prepared statement a row where that costs no round trip, few large ones elsewhere. */
export async function insertRows<Table extends keyof Schema>(
  tx: Tx,
  table: Table,
  values: readonly Schema[Table][],
  onConflict: 'fail' | 'ignore' = 'fail',
): Promise<number> {
  const first = values[0];
  if (first === undefined) return 0;
  const columns = Object.keys(first) as (keyof Schema[Table] & string)[];
  const { dialect } = tx.connection;
  const perInsert = dialect === 'sqlite' ? 1 : rowsPerInsert;
  let inserted = 0;
  for (let from = 0; from < values.length; from += perInsert) {
    const chunk = values.slice(from, from + perInsert);
    const bound: Bindable[] = [];
    for (const row of chunk) for (const column of columns) bound.push(row[column] as Bindable);
    // Only whole chunks and single rows are worth a prepared statement of their own.
    const isCommon = chunk.length === perInsert || chunk.length === 1;
    const insert = isCommon
      ? commonInsert(dialect, table, columns, chunk.length, onConflict)
      : { sql: insertText(dialect, table, columns, chunk.length, onConflict) };
    inserted += await tx.connection.run(insert, bound);
  }
  return inserted;
}

interface CommonInsert extends CompiledSql {
  readonly columns: readonly string[];
  readonly count: number;
}

const commonInserts = new Map<string, CommonInsert[]>();

/** Made once: a delivery inserts a dozen rows, and the making costs as much as the inserting. */
function commonInsert(
  dialect: Dialect,
  table: string,
  columns: readonly string[],
  count: number,
  onConflict: 'fail' | 'ignore',
): CompiledSql {
  // A table is filled with few sets of columns: comparing them is cheaper than a text of them all as a key.
  const known = commonInserts.getOrInsertComputed(`${dialect}${onConflict}${table}`, () => []);
  const isSame = (one: CommonInsert) =>
    one.count === count &&
    one.columns.length === columns.length &&
    one.columns.every((name, at) => name === columns[at]);
  const found = known.find(isSame);
  if (found) return found;
  const sqlText = insertText(dialect, table, columns, count, onConflict);
  const made = { sql: sqlText, name: `${table}_${columns.length}_${count}_${onConflict}`, columns, count };
  known.push(made);
  return made;
}

function insertText(
  dialect: Dialect,
  table: string,
  columns: readonly string[],
  count: number,
  onConflict: 'fail' | 'ignore',
): string {
  const tuples = Array.from({ length: count }, (_, index) => {
    const marks = columns.map((__, at) => (dialect === 'sqlite' ? '?' : `$${index * columns.length + at + 1}`));
    return `(${marks.join(',')})`;
  });
  const ending = onConflict === 'ignore' ? ' on conflict do nothing' : '';
  return `insert into ${table} (${columns.join(',')}) values ${tuples.join(',')}${ending}`;
}

function compile<P, R>(
  dialect: Dialect,
  name: string,
  build: (tools: Tools<P>) => Compilable<R> | RawBuilder<R>,
): Compiled {
  const q = builders[dialect];
  // Each property read names a parameter; its type is what `P` says, its value a placeholder until `bind`.
  const p = new Proxy({}, { get: (_, key) => new Placeholder(String(key)) }) as P;
  const query = build({ q, p, anyOf: anyOfIn[dialect], dialect }).compile(q);
  return { sql: query.sql, name, slots: query.parameters as readonly (Placeholder | Bindable)[] };
}

function bind(compiled: Compiled, parameters: object): Bindable[] {
  const given = parameters as Readonly<Record<string, Bindable | undefined>>;
  return compiled.slots.map((slot) => {
    if (!(slot instanceof Placeholder)) return slot;
    const value = given[slot.key];
    if (value === undefined) throw new TypeError(`${compiled.name}: no value for ${slot.key}`);
    return value;
  });
}

export function txOver(connection: Connection): Tx {
  return { connection, q: builders[connection.dialect], anyOf: anyOfIn[connection.dialect] };
}
