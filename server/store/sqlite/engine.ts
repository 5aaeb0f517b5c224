/**
 * SQLite: WAL, and every commit synced by ourselves (log-sync.ts). One writer connection takes all writes in turn and
 * commits many at once (group.ts): none is acknowledged before the commit that holds it is on the disk, and no reader
 * tells of it sooner. Readers have connections of their own and never wait for the writer. What may take long (heavy
 * reads, checkpoints, syncs) runs on threads, so the event loop only ever pays for short statements.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Connection, type Engine, StoreUnavailable } from '#server/store/connection.ts';
import { commitGroup, enqueue, openWriter } from './group.ts';
import { openLogSync } from './log-sync.ts';
import { connectionOver, isStorageFailure, openDatabase } from './open.ts';
import { writeStatistics } from './statistics.ts';
import { startWorkers } from './workers.ts';

/** Beyond this the log is folded back into the database at the next pause between two groups. */
const walLimitOctets = 256 * 1024 * 1024;
const walSoftLimitOctets = 64 * 1024 * 1024;
/** A writer at rest for this long folds what is in the log, so that a quiet server takes no more disk than it holds. */
const restMs = 1_000;
/** From one folding to the next: each syncs the log and the database, and the commits' own syncs wait for the same disk. */
const foldPauseMs = 1_000;
/** How often the log is looked at while all goes well; it grows by less than the soft limit meanwhile. */
const lookPauseMs = 50;
/** How long a log that a long snapshot keeps is left alone. */
const truncatePauseMs = 30_000;
/** Opens (and makes, if needed) the database at `path`. */
export function openSqlite(path: string): Engine {
  mkdirSync(dirname(path), { recursive: true });
  const database = openDatabase(path, 'writer');
  // The log is there once something was read through it.
  database.exec('pragma user_version');
  const log = openLogSync(path);
  const writer = openWriter(database, log);
  const readers = readerPool(path);
  const workers = startWorkers(path);
  let isRunning = false;
  let isClosed = false;
  let whenIdle = Promise.resolve();
  let resting: NodeJS.Timeout | undefined;

  const write = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (isClosed) return reject(new StoreUnavailable('the store is closed'));
      clearTimeout(resting);
      enqueue(writer, { run: work, resolve: (value) => resolve(value as T), reject });
      if (!isRunning) {
        isRunning = true;
        whenIdle = drain();
      }
      return undefined;
    });

  async function drain(): Promise<void> {
    // Let what arrived in the same turn of the loop join the first group.
    await nextTurn();
    while (writer.queue.length > 0) {
      const isKept = await commitGroup(writer);
      await foldLog(isKept);
      await nextTurn();
    }
    isRunning = false;
    resting = setTimeout(() => void workers.checkpoint('truncate').catch(() => undefined), restMs).unref();
  }

  /** Checkpoints run beside the writer; only past the hard limit does writing wait for one. Never throws. */
  let checkpointing: Promise<void> | undefined;
  let mayFoldAt = 0;
  let mayTruncateAt = 0;
  let lookAt = 0;
  async function foldLog(isKept: boolean): Promise<void> {
    if (isKept && performance.now() < lookAt) return;
    lookAt = performance.now() + lookPauseMs;
    const walOctets = workers.walOctets();
    if (walOctets > walSoftLimitOctets && !checkpointing && performance.now() > mayFoldAt) {
      // One that fails (the thread was ended, another process reads) is made good by the next.
      checkpointing = workers
        .checkpoint('passive')
        .catch(() => undefined)
        .finally(() => {
          checkpointing = undefined;
          mayFoldAt = performance.now() + foldPauseMs;
        });
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

  /** What was seen may be a commit still on its way to the disk: nobody is told of it sooner. */
  async function onceDurable<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } finally {
      if (log.running) await log.running;
    }
  }

  return {
    dialect: 'sqlite',
    read: (work) => onceDurable(readers.use(work)),
    glance: (work) => readers.use(work),
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

/**
 * Each keeps pages and prepared statements of its own, so few stay warm where many would all be cold; a crowd that wakes
 * at once waits its turn instead of opening a connection each.
 */
const readersAtMost = 6;

/** A reader is held by one snapshot at a time, and given on in the order in which it was asked for. */
function readerPool(path: string): ReaderPool {
  const all: Reader[] = [];
  const free: Reader[] = [];
  const waiting: ((reader: Reader) => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const take = (): Reader | Promise<Reader> => {
    const known = free.pop();
    if (known) return known;
    if (all.length >= readersAtMost) return new Promise((resolve) => waiting.push(resolve));
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
  const give = (reader: Reader): void => {
    const next = waiting.shift();
    if (next) next(reader);
    else free.push(reader);
  };
  return {
    async use(work) {
      try {
        const taken = take();
        const reader = taken instanceof Promise ? await taken : taken;
        try {
          reader.begin.run();
          return await work(reader.connection);
        } finally {
          try {
            if (reader.database.isTransaction) reader.commit.run();
          } finally {
            give(reader);
          }
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
