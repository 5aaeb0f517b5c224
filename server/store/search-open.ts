/** Opening the search index: the engine's own, as the database's URL names it; and a store for the thread that fills it. */
import { existsSync } from 'node:fs';

import { openBlobs } from './blobs/store.ts';
import type { StoreOptions } from './open.ts';
import { postgresSearchWriter } from './postgres/search-writer.ts';
import { postgresKeptTexts } from './postgres/search-texts.ts';
import { postgresSearchReader } from './postgres/search.ts';
import type { KeptTexts, SearchChange, SearchReader, SearchWriter } from './search.ts';
import { openSqlite } from './sqlite/engine.ts';
import { isOfThisVersion, openSearchFile, searchPath } from './sqlite/search-file.ts';
import { sqliteKeptTexts } from './sqlite/search-texts.ts';
import { sqliteSearchWriter } from './sqlite/search-writer.ts';
import { sqliteSearchReader } from './sqlite/search.ts';
import type { Store } from './store.ts';

const sqlitePrefix = 'sqlite:';

export function openSearchReader(store: Store, options: StoreOptions): SearchReader {
  if (store.engine.dialect === 'postgres') return postgresSearchReader(store.engine);
  return sqliteSearchReader(searchPath(options.databaseUrl.slice(sqlitePrefix.length)));
}

/** The texts for substrings, for a thread that has a store of its own; undefined while there is no index of this version. */
export function openKeptTexts(store: Store, options: StoreOptions): KeptTexts | undefined {
  if (store.engine.dialect === 'postgres') return postgresKeptTexts(store.engine);
  const path = searchPath(options.databaseUrl.slice(sqlitePrefix.length));
  if (!existsSync(path)) return undefined;
  const database = openSearchFile(path, 'reader');
  if (isOfThisVersion(database)) return sqliteKeptTexts(database);
  database.close();
  return undefined;
}

/** @param forget see sqliteSearchWriter; PostgreSQL does without. */
export function openSearchWriter(
  store: Store,
  options: StoreOptions,
  forget: (changes: readonly SearchChange[]) => Promise<void>,
): SearchWriter {
  if (store.engine.dialect === 'postgres') return postgresSearchWriter(store.engine);
  return sqliteSearchWriter(searchPath(options.databaseUrl.slice(sqlitePrefix.length)), forget);
}

/** The store as a thread reads it: the schema is there already, and nobody listens for changes. */
export async function openThreadStore(options: StoreOptions): Promise<Store> {
  const engine = options.databaseUrl.startsWith(sqlitePrefix)
    ? openSqlite(options.databaseUrl.slice(sqlitePrefix.length))
    : // Loaded when needed: on SQLite neither the server nor its threads hold a client they do not use.
      (await import('./postgres/engine.ts')).openPostgres(options.databaseUrl);
  return {
    engine,
    blobs: openBlobs(options.blobsUrl),
    changes: { listen: () => () => undefined, tell: () => undefined, tellAll: () => undefined, close: () => undefined },
    now: options.now ?? Date.now,
    close: () => engine.close(),
  };
}
