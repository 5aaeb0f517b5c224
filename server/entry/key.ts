/**
 * Whether the key that NUMEN and codes are hashed with is the one of this database. On another machine, or after a
 * restore without it, a new key would be made in silence, and no NUMEN would be recognised any more.
 */
import { keyedHash } from '#server/access/secret.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { insertKeptHash, selectKeptHash } from './queries.ts';

/** Keeps, once, what the key is known by. */
export async function rememberKey(store: Store): Promise<void> {
  const hash = keyedHash(store, 'key', 'known by');
  await write(store, (tx) => insertKeptHash(tx, hash, store.now()));
}

/** undefined where no server has run on this database yet. */
export async function isKnownKey(store: Store): Promise<boolean | undefined> {
  const kept = await read(store, selectKeptHash);
  return kept === undefined ? undefined : kept === keyedHash(store, 'key', 'known by');
}
