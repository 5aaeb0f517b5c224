/** A passkey in software, for tests: what a browser and a security key would send (WebAuthn §6.5, §7), ES256. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

import type { Site } from './webauthn.ts';

export interface SoftKey {
  readonly id: string;
  readonly key: KeyObject;
  readonly publicKey: { readonly x: Buffer; readonly y: Buffer };
  readonly userHandle: string;
  counter: number;
}

interface Shown {
  readonly site: Site;
  /** Whether the holder was asked for a PIN or a finger. */
  readonly isVerified?: boolean;
}

/** What `navigator.credentials.create` gives for these options. */
export function createPasskey(options: object, { site, isVerified = true }: Shown): { key: SoftKey; response: object } {
  const { challenge, user } = options as { challenge: string; user: { id: string } };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') };
  const rawId = randomBytes(32);
  const key: SoftKey = {
    id: rawId.toString('base64url'),
    key: privateKey,
    publicKey: point,
    userHandle: user.id,
    counter: 1,
  };
  // COSE_Key (RFC 9052 §7): kty 2, alg -7, crv 1, x, y.
  const cose = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    point.x,
    Buffer.from('225820', 'hex'),
    point.y,
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rawId.length);
  const attested = Buffer.concat([Buffer.alloc(16), length, rawId, cose]);
  const authData = authenticatorData(site, { counter: key.counter, isVerified, attested });
  // {"fmt": "none", "attStmt": {}, "authData": h'…'}
  const size = Buffer.alloc(3);
  size.writeUInt8(0x59);
  size.writeUInt16BE(authData.length, 1);
  const attestationObject = Buffer.concat([
    Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
    size,
    authData,
  ]);
  const response = {
    id: key.id,
    rawId: key.id,
    type: 'public-key',
    clientExtensionResults: { credProps: { rk: true } },
    response: {
      clientDataJSON: clientData('webauthn.create', challenge, site).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    },
  };
  return { key, response };
}

/** What `navigator.credentials.get` gives for these options. */
export function usePasskey(key: SoftKey, options: object, { site, isVerified = true }: Shown): object {
  const { challenge } = options as { challenge: string };
  key.counter += 1;
  const authData = authenticatorData(site, { counter: key.counter, isVerified });
  const client = clientData('webauthn.get', challenge, site);
  const signature = sign('sha256', Buffer.concat([authData, createHash('sha256').update(client).digest()]), key.key);
  return {
    id: key.id,
    rawId: key.id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: key.userHandle,
    },
  };
}

function clientData(type: string, challenge: string, { origin }: Site): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function authenticatorData(
  { rpId }: Site,
  given: { readonly counter: number; readonly isVerified: boolean; readonly attested?: Buffer },
): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(0x01 | (given.isVerified ? 0x04 : 0) | (given.attested ? 0x40 : 0));
  head.writeUInt32BE(given.counter, 1);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), head, given.attested ?? Buffer.alloc(0)]);
}
