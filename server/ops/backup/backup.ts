/**
 * Backing up while everything runs: all rows from one snapshot, then every file they name. The format is our own and
 * the same from both databases, so that a backup of one restores into the other. Rows are lines of JSON: the first
 * names the columns, each other is the values in that order, octets as {"base64": …}.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createZstdCompress } from 'node:zlib';

import { readTable, selectMigrations } from '#server/store/backup/rows.ts';
import { type KeptTable, keptTables } from '#server/store/backup/tables.ts';
import { filePlace } from '#server/store/blobs/files.ts';
import { holdCollection } from '#server/store/blobs/hold.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import type { Row } from '#server/store/connection.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { BadBackup, type Manifest, manifestName, tablePath } from './manifest.ts';

export interface BackupProgress {
  readonly stage: 'rows' | 'files';
  readonly done: number;
  readonly total: number;
}

/** Renewed all the time; when we are killed, collection goes on after this. */
const holdMs = 10 * 60_000;
const renewEveryMs = 60_000;

/**
 * @param folder is made, or empty.
 * @returns the manifest, which is on the disk when this resolves.
 * @throws {BadBackup} when there is something in the folder; {MissingObject} when a file that a row names is not there.
 */
export async function backup(
  store: Store,
  folder: string,
  hear: (progress: BackupProgress) => void = () => undefined,
): Promise<Manifest> {
  await mkdir(join(folder, 'tables'), { recursive: true, mode: 0o700 });
  const entries = [...(await readdir(folder)), ...(await readdir(join(folder, 'tables')))];
  if (entries.length > 1) throw new BadBackup(`${folder} is not empty`);
  const hold = (): Promise<void> => holdCollection(store, store.now() + holdMs);
  await hold();
  const renewal = setInterval(() => void hold().catch(() => undefined), renewEveryMs);
  try {
    const createdAt = new Date(store.now()).toISOString();
    const { migrations, tables, files } = await read(store, (tx) => writeTables(tx, folder, hear));
    const blobs = await copyFiles(store, folder, files, hear);
    const manifest: Manifest = { format: 'pli-backup-1', createdAt, migrations, tables, blobs };
    await writeDurably(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
    return manifest;
  } finally {
    clearInterval(renewal);
    await holdCollection(store, 0);
  }
}

interface BlobFile {
  readonly location: string;
  readonly octets: number;
}

async function writeTables(tx: Tx, folder: string, hear: (progress: BackupProgress) => void) {
  const files: BlobFile[] = [];
  const tables: Manifest['tables'][number][] = [];
  const migrations = await selectMigrations(tx);
  for (const [index, table] of keptTables.entries()) {
    const note = table === 'blob' ? (row: Row) => files.push(...fileOf(row)) : () => 0;
    tables.push(await writeTable(tx, folder, table, note));
    hear({ stage: 'rows', done: index + 1, total: keptTables.length });
  }
  return { migrations, tables, files };
}

function fileOf(row: Row): readonly BlobFile[] {
  const { location, stored_octets: octets } = row;
  return typeof location === 'string' ? [{ location, octets: Number(octets) }] : [];
}

async function writeTable(tx: Tx, folder: string, table: KeptTable, note: (row: Row) => number) {
  let rows = 0;
  let octets = 0;
  const hash = createHash('sha256');
  async function* lines(): AsyncGenerator<string> {
    for await (const page of readTable(tx, table)) {
      const columns = Object.keys(page[0] ?? {});
      if (rows === 0) yield `${JSON.stringify(columns)}\n`;
      for (const row of page) note(row);
      rows += page.length;
      yield page.map((row) => `${JSON.stringify(columns.map((column) => printValue(row[column])))}\n`).join('');
      await nextTurn();
    }
  }
  async function* hashed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      hash.update(piece);
      octets += piece.length;
      yield piece;
    }
  }
  const path = tablePath(folder, table);
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true });
  await pipeline(Readable.from(lines()), createZstdCompress(), hashed, file);
  return { name: table, rows, octets, sha256: hash.digest('hex') };
}

function printValue(value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}

async function copyFiles(
  store: Store,
  folder: string,
  files: readonly BlobFile[],
  hear: (progress: BackupProgress) => void,
): Promise<Manifest['blobs']> {
  const place = filePlace(join(folder, 'blobs'));
  await mkdir(join(folder, 'blobs'), { mode: 0o700 });
  let octets = 0;
  for (const [index, file] of files.entries()) {
    const bytes = await store.blobs.place.read(file.location, 0, file.octets).catch((error: unknown) => {
      throw error instanceof MissingObject
        ? new MissingObject(`${file.location} is not there whole: run pli verify`, { cause: error })
        : error;
    });
    await place.put(file.location, [bytes]);
    octets += file.octets;
    hear({ stage: 'files', done: index + 1, total: files.length });
  }
  return { files: files.length, octets };
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
