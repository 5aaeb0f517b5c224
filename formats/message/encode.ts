/** Content transfer encodings, printed (RFC 2045 §6.7, §6.8): lines of at most 76 characters, ended by CRLF. */

const LINE_OCTETS = 57;
const MAX_LINE = 76;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const EQUALS = 0x3d;
const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const HEX = new TextEncoder().encode('0123456789ABCDEF');

/** Base64 in lines; the last one is ended too. */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const lines = Math.ceil(bytes.length / LINE_OCTETS);
  const encoded = new Uint8Array(Math.ceil(bytes.length / 3) * 4 + lines * 2);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const held = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    encoded[length++] = ALPHABET[held >> 18] ?? 0;
    encoded[length++] = ALPHABET[(held >> 12) & 63] ?? 0;
    encoded[length++] = left > 1 ? (ALPHABET[(held >> 6) & 63] ?? 0) : EQUALS;
    encoded[length++] = left > 2 ? (ALPHABET[held & 63] ?? 0) : EQUALS;
    if ((at + 3) % LINE_OCTETS === 0 || left <= 3) {
      encoded[length++] = RETURN;
      encoded[length++] = LINE_FEED;
    }
  }
  return encoded.subarray(0, length);
}

/** Quoted-printable of text whose lines end in CRLF; these stay line ends. `From ` and a lone dot at a line's start are encoded too. */
export function encodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  // An octet makes at most three, and each 24 of these a soft line end of three.
  const encoded = new Uint8Array(bytes.length * 4 + 8);
  let length = 0;
  let column = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === RETURN && bytes[at + 1] === LINE_FEED) {
      encoded[length++] = RETURN;
      encoded[length++] = LINE_FEED;
      at++;
      column = 0;
      continue;
    }
    const isPlain = staysPlain(bytes, at, column);
    if (column + (isPlain ? 1 : 3) > MAX_LINE - 1) {
      encoded[length++] = EQUALS;
      encoded[length++] = RETURN;
      encoded[length++] = LINE_FEED;
      column = 0;
    }
    if (isPlain) encoded[length++] = octet;
    else {
      encoded[length++] = EQUALS;
      encoded[length++] = HEX[octet >> 4] ?? 0;
      encoded[length++] = HEX[octet & 15] ?? 0;
    }
    column += isPlain ? 1 : 3;
  }
  return encoded.subarray(0, length);
}

function staysPlain(bytes: Uint8Array, at: number, column: number): boolean {
  const octet = bytes[at] ?? 0;
  if (octet === 0x20 || octet === 0x09) return at + 1 < bytes.length && bytes[at + 1] !== RETURN;
  // Mailbox files and SMTP give these a meaning at the start of a line.
  if (column === 0 && (octet === 0x46 || octet === 0x2e)) return false;
  return octet > 0x20 && octet < 0x7f && octet !== EQUALS;
}
