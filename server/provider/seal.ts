/**
 * What the provider keeps at rest: whoever steals the database has no token, no cookie and no key. What is looked up by
 * its value is a keyed hash, all else is sealed (store/secret.ts), both with the access key of the installation.
 */
import { accessKey, keyedHash } from '#server/access/secret.ts';
import { openText, sealText } from '#server/store/secret.ts';
import type { Store } from '#server/store/store.ts';

/** @param kind of artefact: the same value has another hash under another one. */
export function hashValue(store: Store, kind: string, value: string): string {
  return keyedHash(store, 'openid', `${kind} ${value}`);
}

/** @param owner the row it is of: sealed text that is copied to another row does not open there. */
export function sealJson(store: Store, owner: string, value: object): string {
  return sealText(accessKey(store), `openid ${owner}`, JSON.stringify(value));
}

/** @returns undefined for what was sealed with another key, or for another row. */
export function openJson(store: Store, owner: string, sealed: string): Readonly<Record<string, unknown>> | undefined {
  const plain = openText(accessKey(store), `openid ${owner}`, sealed);
  const value: unknown = plain === undefined ? undefined : JSON.parse(plain);
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
