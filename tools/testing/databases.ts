/**
 * Runs the same tests on both databases, each in a place of its own: a temporary folder, and for PostgreSQL a
 * database of its own too. `npm test` starts one cluster for all test files; a file run alone starts its own.
 *
 *     forEachDatabase((name, databaseUrl, folder) => { test('…', async () => { … }) });
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import pg from 'pg';
import { needPostgres } from '#tools/needs/postgres.ts';

export type DatabaseName = 'sqlite' | 'postgres';

export const databaseNames: readonly DatabaseName[] = ['sqlite', 'postgres'];

const { url: clusterUrl } = await needPostgres();

/**
 * Describes the tests once per database.
 *
 * @param work gets the database's URL, empty and made before its first hook runs, and a folder for anything else
 *   (blobs, keys); both are gone after the last hook.
 */
export function forEachDatabase(work: (name: DatabaseName, databaseUrl: string, folder: string) => void): void {
  for (const name of databaseNames) {
    describe(name, () => {
      const place = planPlace(name);
      before(() => makePlace(place));
      work(name, place.databaseUrl, place.folder);
      after(() => removePlace(place));
    });
  }
}

/** A database and a folder. Nothing exists until makePlace. */
export interface Place {
  readonly name: DatabaseName;
  readonly databaseUrl: string;
  readonly folder: string;
}

export function planPlace(name: DatabaseName): Place {
  const random = `pli_test_${randomBytes(8).toString('hex')}`;
  const folder = join(tmpdir(), random);
  if (name === 'sqlite') return { name, databaseUrl: `sqlite:${join(folder, 'pli.sqlite')}`, folder };
  const url = new URL(clusterUrl);
  url.pathname = `/${random}`;
  return { name, databaseUrl: url.href, folder };
}

export async function makePlace({ name, databaseUrl, folder }: Place): Promise<void> {
  mkdirSync(folder, { mode: 0o700 });
  if (name === 'postgres')
    await administer(`create database ${databaseOf(databaseUrl)} template template0 encoding 'UTF8'`);
}

export async function removePlace({ name, databaseUrl, folder }: Place): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  // "force" ends the sessions a failed test has left behind, or the drop would wait for them for ever.
  if (name === 'postgres') await administer(`drop database if exists ${databaseOf(databaseUrl)} with (force)`);
}

/** A temporary folder that goes with the process, for tests that need no database. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pli-test-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
