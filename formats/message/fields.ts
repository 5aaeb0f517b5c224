/**
 * The header section as fields with offsets (RFC 5322 §2.2). Lenient: a line that is no field and continues none is passed over. Octets
 * above 127 are UTF-8 (RFC 6532) if they can be, else Windows-1252.
 */
import { decodeCharset } from '#formats/charset/decode.ts';
import type { HeaderField } from './types.ts';

/** Fields kept of one header section; real ones have some hundred at most. */
export const MAX_FIELDS = 10_000;
/** Octets of one header section that are read; the rest is passed over. */
export const MAX_HEADER_OCTETS = 1_048_576;

const COLON = 0x3a;
const utf8 = new TextDecoder('utf-8');

/** Reads the fields in [start, end), where `end` may include the empty line that closes the section. */
export function readHeaderFields(bytes: Uint8Array, start: number, end: number): HeaderField[] {
  const stop = Math.min(end, start + MAX_HEADER_OCTETS);
  const { text, isAscii } = octetsAsCharacters(bytes.subarray(start, stop));
  const fields: HeaderField[] = [];
  let colon = -1;
  let at = 0;
  while (at < text.length && fields.length < MAX_FIELDS) {
    const next = endOfField(text, at);
    // Searched once for all lines before it, so lines without a colon cost nothing.
    if (colon < at) colon = text.indexOf(':', at);
    if (colon < 0) break;
    const nameEnd = colon < next ? endOfName(text, at, colon) : -1;
    if (nameEnd > at) {
      let rawEnd = next;
      if (text.charCodeAt(rawEnd - 1) === 10) rawEnd--;
      while (rawEnd > colon + 1 && text.charCodeAt(rawEnd - 1) === 13) rawEnd--;
      fields.push({
        name: text.slice(at, nameEnd),
        raw: isAscii
          ? text.slice(colon + 1, rawEnd)
          : decodeCharset(bytes.subarray(start + colon + 1, start + rawEnd), null).text,
        start: start + at,
        end: start + next,
      });
    }
    at = next;
  }
  return fields;
}

/** Whether a header field begins at `at`: a name of visible ASCII, then a colon (RFC 5322 §3.6.8). */
export function isFieldStart(bytes: Uint8Array, at: number, end: number): boolean {
  for (let index = at; index < end; index++) {
    const octet = bytes[index] ?? 0;
    if (octet === COLON) return index > at;
    if (octet <= 32 || octet > 126) {
      // Obsolete syntax allows white space before the colon (RFC 5322 §4.5.8).
      while (index < end && (bytes[index] === 32 || bytes[index] === 9)) index++;
      return index > at && bytes[index] === COLON && (octet === 32 || octet === 9) && bytes[at] !== octet;
    }
  }
  return false;
}

/** Takes the folding out (RFC 5322 §2.2.3). NULs go, white space at both ends too. */
export function unfold(raw: string): string {
  const text = raw.includes('\n') || raw.includes('\r') ? raw.replace(/[\r\n]/g, '') : raw;
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).trim();
}

/** Offset after the last line of the field that begins at `at`. */
function endOfField(text: string, at: number): number {
  let next = at;
  do {
    const lineEnd = text.indexOf('\n', next);
    if (lineEnd < 0) return text.length;
    next = lineEnd + 1;
  } while (next < text.length && isBlank(text.charCodeAt(next)));
  return next;
}

/** End of the name before `colon`, or -1 where what stands there is no name. */
function endOfName(text: string, at: number, colon: number): number {
  let end = colon;
  while (end > at && isBlank(text.charCodeAt(end - 1))) end--;
  for (let index = at; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code <= 32 || code > 126) return -1;
  }
  return end;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** One character per octet, so that offsets in the text are offsets in the octets. */
function octetsAsCharacters(bytes: Uint8Array): { readonly text: string; readonly isAscii: boolean } {
  const text = utf8.decode(bytes);
  // A sequence of several octets makes fewer characters than octets, a fault makes U+FFFD: neither means ASCII.
  if (text.length === bytes.length && !text.includes('\ufffd')) return { text, isAscii: true };
  let latin1 = '';
  for (let at = 0; at < bytes.length; at += 8192) latin1 += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { text: latin1, isAscii: false };
}
