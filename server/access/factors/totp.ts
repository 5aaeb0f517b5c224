/**
 * One-time codes: HOTP (RFC 4226) over the time (RFC 6238), with what every authenticator program takes without asking:
 * HMAC-SHA-1, 6 digits, steps of 30 seconds. Pure: secret, code and clock come in, the step that was meant goes out.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const stepSeconds = 30;
const digits = 6;
/** Steps to either side that are taken too: clocks differ, and typing takes time (RFC 6238 §5.2). */
const window = 1;
/** RFC 4226 §4 R6 asks for 128 bits and recommends 160. */
export const secretOctets = 20;

/** RFC 4226 §5.3. @param counter a whole number from 0. */
export function hotp(secret: Buffer, counter: number, length = digits): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** length).padStart(length, '0');
}

/** The time step (RFC 6238 §4.2). @param at milliseconds since 1970. */
export function stepAt(at: number): number {
  return Math.floor(at / 1000 / stepSeconds);
}

/**
 * Which step a code is of, looked for around now.
 * @param lastStep the last one used: it and those before it are taken no more (RFC 6238 §5.2).
 * @returns undefined for a wrong code, and for one that was used.
 */
export function findStep(secret: Buffer, code: string, at: number, lastStep: number): number | undefined {
  const given = Buffer.from(code.replaceAll(/[\s\u00a0\u202f-]/g, ''));
  if (given.length !== digits) return undefined;
  const now = stepAt(at);
  let found: number | undefined;
  // All of them, whichever fits: time tells nothing.
  for (let step = now - window; step <= now + window; step += 1)
    if (timingSafeEqual(Buffer.from(hotp(secret, step)), given) && step > lastStep) found = step;
  return found;
}

/** What the QR code says: the Key URI that authenticator programs read. */
export function otpauthUri(secret: Buffer, { issuer, account }: { issuer: string; account: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = { secret: base32(secret), issuer: encodeURIComponent(issuer), algorithm: 'SHA1', digits, period: 30 };
  const text = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return `otpauth://totp/${label}?${text.join('&')}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6, without padding. */
export function base32(octets: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const octet of octets) {
    held = (held << 8) | octet;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet.charAt((held >>> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
}
