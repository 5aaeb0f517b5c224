/**
 * SQLite: WAL, and every commit synced by ourselves (log-sync.ts). One writer connection takes all writes in turn and
 * commits many at once (group commit): each runs in a savepoint, none is acknowledged before the commit that holds it is
 * on the disk, and no reader tells of it sooner. The next group is written while the one before is synced. Readers have
 * connections of their own and never wait for the writer. What may take long (heavy reads, checkpoints, syncs) runs on
 * threads, so the event loop only ever pays for short statements.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

import { type Connection, type Engine, StoreUnavailable } from '#server/store/connection.ts';
import { type LogSync, openLogSync } from './log-sync.ts';
import { connectionOver, isStorageFailure, openDatabase } from './open.ts';
import { writeStatistics } from './statistics.ts';
import { startWorkers } from './workers.ts';

/** A group closes when this many writes are in it … */
const writesPerCommit = 256;
/** … or when it has kept the event loop this long, or three times as long as the last commit took: a slow disk is asked less often. */
const groupMs = { least: 12, most: 30 };
const commitsWorth = 3;
/** Beyond this the log is folded back into the database at the next pause between two groups. */
const walLimitOctets = 256 * 1024 * 1024;
const walSoftLimitOctets = 64 * 1024 * 1024;
/** A writer at rest for this long folds what is in the log, so that a quiet server takes no more disk than it holds. */
const restMs = 1_000;
/** How long a log that a long snapshot keeps is left alone. */
const truncatePauseMs = 30_000;
/** How long another process (the command line) may hold the write lock before we give up. */
const lockPatienceMs = 15_000;

interface Pending {
  readonly run: (connection: Connection) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Prepared once: each write runs both. */
const savepoint = { sql: 'savepoint work' };
const release = { sql: 'release work' };

/** How long the last commit took: what the next group goes by. */
interface Pace {
  commitMs: number;
}

/** Opens (and makes, if needed) the database at `path`. */
export function openSqlite(path: string): Engine {
  mkdirSync(dirname(path), { recursive: true });
  const database = openDatabase(path, 'writer');
  const writer = connectionOver(database);
  // The log is there once something was read through it.
  database.exec('pragma user_version');
  const log = openLogSync(path);
  const readers = readerPool(path, log);
  const workers = startWorkers(path);
  const queue: Pending[] = [];
  const pace: Pace = { commitMs: 0 };
  let isRunning = false;
  let isClosed = false;
  let whenIdle = Promise.resolve();
  let resting: NodeJS.Timeout | undefined;

  const write = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (isClosed) return reject(new StoreUnavailable('the store is closed'));
      clearTimeout(resting);
      queue.push({ run: work, resolve: (value) => resolve(value as T), reject });
      if (!isRunning) {
        isRunning = true;
        whenIdle = drain();
      }
      return undefined;
    });

  async function drain(): Promise<void> {
    // Let what arrived in the same turn of the loop join the first group.
    await nextTurn();
    while (queue.length > 0) {
      const isKept = await commitGroup(database, writer, log, queue, pace);
      await foldLog(isKept);
      await nextTurn();
    }
    isRunning = false;
    resting = setTimeout(() => void workers.checkpoint('truncate').catch(() => undefined), restMs).unref();
  }

  /** Checkpoints run beside the writer; only past the hard limit does writing wait for one. Never throws. */
  let checkpointing: Promise<void> | undefined;
  let mayTruncateAt = 0;
  async function foldLog(isKept: boolean): Promise<void> {
    const walOctets = workers.walOctets();
    if (walOctets > walSoftLimitOctets && !checkpointing) {
      // One that fails (the thread was ended, another process reads) is made good by the next.
      checkpointing = workers
        .checkpoint('passive')
        .catch(() => undefined)
        .finally(() => (checkpointing = undefined));
    }
    // A disk without room may find some in the log: it holds many versions of one page, the database one.
    const isFull = walOctets > walLimitOctets && performance.now() > mayTruncateAt;
    if (isFull || (!isKept && walOctets > 0)) {
      await checkpointing;
      await workers.checkpoint('truncate').catch(() => undefined);
      // A long snapshot (a backup, a verification) keeps the log: waiting for it at every group would stop all writing.
      if (workers.walOctets() > walLimitOctets) mayTruncateAt = performance.now() + truncatePauseMs;
    }
  }

  /** What a thread has seen may be a commit still on its way to the disk. */
  async function onceDurable<T>(reading: Promise<T>): Promise<T> {
    const seen = await reading;
    await log.running;
    return seen;
  }

  return {
    dialect: 'sqlite',
    read: (work) => readers.use(work),
    write,
    heavy: (statement, values) => onceDurable(workers.query(statement.sql, values)),
    heavyColumns: (statement, values, names) => onceDurable(workers.columns(statement.sql, values, names)),
    // One process owns an embedded database; what a command line changes meanwhile is noticed by `watchOthers`.
    announce: () => Promise.resolve(),
    onAnnouncement: (listener) => readers.watchOthers(database, listener),
    settle: () => writeStatistics(database),
    async close() {
      isClosed = true;
      await whenIdle;
      clearTimeout(resting);
      await checkpointing;
      readers.close();
      await workers.close();
      await log.running;
      log.close();
      database.close();
    },
  };
}

