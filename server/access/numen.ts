/**
 * NUMEN, the identifier every agent of the national education has: confidential, and told to its holder alone, so that
 * it serves once as a first password. It is kept as a keyed hash and never shown.
 *
 * Thirteen characters: the academy (two digits), the system that gave it (a letter), the year (two digits), and what is
 * one's own (five digits and three letters); `01 E 95 01234ABC`, after fr.wikipedia.org, « Numéro d'identification
 * éducation nationale », Structure.
 */
import { timingSafeEqual } from 'node:crypto';

import type { Store } from '#server/store/store.ts';

import type { Holder } from './queries/people.ts';
import { keyedHash } from './secret.ts';

const numenForm = /^\d{2}[A-Z]\d{7}[A-Z]{3}$/;

/** As it is kept: in capitals, without the spaces and dots people write. @returns undefined for what is none. */
export function parseNumen(text: string): string | undefined {
  if (text.length > 40) return undefined;
  const plain = text.toUpperCase().replaceAll(/[\s.-]/g, '');
  return numenForm.test(plain) ? plain : undefined;
}

export function hashNumen(store: Store, numen: string): string {
  return keyedHash(store, 'numen', numen);
}

/** Whether what was typed is the NUMEN of somebody who has had no password of their own yet. */
export function servesAsPassword(store: Store, holder: Holder | undefined, typed: string): boolean {
  const numen = parseNumen(typed);
  // Hashed and compared for nobody too.
  const given = Buffer.from(hashNumen(store, numen ?? ''));
  const known = Buffer.from(holder?.numenHash ?? hashNumen(store, 'nobody'));
  const isSame = given.length === known.length && timingSafeEqual(given, known);
  return isSame && numen !== undefined && holder !== undefined && holder.numenUsedAt === null;
}

/** Whether a text holds the NUMEN with that hash. Looks at the first 128 letters and digits. */
export function holdsNumen(store: Store, text: string, numenHash: string): boolean {
  const plain = text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, 128);
  for (let from = 0; from + 13 <= plain.length; from += 1)
    if (hashNumen(store, plain.slice(from, from + 13)) === numenHash) return true;
  return false;
}
