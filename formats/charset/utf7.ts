/** UTF-7 (RFC 2152): ASCII, with UTF-16 in base64 between `+` and `-`. Lenient: octets that do not fit stand for themselves. */
import type { DecodedText } from './types.ts';

const PLUS = 0x2b;
const MINUS = 0x2d;

export function decodeUtf7(bytes: Uint8Array): DecodedText {
  let text = '';
  let isEncodingProblem = false;
  let at = 0;
  while (at < bytes.length) {
    const octet = bytes[at] ?? 0;
    at++;
    if (octet !== PLUS) {
      if (octet > 127) isEncodingProblem = true;
      text += String.fromCharCode(octet);
      continue;
    }
    if (bytes[at] === MINUS) {
      text += '+';
      at++;
      continue;
    }
    let bits = 0;
    let held = 0;
    let value = base64Value(bytes[at] ?? 0);
    if (value < 0) isEncodingProblem = true;
    while (value >= 0) {
      held = ((held << 6) | value) & 0x3f_ffff;
      bits += 6;
      if (bits >= 16) {
        bits -= 16;
        text += String.fromCharCode((held >> bits) & 0xffff);
      }
      at++;
      value = at < bytes.length ? base64Value(bytes[at] ?? 0) : -1;
    }
    if (bytes[at] === MINUS) at++;
  }
  const wellFormed = text.toWellFormed();
  return { text: wellFormed, isEncodingProblem: isEncodingProblem || wellFormed !== text };
}

function base64Value(octet: number): number {
  if (octet >= 0x41 && octet <= 0x5a) return octet - 0x41;
  if (octet >= 0x61 && octet <= 0x7a) return octet - 0x61 + 26;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30 + 52;
  if (octet === PLUS) return 62;
  return octet === 0x2f ? 63 : -1;
}
