/** Opening the store: the engine the options name, its schema brought up to date, its blobs and its listeners. */
import { openBlobs } from './blobs/store.ts';
import { changeListeners } from './changes.ts';
import { migrate } from './migrate.ts';
import { openSqlite } from './sqlite/engine.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** `sqlite:PATH` or `postgres://…`. */
  readonly databaseUrl: string;
  /** `file:FOLDER` or `s3://KEY:SECRET@HOST/BUCKET`. */
  readonly blobsUrl: string;
  /** The clock, in milliseconds since 1970; tests set their own. */
  readonly now?: () => number;
}

/** Opens the database and brings its schema up to date. @throws {StoreUnavailable} when it cannot be reached. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = options.databaseUrl.startsWith('sqlite:')
    ? openSqlite(options.databaseUrl.slice('sqlite:'.length))
    : // Loaded when needed: the command line, run over and over on SQLite, must not pay for a client it does not use.
      (await import('./postgres/engine.ts')).openPostgres(options.databaseUrl);
  const applied = await engine.write(migrate);
  if (applied.length > 0) engine.settle();
  const changes = changeListeners(engine);
  return {
    engine,
    blobs: openBlobs(options.blobsUrl),
    changes,
    now: options.now ?? Date.now,
    async close() {
      changes.close();
      await engine.close();
    },
  };
}
