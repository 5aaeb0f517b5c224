/**
 * The runner of jobs: one a process, any number of processes. It takes what is due, gives each job to its kind's
 * handler, and puts off what failed with a growing pause. It is woken by what this process enqueues and looks by
 * itself for what others did.
 */
import { randomUUID } from 'node:crypto';

import { dueKinds, failJob, type Job, leaseJobs, onNewJob, postponeJob } from '#server/store/jobs.ts';
import { type Store, write } from '#server/store/store.ts';

export interface JobKind {
  /** How long a run may take before another process may think we died. */
  readonly leaseMs: number;
  /** How many of this kind run at once in a process. */
  readonly atOnce: number;
  /** Does the job and finishes or postpones it itself; what it throws is tried again, up to `attempts` times. */
  readonly run: (job: Job) => Promise<void>;
  readonly attempts: number;
}

export interface JobRunner {
  /** Waits for the jobs at work; those not begun stay for the next process. */
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly lookEveryMs: number;
  /** A handler threw: ours to look at, tried again by itself. */
  readonly onFault: (job: Job, error: unknown) => void;
}

const firstPauseMs = 5_000;
const longestPauseMs = 3_600_000;

export function runJobs(store: Store, kinds: Readonly<Record<string, JobKind>>, options: RunnerOptions): JobRunner {
  const owner = randomUUID();
  const atWork = new Map<string, Set<Promise<void>>>(Object.keys(kinds).map((kind) => [kind, new Set()]));
  let isClosed = false;
  let isLooking = false;
  let isWoken = false;

  const look = async (): Promise<void> => {
    if (isLooking) {
      isWoken = true;
      return;
    }
    isLooking = true;
    isWoken = false;
    try {
      const able = Object.keys(kinds).filter((name) => roomFor(name) > 0);
      for (const name of able.length > 0 ? await dueKinds(store, able) : []) if (!isClosed) await take(name);
    } finally {
      isLooking = false;
    }
    // Something came while we were looking: it may be of a kind that was passed already.
    if (isWoken && !isClosed) await look();
  };

  const roomFor = (name: string): number => (kinds[name]?.atOnce ?? 0) - (atWork.get(name)?.size ?? 0);

  const take = async (name: string): Promise<void> => {
    const kind = kinds[name];
    const running = atWork.get(name);
    const limit = roomFor(name);
    if (!kind || !running || limit <= 0) return;
    for (const job of await leaseJobs(store, [name], { limit, forMs: kind.leaseMs, owner })) {
      const done = attempt(job, kind).finally(() => {
        running.delete(done);
        wake();
      });
      running.add(done);
    }
  };

  const attempt = async (job: Job, kind: JobKind): Promise<void> => {
    try {
      await kind.run(job);
    } catch (error) {
      options.onFault(job, error);
      const message = error instanceof Error ? error.message : String(error);
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (job.attempts - 1));
      await write(
        store,
        (tx) =>
          job.attempts >= kind.attempts
            ? failJob(tx, job, message, store.now())
            : postponeJob(tx, job, store.now() + pause, message),
        // A database that is away leaves the lease to run out: the job is then taken again.
      ).catch((failure: unknown) => options.onFault(job, failure));
    }
  };

  // A database that is away is looked for again at the next beat.
  const wake = (): void => void look().catch(() => undefined);
  const stopListening = onNewJob(store, wake);
  const beat = setInterval(wake, options.lookEveryMs);
  wake();
  return {
    async close() {
      isClosed = true;
      clearInterval(beat);
      stopListening();
      await Promise.all([...atWork.values()].flatMap((running) => [...running]));
    },
  };
}
