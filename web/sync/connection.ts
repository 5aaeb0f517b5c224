/**
 * Knows whether the server answers. Work given to `persist` is repeated until the server answers it, waiting while the
 * line is down or nobody is logged in. One probe with back-off, for all who wait.
 */
import { HouseClosed, LoggedOut, Unreachable } from './errors.ts';

export type Line = 'online' | 'offline' | 'loggedOut';

export interface Connection {
  line(): Line;
  /** While the line is down because the house is closed for maintenance: what it said. */
  closed(): HouseClosed | undefined;
  subscribe(listener: () => void): () => void;
  /** Tells what a request came to. Errors of other kinds say nothing about the line. */
  report(error: unknown): void;
  /** The server answered, or somebody logged in. */
  up(): void;
  /** Something hints that the line may be back: the browser says so, the page became visible. */
  hint(): void;
  whenOnline(): Promise<void>;
  /** @throws what `work` throws, except Unreachable and LoggedOut, after which it is run again. */
  persist<T>(work: () => Promise<T>): Promise<T>;
  /** A moment, or until the next hint: then it is worth trying again what the server did not take now. */
  later(): Promise<void>;
  close(): void;
}

const firstPauseMs = 500;
const longestPauseMs = 20_000;
const laterMs = 4_000;

/** The pause before attempt number `attempt` (from 0): doubling, and apart by up to a third so that clients do not march in step. */
export function pauseMs(attempt: number, random: number = Math.random()): number {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
  return Math.round(pause * (1 - random / 3));
}

export function createConnection(probe: () => Promise<unknown>): Connection {
  let line: Line = 'online';
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isProbing = false;
  let isClosed = false;
  const listeners = new Set<() => void>();
  let waiting: (() => void)[] = [];
  let closed: HouseClosed | undefined;
  const laters = new Set<() => void>();

  function become(next: Line, because?: unknown): void {
    const wasClosed = closed !== undefined;
    closed = next === 'offline' && because instanceof HouseClosed ? because : undefined;
    if (line === next && wasClosed === (closed !== undefined)) return;
    line = next;
    if (next === 'online') {
      attempt = 0;
      const released = waiting;
      waiting = [];
      for (const release of released) release();
    }
    for (const listener of listeners) listener();
  }

  function schedule(waitMs: number): void {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(() => void tryLine(), waitMs);
  }

  async function tryLine(): Promise<void> {
    clearTimeout(timer);
    if (isProbing || line !== 'offline') return;
    isProbing = true;
    try {
      await probe();
      become('online');
    } catch (error) {
      if (error instanceof LoggedOut) become('loggedOut');
      else {
        become('offline', error);
        attempt += 1;
        schedule(pauseMs(attempt));
      }
    } finally {
      isProbing = false;
    }
  }

  function report(error: unknown): void {
    if (error instanceof LoggedOut) become('loggedOut');
    else if (error instanceof Unreachable && line === 'online') {
      become('offline', error);
      schedule(error.retryAfterMs ?? pauseMs(0));
    }
  }

  const whenOnline = () =>
    line === 'online' || isClosed ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve));

  return {
    line: () => line,
    closed: () => closed,
    later: () =>
      new Promise((resolve) => {
        const timer = setTimeout(done, laterMs);
        function done(): void {
          clearTimeout(timer);
          laters.delete(done);
          resolve();
        }
        laters.add(done);
      }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    report,
    up: () => become('online'),
    hint() {
      void tryLine();
      for (const done of laters) done();
    },
    whenOnline,
    async persist(work) {
      for (;;) {
        await whenOnline();
        try {
          return await work();
        } catch (error) {
          if (isClosed || !(error instanceof Unreachable || error instanceof LoggedOut)) throw error;
          report(error);
        }
      }
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
