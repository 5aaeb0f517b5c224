/**
 * The job of an import. It may be run by any process, and again after any death: all it must know is in rows. A source
 * that cannot be reached is tried again with growing pauses; a full mailbox pauses the import; both can go on.
 */
import { Refusal } from '#server/access/refusal.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { type AccountId, asId, type ImportId } from '#server/store/ids.ts';
import { finishJob, type Job, postponeJob, renewJob } from '#server/store/jobs.ts';
import { type Store, write } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { type Course, Interrupted } from './course.ts';
import { SourceFailure } from './imap/connect.ts';
import { isWrongName } from './imap/walk.ts';
import { selectImport, type StoredImport, updateImport } from './queries.ts';
import { type ImportProblem, sourceKey } from './record.ts';
import { openSecret } from './secret.ts';
import { endImport, importKind } from './start.ts';
import { carryImport } from './source.ts';
import type { ImportPolicy } from './policy.ts';

export interface Imports {
  readonly kinds: Readonly<Record<string, JobKind>>;
  /** Lets go of what is under way; it goes on where it was in the next process, or here. */
  stop(): void;
}

const leaseMs = 120_000;
const renewEveryMs = 30_000;
const firstPauseMs = 10_000;
const longestPauseMs = 3_600_000;
/** Tries without anything having come: about a day. */
const mostFailures = 30;
/** An import that somebody paused keeps its password so long. */
const pausedMs = 14 * 24 * 3_600_000;

export function importJobs(store: Store, options: ImportPolicy): Imports {
  const stopping = new AbortController();
  const run = (job: Job): Promise<void> => runImport(store, options, stopping.signal, job);
  return {
    kinds: { [importKind]: { leaseMs, atOnce: options.atOnce, attempts: 1_000_000, run } },
    stop: () => stopping.abort(),
  };
}

interface Payload {
  readonly importId: ImportId;
  /** Tries in a row that brought nothing. */
  readonly failures: number;
  /** When a paused import is given up; absent while it is not paused. */
  readonly expiresAt?: number;
}

function readPayload(value: unknown): Payload {
  const given = typeof value === 'object' && value !== null ? value : {};
  const number = (name: string): number => {
    const member: unknown = Reflect.get(given, name);
    return typeof member === 'number' ? member : 0;
  };
  const expiresAt = number('expiresAt');
  return {
    importId: asId<ImportId>(number('importId')),
    failures: number('failures'),
    ...(expiresAt > 0 && { expiresAt }),
  };
}

async function runImport(store: Store, options: ImportPolicy, signal: AbortSignal, job: Job): Promise<void> {
  const { accountId } = job;
  if (accountId === null) throw new TypeError('an import without an account');
  const payload = readPayload(job.payload);
  const known = await begin(store, accountId, job, payload);
  if (!known) return;
  const lease = keepLease(store, job, payload);
  const course = courseOf(store, accountId, known);
  try {
    const password = passwordOf(options.key, accountId, known);
    // One that is there and opens with another key only may be opened by the process that sealed it: not erased here.
    if (known.source.kind === 'imap' && password === undefined)
      throw new SourceFailure('passwordNeeded', known.secret === null, undefined, true);
    await carryImport(course, known.source, password, options, signal);
    await transaction(store, accountId, (tx) => finish(tx, store, job, known, 'done', null));
  } catch (error) {
    await lease.end();
    await settle({ store, accountId, job, payload, known, course, signal }, error);
  } finally {
    await lease.end();
  }
}

/** @returns the import where there is something to do for it now. */
function begin(store: Store, accountId: AccountId, job: Job, payload: Payload): Promise<StoredImport | undefined> {
  return transaction(store, accountId, async (tx) => {
    const known = await selectImport(tx, accountId, payload.importId);
    if (!known || known.state === 'done' || known.state === 'cancelled' || known.state === 'failed') {
      await finishJob(tx, job);
      return undefined;
    }
    if (known.state === 'paused') {
      if (payload.expiresAt !== undefined && store.now() >= payload.expiresAt)
        await finish(tx, store, job, known, 'failed', 'expired');
      else await park(tx, store, job, payload);
      return undefined;
    }
    await updateImport(tx, known.id, { state: 'running' });
    return { ...known, state: 'running' };
  });
}

