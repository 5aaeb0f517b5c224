/** When to try again, when to warn, when to give up (RFC 5321 §4.5.4.1): soon at first, then ever more rarely, for five days. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After the n-th failed attempt. The first ones outlast greylisting, which mostly asks for five minutes. */
const delaysMs = [2, 5, 10, 20, 40, 60, 120, 180].map((minutes) => minutes * MINUTE_MS);
const LONGEST_DELAY_MS = 4 * HOUR_MS;
/** Attempts are spread by a tenth either way, so that a host that comes back is not met by all at once. */
const SPREAD = 0.1;

export const warnAfterMs = 4 * HOUR_MS;
export const giveUpAfterMs = 5 * 24 * HOUR_MS;

export interface Waiting {
  readonly queuedAtMs: number;
  /** Failed so far, this one included; at least 1. */
  readonly attempts: number;
  readonly nowMs: number;
  readonly hasWarned: boolean;
  /** False when NOTIFY leaves out delay (RFC 3461 §4.1). */
  readonly mayWarn: boolean;
}

export type NextStep =
  | { readonly kind: 'retry'; readonly atMs: number; readonly mustWarn: boolean }
  | { readonly kind: 'giveUp' };

/** As the operator wants it. */
export interface Patience {
  readonly giveUpAfterMs: number;
  readonly warnAfterMs: number;
}

/** @param random 0 ≤ n < 1. The last attempt is at the very end of the time, never after it. */
export function planRetry(
  waiting: Waiting,
  random: number,
  patience: Patience = { giveUpAfterMs, warnAfterMs },
): NextStep {
  const { queuedAtMs, attempts, nowMs } = waiting;
  const endMs = queuedAtMs + patience.giveUpAfterMs;
  if (nowMs >= endMs) return { kind: 'giveUp' };
  const delayMs = (delaysMs[attempts - 1] ?? LONGEST_DELAY_MS) * (1 - SPREAD + 2 * SPREAD * random);
  const mustWarn = waiting.mayWarn && !waiting.hasWarned && nowMs - queuedAtMs >= patience.warnAfterMs;
  return { kind: 'retry', atMs: Math.min(Math.round(nowMs + delayMs), endMs), mustWarn };
}
