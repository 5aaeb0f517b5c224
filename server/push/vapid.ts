/** Telling a push service who we are (RFC 8292): it may then write to the operator instead of cutting us off. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface VapidKey {
  readonly privateKey: KeyObject;
  /** Uncompressed point, base64url: what a browser subscribes with. */
  readonly publicKey: string;
  /** `mailto:postmaster@mail.example.org`. */
  readonly contact: string;
}

/** A new key as PEM, to be kept: subscriptions are bound to it. */
export function newVapidPem(): string {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return privateKey;
}

/** @throws {TypeError} for anything but a P-256 private key. */
export function readVapidKey(pem: string, contact: string): VapidKey {
  const privateKey = createPrivateKey(pem);
  const { x, y, crv } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv !== 'P-256' || x === undefined || y === undefined) throw new TypeError('the VAPID key must be on P-256');
  const point = Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { privateKey, publicKey: point.toString('base64url'), contact };
}

/** RFC 8292 §2: at most 24 hours. */
const validSeconds = 12 * 3600;

/** The Authorization header for one push service. @param now milliseconds since 1970. */
export function printVapid({ privateKey, publicKey, contact }: VapidKey, url: URL, now: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(now / 1000) + validSeconds;
  const signed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part({ aud: url.origin, exp, sub: contact })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${publicKey}`;
}
