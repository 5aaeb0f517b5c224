/**
 * What is kept as a keyed hash: identifiers and codes so short that a plain hash of them could be searched. The key is
 * a file of the installation and not in the database, so that a stolen database tells none of them.
 */
import { createHmac, randomBytes } from 'node:crypto';

import type { Store } from '#server/store/store.ts';

const keys = new WeakMap<Store, Buffer>();

/** Hands the key over; the composition does, before the first request. All processes on one database have the same. */
export function setAccessKey(store: Store, key: Buffer): void {
  keys.set(store, key);
}

/** Of a store that was given none the key is random: nothing hashed with it is found again by another process. */
export function accessKey(store: Store): Buffer {
  const known = keys.get(store);
  if (known) return known;
  const key = randomBytes(32);
  keys.set(store, key);
  return key;
}

type HashUse =
  | 'numen'
  | 'code'
  | 'challenge'
  | 'key'
  | 'recoveryCode'
  | 'webauthn'
  | 'userHandle'
  | 'openid'
  | 'openidClient'
  | 'openidCookie'
  | 'provisional'
  | 'federation'
  | 'diagnosis';

/** HMAC-SHA-256, base64url. @param use what the text is: the same text has another hash for another use. */
export function keyedHash(store: Store, use: HashUse, text: string): string {
  return createHmac('sha256', accessKey(store)).update(`${use} ${text}`).digest('base64url');
}
