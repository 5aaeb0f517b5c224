/**
 * The manifest of a backup, written last: a folder without one is no backup. It names every table's file with its
 * SHA-256. Blob files need none: each is named by the hash of its contents.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { z } from 'zod';

import { isKeptTable, type KeptTable } from '#server/store/backup/tables.ts';

const manifest = z.object({
  format: z.literal('pli-backup-1'),
  /** When the snapshot was taken: ISO 8601, UTC. */
  createdAt: z.string(),
  /** What made the schema that the rows fit. */
  migrations: z.array(z.string()).readonly(),
  tables: z
    .array(
      z.object({
        name: z.custom<KeptTable>((value) => typeof value === 'string' && isKeptTable(value)),
        rows: z.number(),
        octets: z.number(),
        sha256: z.string(),
      }),
    )
    .readonly(),
  blobs: z.object({ files: z.number(), octets: z.number() }),
});

export type Manifest = Readonly<z.infer<typeof manifest>>;

export const manifestName = 'manifest.json';

/** What stands in the folder is not what was backed up, or not fit for this version. Nothing was restored. */
export class BadBackup extends Error {
  override readonly name = 'BadBackup';
}

export function tablePath(folder: string, table: KeptTable): string {
  return join(folder, 'tables', `${table}.ndjson.zst`);
}

/** @throws {BadBackup} when the folder holds no whole backup of this format. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch((error: unknown) => {
    throw new BadBackup(`${folder} is no backup, or one that was interrupted: it has no ${manifestName}`, {
      cause: error,
    });
  });
  const parsed = manifest.safeParse(parseJson(text));
  if (!parsed.success) throw new BadBackup(`${manifestName} is not of a format this version knows`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws {BadBackup} when a table's file is missing or is not the one that was written. */
export async function checkTables(folder: string, { tables }: Manifest): Promise<void> {
  for (const { name, sha256 } of tables) {
    const hash = createHash('sha256');
    await hashFile(tablePath(folder, name), hash).catch((error: unknown) => {
      throw new BadBackup(`the file of table ${name} cannot be read`, { cause: error });
    });
    if (hash.digest('hex') !== sha256) throw new BadBackup(`the file of table ${name} is damaged`);
  }
}

async function hashFile(path: string, hash: Hash): Promise<void> {
  await pipeline(createReadStream(path), async (source: AsyncIterable<Buffer>) => {
    for await (const piece of source) hash.update(piece);
  });
}
