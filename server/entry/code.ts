/**
 * Codes of six digits sent by mail: ten minutes, five tries. Only a keyed hash of one is kept, bound to what
 * it was asked with.
 */
import { randomInt, timingSafeEqual } from 'node:crypto';

import { keyedHash } from '#server/access/secret.ts';
import type { Store } from '#server/store/store.ts';
import type { Tx } from '#server/store/statement.ts';

import { type EntryCode, lockEntryCode, type Purpose, updateTries } from './queries.ts';

export const codeMinutes = 10;
export const codeMs = codeMinutes * 60_000;
const triesAtMost = 5;

export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

export function hashCode(store: Store, tokenHash: string, code: string): string {
  return keyedHash(store, 'code', `${tokenHash} ${code}`);
}

export type Tried =
  | { readonly kind: 'right'; readonly row: EntryCode }
  /** `left`: how many tries remain. */
  | { readonly kind: 'wrong'; readonly left: number }
  /** It has ended, was used, or was tried too often. */
  | { readonly kind: 'over' };

/** Tries a code, and counts the try. What never had a code answers as one whose code is another. */
export async function tryCode(
  store: Store,
  tx: Tx,
  asked: { readonly tokenHash: string; readonly purpose: Purpose; readonly typed: string },
): Promise<Tried> {
  const row = await lockEntryCode(tx, asked.tokenHash, asked.purpose);
  if (!row || row.expiresAt <= store.now() || row.tries >= triesAtMost) return { kind: 'over' };
  await updateTries(tx, asked.tokenHash);
  const given = Buffer.from(hashCode(store, asked.tokenHash, asked.typed.replaceAll(/\D/g, '')));
  const wanted = Buffer.from(row.codeHash || hashCode(store, asked.tokenHash, 'none'));
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return { kind: 'right', row };
  return { kind: 'wrong', left: triesAtMost - row.tries - 1 };
}
