/** A place for one server or one store: a temporary folder and a database of its own, made and removed on demand. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export type DatabaseName = 'sqlite' | 'postgres';

/** Nothing of it exists until makePlace. */
export interface Place {
  readonly name: DatabaseName;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly clusterUrl: string;
}

/** @param clusterUrl where PostgreSQL databases are made; unused for SQLite. */
export function planPlace(name: DatabaseName, clusterUrl: string): Place {
  const random = `pli_test_${randomBytes(8).toString('hex')}`;
  const folder = join(tmpdir(), random);
  if (name === 'sqlite') return { name, databaseUrl: `sqlite:${join(folder, 'pli.sqlite')}`, folder, clusterUrl };
  const url = new URL(clusterUrl);
  url.pathname = `/${random}`;
  return { name, databaseUrl: url.href, folder, clusterUrl };
}

/** @param template the PostgreSQL database it is a copy of; an empty one unless said. */
export async function makePlace(place: Place, template = 'template0'): Promise<void> {
  mkdirSync(place.folder, { mode: 0o700 });
  if (place.name === 'postgres')
    await administer(place, `create database ${databaseOf(place)} template ${template} encoding 'UTF8'`);
}

export async function removePlace(place: Place): Promise<void> {
  rmSync(place.folder, { recursive: true, force: true });
  // "force" ends the sessions a failed test has left behind, or the drop would wait for them for ever.
  if (place.name === 'postgres') await administer(place, `drop database if exists ${databaseOf(place)} with (force)`);
}

const databaseOf = ({ databaseUrl }: Place): string => new URL(databaseUrl).pathname.slice(1);

async function administer({ clusterUrl }: Place, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
