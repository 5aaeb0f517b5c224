/**
 * The captcha of the page that recovers a password: a sum the browser does by itself, cheap for one and dear for
 * thousands (ALTCHA's proof of work). Nothing to see, hear or solve for the person; no third party. A challenge is
 * signed, ends soon, and is taken once.
 */
import { randomInt } from 'node:crypto';

import { type Challenge, createChallenge, type Solution, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';

import { mayAsk } from '#server/access/asking.ts';
import { keyedHash } from '#server/access/secret.ts';
import type { Store } from '#server/store/store.ts';

/** Iterations of one guess, and how many guesses there are to do: some tenths of a second on a laptop, seconds on an old phone. */
const cost = 1_000;
const fewestGuesses = 100;
const mostGuesses = 300;
const validMs = 20 * 60_000;

export type { Challenge };

export function newChallenge(store: Store): Promise<Challenge> {
  return createChallenge({
    algorithm: 'PBKDF2/SHA-256',
    cost,
    counter: randomInt(fewestGuesses, mostGuesses),
    deriveKey,
    expiresAt: new Date(Date.now() + validMs),
    ...secrets(store),
  });
}

/** Whether it is a challenge of ours, solved in time, and not taken before. */
export async function isSolved(store: Store, given: unknown): Promise<boolean> {
  const read = readPayload(given);
  if (!read) return false;
  const { verified } = await verifySolution({ ...read, deriveKey, ...secrets(store) });
  const { signature } = read.challenge;
  return (
    verified && signature !== undefined && mayAsk(store, { of: `challenge ${signature}`, most: 1, withinMs: validMs })
  );
}

function secrets(store: Store): { readonly hmacSignatureSecret: string; readonly hmacKeySignatureSecret: string } {
  return {
    hmacSignatureSecret: keyedHash(store, 'challenge', 'signature'),
    hmacKeySignatureSecret: keyedHash(store, 'challenge', 'key'),
  };
}

const hexAtMost = 200;

/** The fields a challenge of ours has, and no others: what anybody sends is worked with only in this shape. */
function readPayload(given: unknown): { readonly challenge: Challenge; readonly solution: Solution } | undefined {
  const { challenge, solution } = objectOf(given);
  const { parameters, signature } = objectOf(challenge);
  const { nonce, salt, keyLength, keyPrefix, keySignature, expiresAt } = objectOf(parameters);
  const { counter, derivedKey } = objectOf(solution);
  const isHex = (value: unknown): value is string =>
    typeof value === 'string' && value.length <= hexAtMost && /^[0-9a-f]*$/i.test(value);
  if (!isHex(nonce) || !isHex(salt) || !isHex(keyPrefix) || !isHex(keySignature) || !isHex(signature)) return undefined;
  if (keyLength !== 32 || typeof expiresAt !== 'number' || !isHex(derivedKey)) return undefined;
  if (typeof counter !== 'number' || !Number.isInteger(counter) || counter < 0 || counter > mostGuesses)
    return undefined;
  const known = { algorithm: 'PBKDF2/SHA-256', cost, nonce, salt, keyLength, keyPrefix, keySignature, expiresAt };
  return { challenge: { parameters: known, signature }, solution: { counter, derivedKey } };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
