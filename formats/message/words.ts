/**
 * Encoded-words (RFC 2047) in header text, both ways. Reading is lenient where senders are wrong in known ways: words within quotes
 * or without space between them, characters split between two words, white space within a word. Linear in the length of the text.
 */
import { decodeCharset } from '#formats/charset/decode.ts';
import { joinOctets } from '#formats/octets/join.ts';
import { decodeBase64 } from './transfer.ts';

/** Longest charset name within an encoded-word that is looked at. */
const MAX_CHARSET = 80;
/** Octets of an encoded-word as printed (RFC 2047 §2). */
const MAX_PRINTED_WORD = 75;
/** Room for at least one character of four octets. */
const MIN_PRINTED_WORD = 26;
const PREFIX = '=?UTF-8?Q?';
const PREFIX_BASE64 = '=?UTF-8?B?';

interface EncodedWord {
  readonly charset: string;
  readonly isBase64: boolean;
  readonly payload: string;
  readonly end: number;
}

const encoder = new TextEncoder();

/** Replaces the encoded-words of unfolded `text` by what they stand for. */
export function decodeWords(text: string): string {
  let start = text.indexOf('=?');
  if (start < 0) return text;
  let decoded = '';
  let plainFrom = 0;
  let charset = '';
  let pending: Uint8Array[] = [];
  const finder = { next: -1 };
  const flush = (): void => {
    if (pending.length > 0) decoded += decodeCharset(joinOctets(pending), charset).text;
    pending = [];
  };
  while (start >= 0) {
    const word = readEncodedWord(text, start, finder);
    if (word === null) {
      start = text.indexOf('=?', start + 1);
      continue;
    }
    const between = text.slice(plainFrom, start);
    if (pending.length === 0 || between.trim() !== '') {
      flush();
      decoded += between;
    } else if (word.charset !== charset) flush();
    charset = word.charset;
    pending.push(word.isBase64 ? decodeBase64(charsToBytes(word.payload)) : decodeQ(word.payload));
    plainFrom = word.end;
    start = text.indexOf('=?', plainFrom);
  }
  flush();
  return decoded + text.slice(plainFrom);
}

/** Offset after the encoded-word without white space that stands at `start`, or -1. `finder` remembers between calls. */
export function encodedWordEnd(text: string, start: number, finder: { next: number }): number {
  const word = readEncodedWord(text, start, finder);
  return word === null || word.payload.includes(' ') ? -1 : word.end;
}

function readEncodedWord(text: string, start: number, finder: { next: number }): EncodedWord | null {
  const charsetEnd = text.indexOf('?', start + 2);
  if (charsetEnd < 0 || charsetEnd - start > MAX_CHARSET || text.charAt(charsetEnd + 2) !== '?') return null;
  const letter = text.charAt(charsetEnd + 1).toLowerCase();
  if (letter !== 'q' && letter !== 'b') return null;
  const payloadStart = charsetEnd + 3;
  // Remembered, because a text of many beginnings and no end would else be searched from each of them.
  if (finder.next < payloadStart) {
    const found = text.indexOf('?=', payloadStart);
    finder.next = found < 0 ? Number.POSITIVE_INFINITY : found;
  }
  if (finder.next === Number.POSITIVE_INFINITY) return null;
  // RFC 2231 §5: a language may follow the charset after `*`.
  const charset = (text.slice(start + 2, charsetEnd).split('*', 1)[0] ?? '').toLowerCase();
  return { charset, isBase64: letter === 'b', payload: text.slice(payloadStart, finder.next), end: finder.next + 2 };
}

function decodeQ(payload: string): Uint8Array {
  const source = charsToBytes(payload);
  const decoded = new Uint8Array(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const octet = source[at] ?? 0;
    const code = octet === 0x3d ? payloadHex(source, at) : -1;
    if (code >= 0) at += 2;
    decoded[length++] = code >= 0 ? code : octet === 0x5f ? 0x20 : octet;
  }
  return decoded.subarray(0, length);
}

/** The octet that `=` and two hexadecimal digits at `at` stand for, or -1. */
function payloadHex(source: Uint8Array, at: number): number {
  const digits = String.fromCharCode(source[at + 1] ?? 0, source[at + 2] ?? 0);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
}

function charsToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return encoder.encode(text);
    bytes[at] = code;
  }
  return bytes;
}

/**
 * Prints `text` as encoded-words of UTF-8, each at most 75 characters, the first at most `firstRoom`, none splitting a character (RFC 2047
 * §5); the caller folds between them. Quoted-printable where most of the text is ASCII, else base64.
 */
export function encodeWords(text: string, firstRoom = MAX_PRINTED_WORD): string[] {
  const wellFormed = text.toWellFormed();
  const isBase64 = utf8Length(wellFormed) - text.length >= text.length / 3;
  const words: string[] = [];
  let word = '';
  let octets = 0;
  let room = Math.max(firstRoom, MIN_PRINTED_WORD);
  for (let at = 0; at < wellFormed.length;) {
    const code = wellFormed.codePointAt(at) ?? 0;
    const end = at + (code > 0xffff ? 2 : 1);
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    const printed = isBase64 ? wellFormed.slice(at, end) : printQ(code);
    const payload = isBase64 ? Math.ceil((octets + size) / 3) * 4 : word.length + printed.length;
    if (word !== '' && PREFIX.length + payload + 2 > room) {
      words.push(printWord(word, isBase64));
      word = '';
      octets = 0;
      room = MAX_PRINTED_WORD;
    }
    word += printed;
    octets += size;
    at = end;
  }
  if (word !== '') words.push(printWord(word, isBase64));
  return words;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // a surrogate is half of four octets
    if (unit > 0x7f) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

function printWord(word: string, isBase64: boolean): string {
  return isBase64 ? `${PREFIX_BASE64}${encoder.encode(word).toBase64()}?=` : `${PREFIX}${word}?=`;
}

/** Octets within a Q word: only what RFC 2047 §5 (3) allows within a phrase stands for itself, so a word fits everywhere. */
const Q_OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  if (character === ' ') return '_';
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character;
  return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** One code point as its UTF-8 octets. */
function printQ(code: number): string {
  if (code < 0x80) return q(code);
  const last = q(0x80 | (code & 0x3f));
  if (code < 0x800) return q(0xc0 | (code >> 6)) + last;
  const third = q(0x80 | ((code >> 6) & 0x3f)) + last;
  if (code < 0x1_0000) return q(0xe0 | (code >> 12)) + third;
  return q(0xf0 | (code >> 18)) + q(0x80 | ((code >> 12) & 0x3f)) + third;
}

function q(octet: number): string {
  return Q_OCTETS[octet] ?? '';
}
