/**
 * The index's own file beside the database: FTS5 without the contents, and the texts for
 * substrings. A document's rowid is its account (upper bits)
 * and its email (lower 32), so that an account's documents lie together and need no table of their own.
 */
import { DatabaseSync } from 'node:sqlite';

import { searchVersion } from '#server/store/search.ts';
import { textStatements, textTableNames } from './search-texts.ts';

export function searchPath(databasePath: string): string {
  return `${databasePath.replace(/\.sqlite$/, '')}.search.sqlite`;
}

/** Opened to write, the file and its tables are made as needed; to read, they must be there. */
export function openSearchFile(path: string, use: 'writer' | 'reader'): DatabaseSync {
  const database = new DatabaseSync(path, use === 'reader' ? { readOnly: true } : {});
  // Another process may be writing: the command line, or the server seen from it.
  database.exec('pragma busy_timeout = 15000');
  if (use === 'writer') {
    database.exec('pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = full');
    database.exec('pragma wal_autocheckpoint = 1000; pragma journal_size_limit = 1048576; pragma cache_size = -16384');
    make(database);
  } else {
    database.exec('pragma cache_size = -8192; pragma mmap_size = 1073741824; pragma temp_store = memory');
  }
  return database;
}

/** All terms are ready to be compared by their octets: the tokenizer has only to part them at spaces. */
const statements = [
  `create virtual table if not exists search using fts5
     (words, extras, content = '', contentless_delete = 1, tokenize = "ascii tokenchars ':.@-_'")`,
  'create table if not exists search_state (is_complete integer not null)',
  ...textStatements,
];

function make(database: DatabaseSync): void {
  database.exec('begin immediate');
  if (!isOfThisVersion(database)) {
    for (const table of ['search', 'search_state', ...textTableNames]) database.exec(`drop table if exists ${table}`);
    for (const statement of statements) database.exec(statement);
    database.exec(`insert into search_state values (0); pragma user_version = ${searchVersion}`);
  }
  database.exec('commit');
}

export function isOfThisVersion(database: DatabaseSync): boolean {
  return database.prepare('pragma user_version').get()?.['user_version'] === searchVersion;
}

export function emptySearchFile(database: DatabaseSync): void {
  database.exec('begin immediate; pragma user_version = 0; commit');
  make(database);
}
