/**
 * What the operator decided about getting in, and what this process remembers of it. One per open store; the
 * composition hands the options over once with `setAccessPolicy`, before the first request.
 */
import { randomBytes } from 'node:crypto';

import type { Store } from '#server/store/store.ts';

import type { Limits } from './password.ts';

export interface AccessPolicy {
  /** A browser session nobody uses ends after this many milliseconds … */
  readonly sessionIdleMs: number;
  /** … and after this many in any case. */
  readonly sessionAbsoluteMs: number;
  /** Passwords verified at once, and how many logins may wait for one. */
  readonly passwordsAtWork: number;
  readonly passwordsWaiting: number;
  /** Off in laboratory mode only. */
  readonly isThrottled: boolean;
}

const defaults: AccessPolicy = {
  sessionIdleMs: 12 * 3_600_000,
  sessionAbsoluteMs: 30 * 86_400_000,
  passwordsAtWork: 4,
  passwordsWaiting: 200,
  isThrottled: true,
};

interface Kept {
  policy: AccessPolicy;
  /** Keyed hashes of passwords found right, with when that is forgotten; see verify.ts. */
  readonly verified: Map<string, number>;
  /** Of this process alone, so that a dump of `verified` cannot be searched for passwords elsewhere. */
  readonly verifiedKey: Buffer;
  /** Attempts under way for each name and address: how many, and when the last one is done. See throttle.ts. */
  readonly attempts: Map<string, { count: number; done: Promise<void> }>;
}

const keptFor = new WeakMap<Store, Kept>();

export function setAccessPolicy(store: Store, policy: Partial<AccessPolicy>): void {
  const kept = keptBy(store);
  kept.policy = { ...kept.policy, ...policy };
}

export function accessPolicy(store: Store): AccessPolicy {
  return keptBy(store).policy;
}

/** @param isFamiliar see Limits. */
export function passwordLimits(store: Store, isFamiliar: boolean): Limits {
  const { passwordsAtWork: atWork, passwordsWaiting: waiting } = accessPolicy(store);
  return { atWork, waiting, isFamiliar };
}

export function keptBy(store: Store): Kept {
  const known = keptFor.get(store);
  if (known) return known;
  const kept: Kept = { policy: defaults, verified: new Map(), verifiedKey: randomBytes(32), attempts: new Map() };
  keptFor.set(store, kept);
  return kept;
}
