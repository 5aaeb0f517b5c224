/**
 * The keys identity tokens are signed with: RSA (RS256, which every client knows) and P-256 (ES256). They are made once,
 * sealed with the access key, and replaced by `pli openid rotate-keys`: the new ones sign at once, the old ones are shown
 * for some days more, so that a token signed a moment before is still verified.
 */
import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

import type { Actor } from '#server/access/actor.ts';
import { requireSystem } from '#server/access/require-right.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { deleteRetired, insertKey, selectKeys, updateRetired } from './queries/keys.ts';
import { openJson, sealJson } from './seal.ts';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  /** Private (RFC 7517). */
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly isRetired: boolean;
}

const shownMs = 7 * 86_400_000;
const algorithms = ['RS256', 'ES256'] as const;

/**
 * Those that sign first, then those that are shown still. Made at the first need.
 * @throws {Error} where the access key is another one than that they were sealed with.
 */
export async function signingKeys(store: Store): Promise<readonly SigningKey[]> {
  const known = await read(store, (tx) => readKeys(store, tx));
  if (known.length > 0) return known;
  const made = await makeKeys();
  return write(store, async (tx) => {
    // Two processes may need them at once.
    if ((await selectKeys(tx, store.now() - shownMs)).length === 0) await insertKeys(store, tx, made);
    return readKeys(store, tx);
  });
}

/** Which keys there are, without opening them: another answer is another set. */
export async function keyNames(store: Store): Promise<string> {
  const rows = await read(store, (tx) => selectKeys(tx, store.now() - shownMs));
  return rows.map(({ kid, retired_at }) => `${kid}${retired_at === null ? '' : '-'}`).join(' ');
}

/** New keys from now on. @returns their names. @throws {Refusal} `mayNot` for whoever is not the operator. */
export async function rotateKeys(store: Store, actor: Actor): Promise<readonly string[]> {
  requireSystem(actor);
  const made = await makeKeys();
  await write(store, async (tx) => {
    const at = store.now();
    await deleteRetired(tx, at - shownMs);
    await updateRetired(tx, at);
    await insertKeys(store, tx, made);
  });
  return made.map(({ kid }) => kid);
}

async function readKeys(store: Store, tx: Tx): Promise<readonly SigningKey[]> {
  const rows = await selectKeys(tx, store.now() - shownMs);
  const keys = rows.map(({ kid, alg, jwk, retired_at }) => {
    const opened = openJson(store, `key ${kid}`, jwk);
    if (!opened) throw new Error('a signing key cannot be read: is the access-key file another one?');
    return { kid, alg, jwk: { ...opened, kid, alg, use: 'sig' }, isRetired: retired_at !== null };
  });
  return keys.toSorted((a, b) => Number(a.isRetired) - Number(b.isRetired));
}

interface MadeKey {
  readonly kid: string;
  readonly alg: string;
  readonly jwk: object;
}

const generate = promisify(generateKeyPair);

function makeKeys(): Promise<readonly MadeKey[]> {
  return Promise.all(
    algorithms.map(async (alg) => {
      const { privateKey } =
        alg === 'RS256'
          ? await generate('rsa', { modulusLength: 2048 })
          : await generate('ec', { namedCurve: 'P-256' });
      return { kid: randomUUID(), alg, jwk: privateKey.export({ format: 'jwk' }) };
    }),
  );
}

async function insertKeys(store: Store, tx: Tx, keys: readonly MadeKey[]): Promise<void> {
  const createdAt = store.now();
  for (const { kid, alg, jwk } of keys) {
    const sealed = sealJson(store, `key ${kid}`, jwk);
    await insertKey(tx, { kid, alg, jwk: sealed, created_at: createdAt, retired_at: null });
  }
}
