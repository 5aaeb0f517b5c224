/**
 * Verifying what WebAuthn gives (Level 3, §7.1, §7.2): a new passkey without attestation, and an assertion. No statement
 * on the make of a key is asked for, and none that comes is looked at: it would bring certificates, and the lists of
 * revoked ones that these name.
 */
import { createHash, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

import { BadCbor, type CborMap, readCbor } from '#formats/cbor/read.ts';

/** Where the page is: a passkey is bound to the name of the host. */
export interface Site {
  /** `mail.academie.fr` */
  readonly rpId: string;
  /** `https://mail.academie.fr` */
  readonly origin: string;
}

export interface ClientData {
  readonly json: Buffer;
  readonly challenge: string;
}

/** @returns undefined for what no page of this site has asked for (§5.8.1). */
export function readClientData(
  text: string,
  { type, origin }: { readonly type: 'webauthn.create' | 'webauthn.get'; readonly origin: string },
): ClientData | undefined {
  const json = Buffer.from(text, 'base64url');
  let said: unknown;
  try {
    said = JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
  const given: Readonly<Record<string, unknown>> = typeof said === 'object' && said !== null ? { ...said } : {};
  const { challenge } = given;
  const isOurs = given['type'] === type && given['origin'] === origin && given['crossOrigin'] !== true;
  return isOurs && typeof challenge === 'string' ? { json, challenge } : undefined;
}

export interface AuthenticatorData {
  /** The holder was asked for a PIN, a finger, a face. */
  readonly isVerified: boolean;
  readonly counter: number;
  /** Of a new passkey. */
  readonly attested: { readonly credentialId: string; readonly publicKey: Buffer } | undefined;
}

const headOctets = 37;
const credentialIdOctetsAtMost = 1023;

/** @returns undefined for another site's, for one nobody touched, and for what is none (§6.1). */
export function readAuthenticatorData(octets: Buffer, { rpId }: Site): AuthenticatorData | undefined {
  if (octets.length < headOctets) return undefined;
  if (!timingSafeEqual(octets.subarray(0, 32), createHash('sha256').update(rpId).digest())) return undefined;
  const flags = octets.readUInt8(32);
  const isPresent = (flags & 0x01) !== 0;
  if (!isPresent) return undefined;
  const head = { isVerified: (flags & 0x04) !== 0, counter: octets.readUInt32BE(33) };
  if ((flags & 0x40) === 0) return { ...head, attested: undefined };
  const idAt = headOctets + 16 + 2;
  if (octets.length < idAt) return undefined;
  const idOctets = octets.readUInt16BE(idAt - 2);
  const keyAt = idAt + idOctets;
  if (idOctets === 0 || idOctets > credentialIdOctetsAtMost || octets.length <= keyAt) return undefined;
  const end = orUndefined(() => readCbor(octets, keyAt).end);
  if (end === undefined) return undefined;
  const credentialId = octets.subarray(idAt, keyAt).toString('base64url');
  return { ...head, attested: { credentialId, publicKey: octets.subarray(keyAt, end) } };
}

/** The authenticator data within an attestation object (§6.5.4). */
export function readAttestationObject(text: string): Buffer | undefined {
  const value = orUndefined(() => readCbor(Buffer.from(text, 'base64url')).value);
  const data = value instanceof Map ? value.get('authData') : undefined;
  return data instanceof Uint8Array ? Buffer.from(data) : undefined;
}

/** What a passkey may sign with (COSE, RFC 9053): ES256, Ed25519, RS256. In the order in which we like them. */
export const algorithms = [-7, -8, -257] as const;

/** A public key as COSE writes it (RFC 9052 §7). @returns undefined for one we do not take. */
export function readPublicKey(octets: Uint8Array): { readonly algorithm: number; readonly key: KeyObject } | undefined {
  const map = orUndefined(() => readCbor(octets).value);
  if (!(map instanceof Map)) return undefined;
  const jwk = jwkOf(map);
  const algorithm = map.get(3);
  if (!jwk || typeof algorithm !== 'number') return undefined;
  try {
    return { algorithm, key: createPublicKey({ key: jwk, format: 'jwk' }) };
  } catch {
    // A point that is on no curve.
    return undefined;
  }
}

function jwkOf(map: CborMap): Record<string, string> | undefined {
  const text = (label: number): string => {
    const value = map.get(label);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : '';
  };
  const [type, algorithm, curve] = [map.get(1), map.get(3), map.get(-1)];
  if (type === 2 && algorithm === -7 && curve === 1) return { kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) };
  if (type === 1 && algorithm === -8 && curve === 6) return { kty: 'OKP', crv: 'Ed25519', x: text(-2) };
  const n = text(-1);
  // 2048 bits and more.
  return type === 3 && algorithm === -257 && n.length >= 341 ? { kty: 'RSA', n, e: text(-2) } : undefined;
}

/** Whether the key signed these data for this page (§7.2, steps 20 and 21). */
export function isSigned(
  publicKey: Uint8Array,
  given: { readonly authenticatorData: Buffer; readonly client: ClientData; readonly signature: Buffer },
): boolean {
  const known = readPublicKey(publicKey);
  if (!known) return false;
  const signed = Buffer.concat([given.authenticatorData, createHash('sha256').update(given.client.json).digest()]);
  return verify(known.algorithm === -8 ? null : 'sha256', signed, known.key, given.signature);
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadCbor) return undefined;
    throw error;
  }
}
