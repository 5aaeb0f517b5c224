/**
 * Asking the thread (thread.ts) whether a password is guessed soon. One thread a process, begun when it is first
 * needed and ended when it was not for a while; one question at a time, a bounded number waiting, and none for ever.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { Refusal } from '#server/access/refusal.ts';

import type { GuessAnswer, GuessQuestion } from './thread.ts';

/** Questions that may wait. Each takes some ten milliseconds. */
const waitingAtMost = 64;
/** Reading the dictionaries included, on a machine that has much else to do. */
const answerWithinMs = 15_000;
const idleMs = 10 * 60_000;
/** Longer ones are refused before they come here. */
const charactersAtMost = 256;

interface Waiting {
  readonly password: string;
  readonly resolve: (isGuessable: boolean) => void;
  readonly reject: (error: Refusal) => void;
}

let thread: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let asked: Waiting | undefined;
let overdue: NodeJS.Timeout | undefined;
let waiting: Waiting[] = [];

/** @throws {Refusal} `tooBusy` when too many wait, or the answer does not come. */
export function isGuessable(password: string): Promise<boolean> {
  if (waiting.length >= waitingAtMost) return Promise.reject(new Refusal('tooBusy', { retryAfterSeconds: 5 }));
  return new Promise((resolve, reject) => {
    waiting.push({ password: password.slice(0, charactersAtMost), resolve, reject });
    askNext();
  });
}

/** The same, for somebody who is typing: undefined where the answer takes longer than `withinMs`. */
export async function isGuessableSoon(password: string, withinMs: number): Promise<boolean | undefined> {
  const given = new AbortController();
  try {
    return await Promise.race([isGuessable(password), pause(withinMs, undefined, { signal: given.signal })]);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  } finally {
    given.abort();
  }
}

/** Reads the dictionaries now: somebody is about to choose a password. */
export function prepareGuessing(): void {
  thread ??= startThread();
  rest();
}

function askNext(): void {
  if (asked) return;
  asked = waiting.shift();
  if (!asked) return rest();
  clearTimeout(idle);
  thread ??= startThread();
  // A command of the command line waits for its answer, and a server that ends does not.
  thread.ref();
  thread.postMessage({ password: asked.password } satisfies GuessQuestion);
  overdue = setTimeout(() => void thread?.terminate(), answerWithinMs);
}

function startThread(): Worker {
  const fresh = new Worker(new URL('./thread.ts', import.meta.url));
  fresh.on('message', ({ isGuessable: answer }: GuessAnswer) => {
    clearTimeout(overdue);
    const { resolve } = asked ?? {};
    asked = undefined;
    resolve?.(answer);
    askNext();
  });
  // What it says is said by `exit` too.
  fresh.on('error', () => undefined);
  fresh.on('exit', () => {
    if (thread !== fresh) return;
    thread = undefined;
    clearTimeout(overdue);
    const those = asked ? [asked, ...waiting] : waiting;
    asked = undefined;
    waiting = [];
    for (const { reject } of those) reject(new Refusal('tooBusy', { retryAfterSeconds: 5 }));
  });
  return fresh;
}

function rest(): void {
  thread?.unref();
  clearTimeout(idle);
  idle = setTimeout(() => void thread?.terminate(), idleMs).unref();
}
