/**
 * Makes the write-ahead log durable without keeping the event loop: SQLite commits with synchronous=NORMAL, which writes
 * the log and does not wait for the disk; fdatasync of the log on a thread of libuv's pool does, and only then is
 * anybody told. SQLite itself syncs the log before a checkpoint and the database after it, so what a power cut leaves is
 * always the log up to some commit, and never less than what was acknowledged.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';

export interface LogSync {
  /** Resolves once everything committed before this call is on the disk. @throws {Error} when the disk does not take it. */
  sync(): Promise<void>;
  /** The sync under way, if any. */
  readonly running: Promise<void> | undefined;
  close(): void;
}

/** @param path of the database; its log must exist, and stays the same file while a connection is open. */
export function openLogSync(path: string): LogSync {
  const descriptor = openSync(`${path}-wal`, 'r+');
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    const sync = new Promise<void>((resolve, reject) => {
      fdatasync(descriptor, (error) => {
        if (running === sync) running = undefined;
        if (error) reject(error);
        else resolve();
      });
    });
    return (running = sync);
  };
  return {
    // One under way may have begun before the commit: it is the next that counts, one for all who wait.
    sync: () => {
      if (!running) return begin();
      const again = (): Promise<void> => {
        next = undefined;
        return begin();
      };
      return (next ??= running.then(again, again));
    },
    get running() {
      return next ?? running;
    },
    close: () => closeSync(descriptor),
  };
}
