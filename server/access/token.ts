/** Secrets the house hands out: what the holder carries, and the SHA-256 of it, which is all that is kept. */
import { createHash, randomBytes, randomInt } from 'node:crypto';

import { asId, type TenantId } from '#server/store/ids.ts';

export interface TenantToken {
  readonly tenantId: TenantId;
  readonly tokenHash: string;
}

/** 256 random bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

const sessionForm = /^([1-9]\d{0,14})\.([A-Za-z0-9_-]{43})$/;
const bearerForm = /^pli_([1-9]\d{0,14})_([A-Za-z0-9_-]{43})$/;

/** The value of the session cookie: `<tenantId>.<token>`. */
export function printSessionToken(tenantId: TenantId, token: string): string {
  return `${tenantId}.${token}`;
}

export function printBearerToken(tenantId: TenantId, token: string): string {
  return `pli_${tenantId}_${token}`;
}

export function readSessionToken(value: string): TenantToken | undefined {
  return tenantToken(sessionForm.exec(value));
}

export function readBearerToken(value: string): TenantToken | undefined {
  return tenantToken(bearerForm.exec(value));
}

function tenantToken(found: RegExpExecArray | null): TenantToken | undefined {
  const [, tenantId, token] = found ?? [];
  if (tenantId === undefined || token === undefined) return undefined;
  return { tenantId: asId<TenantId>(Number(tenantId)), tokenHash: hashToken(token) };
}

/** Four groups of four letters, 75 bits: to be typed once into a telephone. */
export function newAppPassword(): string {
  const letter = (): string => String.fromCharCode(97 + randomInt(26));
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, letter).join('')).join('-');
}

/** @returns the hash to look for when `password` has the form of an app password, with or without its hyphens. */
export function hashAppPassword(password: string): string | undefined {
  const letters = password.trim().toLowerCase().replaceAll(/[ -]/g, '');
  return /^[a-z]{16}$/.test(letters) ? hashToken(letters) : undefined;
}

const consonants = 'bdfgjklmnprstvz';
const vowels = 'aeiou';

/** Said over the telephone and typed once: "ravo-dimu-kesa-47", 44 bits behind the brake on guessing. */
export function newProvisionalPassword(): string {
  return printProvisional((size) => randomInt(size));
}

/** The same of a hash: who knows the key knows it again, and nobody need keep it. @param hash 26 octets or more. */
export function provisionalPasswordOf(hash: Uint8Array): string {
  let at = 0;
  return printProvisional((size) => {
    // 13 draws of two octets: hardly any letter comes oftener than another.
    const drawn = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).readUInt16BE(at);
    at += 2;
    return drawn % size;
  });
}

function printProvisional(draw: (size: number) => number): string {
  const one = (letters: string): string => letters.charAt(draw(letters.length));
  const syllable = (): string => one(consonants) + one(vowels);
  const words = Array.from({ length: 3 }, () => syllable() + syllable());
  return [...words, String(10 + draw(90))].join('-');
}
