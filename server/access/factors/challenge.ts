/**
 * Challenges of WebAuthn (Level 3, §13.4.3). They carry their own term and are signed for one purpose and one session or
 * browser, so that asking for one writes nothing; the one that was answered is noted, and none is answered twice.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

import { keyedHash } from '#server/access/secret.ts';
import { hashToken } from '#server/access/token.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import type { Store } from '#server/store/store.ts';

import { spendChallenge } from './queries/challenges.ts';

/** `enrol`: a new passkey; `step`: the second factor of a login; `prove`: step-up; `door`: instead of the password. */
export type Purpose = 'enrol' | 'step' | 'prove' | 'door';

export interface ChallengeScope {
  readonly purpose: Purpose;
  /** The session, finished or not; of `door` the browser. */
  readonly boundTo: string;
}

export interface Challenge {
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How long an answer may take. */
export const challengeMs = 5 * 60_000;
const headOctets = 8 + 16;
const macOctets = 32;

/** base64url. */
export function newChallenge(store: Store, scope: ChallengeScope): string {
  const head = Buffer.concat([Buffer.alloc(8), randomBytes(16)]);
  head.writeBigUInt64BE(BigInt(store.now() + challengeMs));
  return Buffer.concat([head, macOf(store, scope, head)]).toString('base64url');
}

/** @param text base64url, as the browser gives it back. @returns undefined for what is not ours, or not for this, or too old. */
export function readChallenge(store: Store, scope: ChallengeScope, text: string): Challenge | undefined {
  const octets = Buffer.from(text, 'base64url');
  if (octets.length !== headOctets + macOctets) return undefined;
  const head = octets.subarray(0, headOctets);
  if (!timingSafeEqual(octets.subarray(headOctets), macOf(store, scope, head))) return undefined;
  const expiresAt = Number(head.readBigUInt64BE());
  return expiresAt <= store.now() ? undefined : { hash: hashToken(octets.toString('base64url')), expiresAt };
}

/** In the transaction of what the answer brings. @returns false when it was answered before. */
export function spend(tx: Tx, tenantId: TenantId, { hash, expiresAt }: Challenge, at: number): Promise<boolean> {
  return spendChallenge(tx, tenantId, { hash, expiresAt, at });
}

function macOf(store: Store, { purpose, boundTo }: ChallengeScope, head: Buffer): Buffer {
  return Buffer.from(keyedHash(store, 'webauthn', `${purpose} ${boundTo} ${head.toString('hex')}`), 'base64url');
}