/** Never throws. @returns false when the disk or the lock refused: then everybody of the group was told so. */
async function commitGroup(
  database: DatabaseSync,
  writer: Connection,
  log: LogSync,
  queue: Pending[],
  pace: Pace,
): Promise<boolean> {
  try {
    await begin(database);
  } catch (error) {
    for (const pending of queue.splice(0)) pending.reject(new StoreUnavailable('no write lock', { cause: error }));
    return false;
  }
  const done: { pending: Pending; value: unknown }[] = [];
  const closesAt = performance.now() + Math.min(groupMs.most, Math.max(groupMs.least, pace.commitMs * commitsWorth));
  try {
    while (queue.length > 0 && done.length < writesPerCommit && performance.now() < closesAt) {
      const pending = queue.shift();
      if (!pending) break;
      const refusal = await runInSavepoint(database, writer, pending, done);
      if (refusal) pending.reject(refusal.error);
    }
    // While the group before is on its way to the disk, this one was already being written.
    await log.running;
    database.exec('commit');
  } catch (error) {
    // The disk is full or failing: nothing of this group is kept, and everybody in it is told.
    rollBack(database);
    for (const { pending } of done) pending.reject(new StoreUnavailable('the disk refused', { cause: error }));
    return false;
  }
  const startedAt = performance.now();
  log.sync().then(
    () => {
      pace.commitMs = performance.now() - startedAt;
      for (const { pending, value } of done) pending.resolve(value);
    },
    (error: unknown) => {
      // It may or may not be on the disk, and the kernel forgets which: only a new start can read what is there.
      for (const { pending } of done) pending.reject(new StoreUnavailable('the disk refused', { cause: error }));
      process.nextTick(() => {
        throw error;
      });
    },
  );
  return true;
}

/**
 * Runs one write, and puts it among the `done` unless it refused by itself.
 * @returns what it threw of its own. @throws what ends the whole group; the write is then among the `done`.
 */
async function runInSavepoint(
  database: DatabaseSync,
  writer: Connection,
  pending: Pending,
  done: { pending: Pending; value: unknown }[],
): Promise<{ readonly error: unknown } | undefined> {
  const entry: (typeof done)[number] = { pending, value: undefined };
  done.push(entry);
  await writer.run(savepoint, []);
  try {
    entry.value = await pending.run(writer);
    await writer.run(release, []);
    return undefined;
  } catch (error) {
    if (isStorageFailure(error) || !database.isTransaction) throw error;
    database.exec('rollback to work; release work');
    done.pop();
    return { error };
  }
}

/** SQLite has rolled back already after some failures; a disk that fails again leaves nothing to keep either. */
function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('rollback');
  } catch {
    // The next `begin immediate` says what is wrong.
  }
}

/** BEGIN IMMEDIATE without blocking the loop while another process writes. */
async function begin(database: DatabaseSync): Promise<void> {
  const giveUpAt = performance.now() + lockPatienceMs;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    try {
      database.exec('begin immediate');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
    await pause(waitMs);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

interface ReaderPool {
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  watchOthers(writer: DatabaseSync, listener: (payload: undefined) => void): void;
  close(): void;
}

const watchEveryMs = 400;

/** One connection; each snapshot begins and ends by statements prepared once. */
interface Reader {
  readonly database: DatabaseSync;
  readonly connection: Connection;
  readonly begin: StatementSync;
  readonly commit: StatementSync;
}

/** A reader is held by one snapshot at a time; as many are opened as are ever needed at once. */
function readerPool(path: string, log: LogSync): ReaderPool {
  const all: Reader[] = [];
  const free: Reader[] = [];
  let timer: NodeJS.Timeout | undefined;
  const take = () => {
    const known = free.pop();
    if (known) return known;
    const database = openDatabase(path, 'reader');
    const reader = {
      database,
      connection: connectionOver(database),
      begin: database.prepare('begin'),
      commit: database.prepare('commit'),
    };
    all.push(reader);
    return reader;
  };
  return {
    async use(work) {
      try {
        const reader = take();
        try {
          reader.begin.run();
          return await work(reader.connection);
        } finally {
          free.push(reader);
          if (reader.database.isTransaction) reader.commit.run();
          // What was seen may be a commit that is still on its way to the disk: nobody is told of it sooner.
          if (log.running) await log.running;
        }
      } catch (error) {
        throw isStorageFailure(error) ? new StoreUnavailable('the disk refused', { cause: error }) : error;
      }
    },
    // data_version of the writer changes only when another connection commits: here, another process.
    watchOthers(writer, listener) {
      const version = writer.prepare('pragma data_version');
      const read = (): unknown => {
        try {
          return version.get()?.['data_version'];
        } catch {
          return undefined; // a disk that fails now: looked at again at the next beat
        }
      };
      let last = read();
      timer = setInterval(() => {
        const now = read();
        if (now !== last) listener(undefined);
        last = now;
      }, watchEveryMs);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      for (const { database } of all) database.close();
    },
  };
}
