/** Text and its UTF-8 octets, these as a string of one octet a character: what a line is made of, and cheap for ASCII, which nearly all is. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Arguments that String.fromCharCode takes at once. */
const CHUNK = 8_192;

/** Lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): string {
  return isAscii(text) ? text : printOctets(encoder.encode(text));
}

/** @returns undefined where the octets are not UTF-8. */
export function decodeUtf8(octets: string): string | undefined {
  if (isAscii(octets)) return octets;
  try {
    return decoder.decode(readOctets(octets));
  } catch {
    return undefined;
  }
}

export function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[^\0-\x7f]/.test(text);
}

export function readOctets(octets: string): Uint8Array {
  const bytes = new Uint8Array(octets.length);
  for (let at = 0; at < octets.length; at++) bytes[at] = octets.charCodeAt(at);
  return bytes;
}

export function printOctets(bytes: Uint8Array): string {
  let octets = '';
  for (let at = 0; at < bytes.length; at += CHUNK) octets += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return octets;
}
