/** Message encryption for Web Push (RFC 8291): only the device that subscribed can read what the push service carries. */
import { createCipheriv, createECDH, createHmac, randomBytes } from 'node:crypto';

export interface PushKeys {
  /** The device's P-256 key, uncompressed, base64url: 65 octets. */
  readonly p256dh: string;
  /** base64url, 16 octets. */
  readonly auth: string;
}

/** One record must hold it all (RFC 8291 §4): with the least a push service must take (RFC 8030 §7.2). */
const recordOctets = 4096;
export const maxPlainOctets = recordOctets - 16 - 1 - 86;

/** @returns undefined for keys no device can have made. */
export function readPushKeys(p256dh: string, auth: string): PushKeys | undefined {
  const key = Buffer.from(p256dh, 'base64url');
  const isPoint = key.length === 65 && key[0] === 4 && isOnCurve(key);
  return isPoint && Buffer.from(auth, 'base64url').length === 16 ? { p256dh, auth } : undefined;
}

function isOnCurve(key: Buffer): boolean {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  try {
    ecdh.computeSecret(key);
    return true;
  } catch {
    return false;
  }
}

/** The body with its header, for `Content-Encoding: aes128gcm` (RFC 8188 §2). Tests give their own secrets. */
export function encryptPush(
  plain: Uint8Array,
  { p256dh, auth }: PushKeys,
  secrets: { readonly salt: Uint8Array; readonly privateKey?: Uint8Array } = { salt: randomBytes(16) },
): Buffer {
  const ecdh = createECDH('prime256v1');
  if (secrets.privateKey) ecdh.setPrivateKey(secrets.privateKey);
  else ecdh.generateKeys();
  const theirs = Buffer.from(p256dh, 'base64url');
  const ours = ecdh.getPublicKey();
  const shared = ecdh.computeSecret(theirs);
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const material = expand(hmac(Buffer.from(auth, 'base64url'), shared), keyInfo, 32);
  const random = hmac(secrets.salt, material);
  const key = expand(random, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = expand(random, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 ends the last record (RFC 8188 §2).
  const sealed = [cipher.update(plain), cipher.update(Uint8Array.of(2)), cipher.final(), cipher.getAuthTag()];
  const head = Buffer.alloc(5);
  head.writeUInt32BE(recordOctets);
  head.writeUInt8(ours.length, 4);
  return Buffer.concat([secrets.salt, head, ours, ...sealed]);
}

function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** HKDF-Expand (RFC 5869 §2.3) for one block. */
function expand(key: Uint8Array, info: Uint8Array, octets: number): Buffer {
  return hmac(key, Buffer.concat([info, Uint8Array.of(1)])).subarray(0, octets);
}
