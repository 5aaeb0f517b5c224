/**
 * Large blobs as files: written under a temporary name, fsynced, renamed, and the folder fsynced, before anybody is
 * told. Spread over 4,096 folders by the first two characters of their hash.
 */
import { mkdir, open, opendir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { StoreUnavailable } from '#server/store/connection.ts';
import { MissingObject, type Place } from './place.ts';

export function filePlace(folder: string): Place {
  const pathOf = (location: string) => join(folder, location.slice(0, 2), location);
  /** Folders that are known to be on the disk, or are on their way: whoever comes second waits for the same fsync. */
  const shelves = new Map<string, Promise<void>>();
  const needShelf = (shelf: string): Promise<void> => {
    const known = shelves.get(shelf);
    if (known) return known;
    const made = makeShelf(shelf);
    shelves.set(shelf, made);
    made.catch(() => shelves.delete(shelf));
    return made;
  };
  const makeShelf = async (shelf: string): Promise<void> => {
    const first = await mkdir(shelf, { recursive: true });
    await syncFolder(folder);
    if (first !== undefined && first !== shelf) await syncFolder(dirname(folder));
  };
  const write = async (location: string, frames: readonly Uint8Array[]): Promise<void> => {
    const path = pathOf(location);
    const parent = dirname(path);
    await needShelf(parent);
    const temporary = `${path}.new`;
    const file = await open(temporary, 'wx', 0o600);
    try {
      for (const frame of frames) await file.writeFile(frame);
      await file.sync();
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(parent);
  };
  return {
    kind: 'file',
    async put(location, frames) {
      try {
        await write(location, frames);
      } catch (error) {
        shelves.clear();
        throw isNoRoom(error) ? new StoreUnavailable('the disk of the blobs refused', { cause: error }) : error;
      }
    },
    async read(location, start, end) {
      const file = await open(pathOf(location), 'r').catch((error: unknown) => {
        throw isMissing(error) ? new MissingObject(location, { cause: error }) : error;
      });
      try {
        const buffer = Buffer.allocUnsafe(end - start);
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
          if (bytesRead === 0) throw new MissingObject(`${location}: shorter than its row says`);
          filled += bytesRead;
        }
        return buffer;
      } finally {
        await file.close();
      }
    },
    async remove(location) {
      await unlink(pathOf(location)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },
    async *list() {
      const shelves = await opendir(folder).catch(() => undefined);
      if (!shelves) return;
      for await (const shelf of shelves) {
        if (!shelf.isDirectory()) continue;
        for await (const entry of await opendir(join(folder, shelf.name))) {
          const found = await stat(join(folder, shelf.name, entry.name)).catch((error: unknown) => {
            // Renamed or removed since the folder was read.
            if (!isMissing(error)) throw error;
          });
          if (found) yield { location: entry.name, octets: found.size, modifiedAt: found.mtimeMs };
        }
      }
    },
  };
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** ENOSPC, EDQUOT, EFBIG, EIO, EROFS, EMFILE, ENFILE: the machine's fault, not the blob's; it may be over later. */
function isNoRoom(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && noRoom.has(code);
}

const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS', 'EMFILE', 'ENFILE']);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