function courseOf(store: Store, accountId: AccountId, { id, source, progress }: StoredImport): Course {
  return { store, accountId, importId: id, source: sourceKey(source), progress };
}

function passwordOf(key: Buffer, accountId: AccountId, { id, secret }: StoredImport): string | undefined {
  return secret === null ? undefined : openSecret(key, { accountId, importId: id }, secret);
}

interface Attempt {
  readonly store: Store;
  readonly accountId: AccountId;
  readonly job: Job;
  readonly payload: Payload;
  readonly known: StoredImport;
  readonly course: Course;
  readonly signal: AbortSignal;
}

/** What becomes of an import that did not come to its end. */
async function settle(at: Attempt, error: unknown): Promise<void> {
  const { store, accountId, job, payload, known, course, signal } = at;
  if (signal.aborted) {
    // The server closes: whoever runs next goes on at once.
    await transaction(store, accountId, async (tx) => {
      await updateState(tx, known, 'waiting', null);
      await postponeJob(tx, job, store.now(), null);
    });
    return;
  }
  if (error instanceof Interrupted) return interrupted(store, accountId, job, payload, error);
  if (error instanceof Refusal && error.reason === 'overQuota') {
    await transaction(store, accountId, async (tx) => {
      await updateState(tx, known, 'paused', 'overQuota');
      await park(tx, store, job, payload);
    });
    return;
  }
  if (!(error instanceof SourceFailure)) throw error;
  const { problem, isLasting } = error;
  const hasMoved = course.progress.imported > known.progress.imported;
  const failures = hasMoved ? 1 : payload.failures + 1;
  await transaction(store, accountId, async (tx) => {
    if (isLasting || isWrongName(course, error) || failures > mostFailures) {
      await finish(tx, store, job, known, 'failed', problem);
      return;
    }
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
    await updateState(tx, known, 'waiting', problem);
    await renewJob(tx, job, { importId: payload.importId, failures }, store.now());
    await postponeJob(tx, job, store.now() + pause, problem);
  });
}

async function interrupted(
  store: Store,
  accountId: AccountId,
  job: Job,
  payload: Payload,
  { state }: Interrupted,
): Promise<void> {
  // Another process has both the import and the lease.
  if (state === 'overtaken' || state === 'running') return;
  await transaction(store, accountId, async (tx) => {
    if (state === 'paused') await park(tx, store, job, payload);
    else if (state === 'waiting') await postponeJob(tx, job, store.now(), null);
    else await finishJob(tx, job);
  });
}

/** Unless somebody decided otherwise meanwhile. */
async function updateState(
  tx: AccountTx,
  { id }: StoredImport,
  state: 'waiting' | 'paused',
  problem: ImportProblem | null,
): Promise<void> {
  if ((await selectImport(tx, tx.accountId, id))?.state === 'running') await updateImport(tx, id, { state, problem });
}

/** Keeps the job of a paused import for the day when its password is erased. */
async function park(tx: AccountTx, store: Store, job: Job, { importId, expiresAt }: Payload): Promise<void> {
  const until = expiresAt ?? store.now() + pausedMs;
  await renewJob(tx, job, { importId, failures: 0, expiresAt: until }, store.now());
  await postponeJob(tx, job, until, null);
}

async function finish(
  tx: AccountTx,
  store: Store,
  job: Job,
  { id }: StoredImport,
  state: 'done' | 'failed',
  problem: ImportProblem | null,
): Promise<void> {
  const known = await selectImport(tx, tx.accountId, id);
  if (known && known.state !== 'cancelled') await endImport(tx, store, known, state, problem);
  await finishJob(tx, job);
}

/** Renews the lease while the import is at work: a message may take longer than it lasts. */
function keepLease(store: Store, job: Job, payload: Payload): { end(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  const { importId, failures } = payload;
  const beat = setInterval(() => {
    last = write(store, (tx) => renewJob(tx, job, { importId, failures }, store.now() + leaseMs)).catch(
      () => undefined,
    );
  }, renewEveryMs);
  return {
    end() {
      clearInterval(beat);
      return last;
    },
  };
}
