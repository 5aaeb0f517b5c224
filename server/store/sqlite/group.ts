/**
 * A group of writes in one commit: none is acknowledged before that commit is on the disk, and the next group is written
 * while this one is synced. A write that refuses leaves nothing, and the others of its group lose nothing by it.
 *
 * A savepoint around each write would see to that, but SQLite then copies every page a write touches: a fifth of what a
 * delivery costs. So a group runs without; where a write refuses after it changed something, the transaction is undone
 * and the writes before it are run once more, now in savepoints. Refusals mostly come before any change, and cost nothing.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

import { type Connection, StoreUnavailable } from '#server/store/connection.ts';
import type { LogSync } from './log-sync.ts';
import { connectionOver, isStorageFailure } from './open.ts';

/** A group closes when this many writes are in it … */
const writesPerCommit = 256;
/** … or when it has kept the event loop this long, or three times as long as the last commit took: a slow disk is asked less often. */
const groupMs = { least: 12, most: 30 };
const commitsWorth = 3;
/** Groups in savepoints after one that had to be run again: who refuses once often does so again. */
const carefulGroups = 32;
/** How long another process (the command line) may hold the write lock before we give up. */
const lockPatienceMs = 15_000;

/** A write that waits. It may be run more than once. */
export interface Pending {
  readonly run: (connection: Connection) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The one connection that writes, with what the next group goes by. */
export interface Writer {
  readonly database: DatabaseSync;
  /** BEGIN IMMEDIATE and COMMIT, prepared once. */
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly connection: Connection;
  readonly log: LogSync;
  readonly queue: Pending[];
  /** Told when a write comes while a group is open with nothing to do. */
  wake: () => void;
  /** Whether the write under way ran anything but a plain select. */
  mayHaveChanged: boolean;
  /** How long the last commit took. */
  commitMs: number;
  /** Groups that still run in savepoints. */
  careful: number;
}

export function openWriter(database: DatabaseSync, log: LogSync): Writer {
  const plain = connectionOver(database);
  const writer: Writer = {
    database,
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    connection: {
      dialect: 'sqlite',
      all: (statement, values) => {
        writer.mayHaveChanged ||= !statement.sql.startsWith('select ');
        return plain.all(statement, values);
      },
      run: (statement, values) => {
        writer.mayHaveChanged = true;
        return plain.run(statement, values);
      },
    },
    log,
    queue: [],
    wake: () => undefined,
    mayHaveChanged: false,
    commitMs: 0,
    careful: 0,
  };
  return writer;
}

export function enqueue(writer: Writer, pending: Pending): void {
  writer.queue.push(pending);
  writer.wake();
}

interface Entry {
  readonly pending: Pending;
  value: unknown;
}

/** Never throws. @returns false when the disk or the lock refused: then everybody of the group was told so. */
export async function commitGroup(writer: Writer): Promise<boolean> {
  const { database, log, queue } = writer;
  try {
    await begin(writer);
  } catch (error) {
    for (const pending of queue.splice(0)) pending.reject(new StoreUnavailable('no write lock', { cause: error }));
    return false;
  }
  if (writer.careful > 0) writer.careful -= 1;
  const done: Entry[] = [];
  try {
    await runQueue(writer, done);
    writer.commit.run();
  } catch (error) {
    // The disk is full or failing: nothing of this group is kept, and everybody in it is told.
    rollBack(database);
    for (const { pending } of done) pending.reject(new StoreUnavailable('the disk refused', { cause: error }));
    return false;
  }
  const startedAt = performance.now();
  log.sync().then(
    () => {
      writer.commitMs = performance.now() - startedAt;
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
 * Runs what is queued, and what comes while the group before is on its way to the disk: this one could not be committed
 * sooner, and the fewer commits, the less is written. @throws as `runBare`.
 */
async function runQueue(writer: Writer, done: Entry[]): Promise<void> {
  const { log, queue } = writer;
  const mostMs = Math.min(groupMs.most, Math.max(groupMs.least, writer.commitMs * commitsWorth));
  let spentMs = 0;
  for (;;) {
    const startedAt = performance.now();
    const mayGoOn = () => done.length < writesPerCommit && spentMs + performance.now() - startedAt < mostMs;
    for (let pending; mayGoOn() && (pending = queue.shift());) {
      await (writer.careful > 0 ? runInSavepoint : runBare)(writer, { pending, value: undefined }, done);
    }
    spentMs += performance.now() - startedAt;
    if (!log.running) return;
    const arrival = new Promise<void>((resolve) => (writer.wake = resolve));
    await (queue.length > 0 ? log.running : Promise.race([log.running, arrival]));
  }
}

/**
 * Runs one write, and leaves it among the `done` unless it refused by itself: then it is told so.
 * @throws what ends the whole group; whoever is to hear of it is then among the `done`.
 */
async function runBare(writer: Writer, entry: Entry, done: Entry[]): Promise<void> {
  writer.mayHaveChanged = false;
  done.push(entry);
  try {
    entry.value = await entry.pending.run(writer.connection);
  } catch (error) {
    endGroupOn(error, writer);
    done.pop();
    entry.pending.reject(error);
    if (writer.mayHaveChanged) await runAgain(writer, done);
  }
}

/** Undoes the whole group so far, and runs once more those that are to stay. @throws as `runBare`. */
async function runAgain(writer: Writer, done: Entry[]): Promise<void> {
  writer.database.exec('rollback');
  await begin(writer);
  if (done.length === 0) return;
  writer.careful = carefulGroups;
  for (const entry of done.slice()) await runInSavepoint(writer, entry, done);
}

/** Prepared once. */
const savepoint = { sql: 'savepoint work' };
const release = { sql: 'release work' };

/** As `runBare`; among the `done` already where it is run again. */
async function runInSavepoint(writer: Writer, entry: Entry, done: Entry[]): Promise<void> {
  const { connection, database } = writer;
  if (!done.includes(entry)) done.push(entry);
  await connection.run(savepoint, []);
  try {
    entry.value = await entry.pending.run(connection);
    await connection.run(release, []);
  } catch (error) {
    endGroupOn(error, writer);
    database.exec('rollback to work; release work');
    done.splice(done.indexOf(entry), 1);
    entry.pending.reject(error);
  }
}

/** @throws {unknown} the error, where it is the disk's and not the write's own, or SQLite has ended the transaction. */
function endGroupOn(error: unknown, { database }: Writer): void {
  if (isStorageFailure(error) || !database.isTransaction) throw error;
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
async function begin(writer: Writer): Promise<void> {
  const giveUpAt = performance.now() + lockPatienceMs;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    try {
      writer.begin.run();
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
