/**
 * Content transfer encodings (RFC 2045 §6), undone leniently: octets that do not belong are skipped or stand for themselves, and
 * nothing throws. Measuring and decoding are one function each, so that a stored size is always the size of what is served.
 */

const EQUALS = 0x3d;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

const SKIP = 64;
const PAD = 65;

const base64Values = new Uint8Array(256).fill(SKIP);
const hexValues = new Int8Array(256).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let index = 0; index < ALPHABET.length; index++) base64Values[ALPHABET.charCodeAt(index)] = index;
base64Values[EQUALS] = PAD;
for (let value = 0; value < 16; value++) {
  hexValues[value.toString(16).charCodeAt(0)] = value;
  hexValues[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** Whether `encoding` (lower case) is one that we can undo; text in an unknown one is given as it stands. */
export function isKnownEncoding(encoding: string): boolean {
  return isIdentity(encoding) || encoding === 'base64' || encoding === 'quoted-printable';
}

/** Whether octets are written as they are. */
export function isIdentity(encoding: string): boolean {
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
}

/** Undoes `encoding` (lower case). An identity or unknown encoding gives `bytes` itself. */
export function decodeTransfer(bytes: Uint8Array, encoding: string): Uint8Array {
  if (encoding === 'base64') return decodeBase64(bytes);
  if (encoding !== 'quoted-printable') return bytes;
  const decoded = new Uint8Array(bytes.length);
  return decoded.subarray(0, decodeQuotedPrintable(bytes, 0, bytes.length, decoded));
}

/** Octets that `decodeTransfer` would give for [start, end). */
export function decodedOctets(bytes: Uint8Array, start: number, end: number, encoding: string): number {
  if (encoding === 'base64') return measureBase64(bytes, start, end);
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes, start, end, null);
  return end - start;
}

/** Letters outside the alphabet are skipped; padding ends a group, and another one may follow. */
export function decodeBase64(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(((bytes.length * 3) >> 2) + 3);
  let length = 0;
  let held = 0;
  let letters = 0;
  for (let at = 0; at < bytes.length; at++) {
    const value = base64Values[bytes[at] ?? 0] ?? SKIP;
    if (value < SKIP) {
      held = (held << 6) | value;
      letters++;
      if (letters === 4) {
        decoded[length++] = (held >> 16) & 255;
        decoded[length++] = (held >> 8) & 255;
        decoded[length++] = held & 255;
        letters = 0;
        held = 0;
      }
    } else if (value === PAD && letters > 0) {
      length = flushBase64(decoded, length, held, letters);
      letters = 0;
      held = 0;
    }
  }
  return decoded.subarray(0, flushBase64(decoded, length, held, letters));
}

function flushBase64(decoded: Uint8Array, length: number, held: number, letters: number): number {
  if (letters === 2) decoded[length] = (held >> 4) & 255;
  if (letters === 3) {
    decoded[length] = (held >> 10) & 255;
    decoded[length + 1] = (held >> 2) & 255;
  }
  return length + (letters > 1 ? letters - 1 : 0);
}

function measureBase64(bytes: Uint8Array, start: number, end: number): number {
  let octets = 0;
  let letters = 0;
  for (let at = start; at < end; at++) {
    const value = base64Values[bytes[at] ?? 0] ?? SKIP;
    if (value < SKIP) letters++;
    else if (value === PAD) {
      octets += Math.floor((letters * 3) / 4);
      letters = 0;
    }
  }
  return octets + Math.floor((letters * 3) / 4);
}

/**
 * RFC 2045 §6.7. White space before a line end is dropped, `=` that begins no code stands for itself.
 *
 * @returns how many octets come out; they are written to `decoded` unless it is null.
 */
export function decodeQuotedPrintable(
  bytes: Uint8Array,
  start: number,
  end: number,
  decoded: Uint8Array | null,
): number {
  let length = 0;
  let at = start;
  while (at < end) {
    const octet = bytes[at] ?? 0;
    // Letters and the spaces between them, nearly always.
    if (octet > EQUALS || (octet === SPACE && at + 1 < end && (bytes[at + 1] ?? 0) > SPACE)) {
      if (decoded !== null) decoded[length] = octet;
      length++;
      at++;
      continue;
    }
    if (octet === EQUALS) {
      const high = at + 2 < end ? (hexValues[bytes[at + 1] ?? 0] ?? -1) : -1;
      const low = at + 2 < end ? (hexValues[bytes[at + 2] ?? 0] ?? -1) : -1;
      if (high >= 0 && low >= 0) {
        if (decoded !== null) decoded[length] = (high << 4) | low;
        length++;
        at += 3;
        continue;
      }
      const after = afterBlank(bytes, at + 1, end);
      const next = afterLineEnd(bytes, after, end);
      if (next > after || after === end) {
        at = next;
        continue;
      }
    } else if (octet === SPACE || octet === TAB) {
      const after = afterBlank(bytes, at, end);
      const isTrailing = after === end || afterLineEnd(bytes, after, end) > after;
      for (; at < after; at++) {
        if (isTrailing) continue;
        if (decoded !== null) decoded[length] = bytes[at] ?? 0;
        length++;
      }
      continue;
    }
    if (decoded !== null) decoded[length] = octet;
    length++;
    at++;
  }
  return length;
}

function afterBlank(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

/** The offset after a CRLF or LF that stands at `at`; `at` itself where none does. */
function afterLineEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] === LINE_FEED) return at + 1;
  if (at + 1 < end && bytes[at] === RETURN && bytes[at + 1] === LINE_FEED) return at + 2;
  return at;
}
