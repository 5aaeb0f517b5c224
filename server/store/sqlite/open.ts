/** One SQLite connection: how it is opened, and the `Connection` over it with its cache of prepared statements. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

import type { Bindable, CompiledSql, Connection, Row } from '#server/store/connection.ts';

const pagesCacheKib = 32 * 1024;
/**
 * Mapped by whoever keeps its pages. A reader lets go of all of them, and of the mapping, whenever anybody has committed
 * since its last snapshot: in a crowd that is a mapping made and torn down a hundred times a second.
 */
const mappedOctets = { writer: 1024 * 1024 * 1024, reader: 0 };

/** The writer folds the log back itself only when told (see engine.ts): an automatic checkpoint would block the loop. */
export function openDatabase(path: string, use: 'writer' | 'reader'): DatabaseSync {
  const database = new DatabaseSync(path, use === 'reader' ? { readOnly: true } : {});
  if (use === 'writer') {
    database.exec('pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = normal');
    database.exec('pragma wal_autocheckpoint = 0');
  }
  database.exec(
    `pragma cache_size = -${pagesCacheKib}; pragma mmap_size = ${mappedOctets[use]}; pragma temp_store = memory`,
  );
  database.exec('pragma foreign_keys = on');
  return database;
}

/** Statements without a name are prepared once too while few: user-made filters take few forms. */
const statementsKept = 500;

export function connectionOver(database: DatabaseSync): Connection {
  const statements = new Map<string, StatementSync>();
  const prepare = ({ sql }: CompiledSql): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= statementsKept) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    dialect: 'sqlite',
    // async, so that what SQLite throws is a rejection as on every engine.
    all: async (statement, values): Promise<readonly Row[]> => prepare(statement).all(...values.map(bindable)),
    run: async (statement, values) => Number(prepare(statement).run(...values.map(bindable)).changes),
  };
}

export function bindable(value: Bindable): SQLInputValue {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return JSON.stringify(value);
}

/** SQLITE_FULL, IOERR, CANTOPEN, NOMEM, CORRUPT, READONLY: the whole transaction is void, not one statement. */
const storageFailures = new Set([13, 10, 14, 7, 11, 8]);

export function isStorageFailure(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && storageFailures.has(Number(error.errcode) & 0xff);
}
