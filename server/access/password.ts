/**
 * Passwords: argon2id (RFC 9106), in the thread pool, a bounded number at once. A hash says its own parameters
 * (`$argon2id$v=19$m=19456,t=2,p=1$salt$tag`), so that stronger ones can follow without a migration.
 * A password is compared as its Unicode NFC form: the same keys give the same password on every system.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

import { Refusal } from './refusal.ts';

/** Longer ones are refused unread: hashing is a cost an attacker would choose. */
export const maxPasswordOctets = 1024;

const memoryKib = 19_456;
const passes = 2;
const parallelism = 1;
const tagOctets = 32;

export interface Limits {
  readonly atWork: number;
  /** In each of the two lines. */
  readonly waiting: number;
  /** Whether somebody is known to come from there: they wait before those who may be guessing. */
  readonly isFamiliar: boolean;
}

/** @throws {Refusal} `tooBusy` when too many wait already. */
export async function hashPassword(password: string, limits: Limits): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await inTurn(limits, () =>
    derive(password, { nonce, memory: memoryKib, passes, parallelism, tagOctets }),
  );
  const parameters = `m=${memoryKib},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${parameters}$${base64(nonce)}$${base64(tag)}`;
}

/**
 * Compares in constant time. Without a hash (an unknown user, a person without a password) the work is done all the
 * same and the answer is no, so that time does not tell who exists.
 *
 * @throws {Refusal} `tooBusy`
 */
export async function verifyPassword(password: string, hash: string | null, limits: Limits): Promise<boolean> {
  const known = hash === null ? undefined : parseHash(hash);
  const wanted = known ?? { ...nobody, tag: Buffer.alloc(tagOctets) };
  if (Buffer.byteLength(password) > maxPasswordOctets) return false;
  const tag = await inTurn(limits, () => derive(password, { ...wanted, tagOctets: wanted.tag.length }));
  return timingSafeEqual(tag, wanted.tag) && known !== undefined;
}

const nobody = { nonce: randomBytes(16), memory: memoryKib, passes, parallelism };

interface Derivation {
  readonly nonce: Buffer;
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

interface Hash extends Derivation {
  readonly tag: Buffer;
}

const hashForm =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** @returns undefined for a hash of another kind: nothing verifies against it. */
function parseHash(hash: string): Hash | undefined {
  const [, memory, passes, parallelism, nonce, tag] = hashForm.exec(hash) ?? [];
  if (nonce === undefined || tag === undefined) return undefined;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function base64(octets: Buffer): string {
  return octets.toString('base64').replaceAll('=', '');
}

function derive(password: string, how: Derivation & { readonly tagOctets: number }): Promise<Buffer> {
  const { nonce, memory, passes, parallelism, tagOctets: tagLength } = how;
  const parameters = { message: Buffer.from(password.normalize('NFC')), nonce, memory, passes, parallelism, tagLength };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  });
}

// The thread pool and the memory are the process's, hence so are the lines.
let atWork = 0;
const familiar: (() => void)[] = [];
const strangers: (() => void)[] = [];

async function inTurn<T>(limits: Limits, work: () => Promise<T>): Promise<T> {
  if (atWork >= limits.atWork) {
    const line = limits.isFamiliar ? familiar : strangers;
    if (line.length >= limits.waiting) throw new Refusal('tooBusy', { retryAfterSeconds: 5 });
    await new Promise<void>((resolve) => line.push(resolve));
  } else atWork += 1;
  try {
    return await work();
  } finally {
    // The place goes to the next in line, or is free.
    const next = familiar.shift() ?? strangers.shift();
    if (next) next();
    else atWork -= 1;
  }
}

/**
 * What no password may be, whatever the tenant's policy.
 * @throws {Refusal} `weakPassword` when it is empty, `invalidArguments` when it is too long or not one line.
 */
export function checkPassword(password: string): void {
  if (password === '') throw new Refusal('weakPassword', { description: 'a password is not empty' });
  if (Buffer.byteLength(password) > maxPasswordOctets || /[\0\r\n]/.test(password))
    throw new Refusal('invalidArguments', { description: 'a password is one line of at most 1024 octets' });
}
