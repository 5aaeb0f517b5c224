/**
 * Restoring a backup into an empty store, of either database and any place of blobs. Files first, then rows, so that no
 * row ever names a file that is not there. Interrupted, it leaves a store that is not empty and takes no second restore:
 * empty it and begin again.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createZstdDecompress } from 'node:zlib';

import { clear, insertInto, isEmpty, makeSearchDue, selectMigrations } from '#server/store/backup/rows.ts';
import type { KeptTable } from '#server/store/backup/tables.ts';
import { filePlace } from '#server/store/blobs/files.ts';
import type { Bindable } from '#server/store/connection.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { BadBackup, checkTables, type Manifest, readManifest, tablePath } from './manifest.ts';

export interface RestoreProgress {
  readonly stage: 'checking' | 'files' | 'rows';
  readonly done: number;
  readonly total: number;
}

const rowsPerWrite = 1000;
/** Of `blob`, whose rows hold octets. */
const blobsPerWrite = 100;

/**
 * @returns the manifest of what was restored; the caller verifies the store.
 * @throws {BadBackup} before anything is written: no backup, a damaged one, one of another version, or a store that is
 * not empty.
 */
export async function restore(
  store: Store,
  folder: string,
  hear: (progress: RestoreProgress) => void = () => undefined,
): Promise<Manifest> {
  const manifest = await readManifest(folder);
  hear({ stage: 'checking', done: 0, total: 1 });
  await checkTables(folder, manifest);
  await read(store, async (tx) => {
    if (!(await isEmpty(tx)))
      throw new BadBackup('there is something here already: a backup restores into an empty database');
    const migrations = await selectMigrations(tx);
    if (migrations.join() !== manifest.migrations.join())
      throw new BadBackup(`the backup is of another version: ${manifest.migrations.join(', ')}`);
  });
  await restoreFiles(store, folder, manifest, hear);
  await write(store, clear);
  const total = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  for (const { name, rows } of manifest.tables) {
    const restored = await restoreTable(store, folder, name, (count) =>
      hear({ stage: 'rows', done: done + count, total }),
    );
    if (restored !== rows) throw new BadBackup(`table ${name} has ${restored} rows, not ${rows}`);
    done += rows;
  }
  await write(store, makeSearchDue);
  return manifest;
}

async function restoreFiles(
  store: Store,
  folder: string,
  { blobs }: Manifest,
  hear: (progress: RestoreProgress) => void,
): Promise<void> {
  const source = filePlace(join(folder, 'blobs'));
  let done = 0;
  for await (const { location, octets } of source.list()) {
    await store.blobs.place.put(location, [await source.read(location, 0, octets)]);
    hear({ stage: 'files', done: (done += 1), total: blobs.files });
  }
  if (done !== blobs.files) throw new BadBackup(`the backup has ${done} blob files, not ${blobs.files}`);
}

async function restoreTable(
  store: Store,
  folder: string,
  table: KeptTable,
  hear: (rows: number) => void,
): Promise<number> {
  const perWrite = table === 'blob' ? blobsPerWrite : rowsPerWrite;
  let columns: readonly string[] | undefined;
  let waiting: (readonly Bindable[])[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    const values = waiting;
    const names = columns ?? [];
    waiting = [];
    if (values.length > 0) await write(store, (tx) => insertInto(tx, table, names, values));
    hear((done += values.length));
  };
  for await (const line of linesOf(tablePath(folder, table))) {
    const values = parseLine(line, table);
    if (columns === undefined) columns = values.map(String);
    else if (waiting.push(rehome(store, table, columns, values)) >= perWrite) await flush();
  }
  await flush();
  return done;
}

/** Not readline: it ends lines at U+2028 too, which JSON leaves in texts. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const plain = source.pipe(createZstdDecompress());
  source.on('error', (error) => plain.destroy(error));
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of plain as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** A large blob lives where this store keeps them, whatever the place it was backed up from. */
function rehome(
  store: Store,
  table: KeptTable,
  columns: readonly string[],
  values: readonly Bindable[],
): readonly Bindable[] {
  if (table !== 'blob') return values;
  return values.map((value, index) => (columns[index] === 'place' && value !== 'row' ? store.blobs.place.kind : value));
}

function parseLine(line: string, table: KeptTable): readonly Bindable[] {
  const values: unknown = JSON.parse(line);
  if (!Array.isArray(values)) throw new BadBackup(`a line of table ${table} is no row`);
  return values.map((value: unknown): Bindable => {
    if (typeof value === 'string' || typeof value === 'number' || value === null) return value;
    if (typeof value === 'object' && 'base64' in value && typeof value.base64 === 'string')
      return Buffer.from(value.base64, 'base64');
    throw new BadBackup(`a line of table ${table} has a value of no kind we know`);
  });
}
