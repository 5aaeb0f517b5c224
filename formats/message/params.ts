/**
 * Values with parameters (Content-Type, Content-Disposition; RFC 2045 §5.1, RFC 2183), leniently: RFC 2231 continuations and charsets,
 * RFC 2047 in quotes, missing quotes, stray semicolons. Linear; never throws.
 */
import { decodeCharset } from '#formats/charset/decode.ts';
import { unfold } from './fields.ts';
import { decodeWords } from './words.ts';

/** Parameters read of one field. */
const MAX_PARAMS = 256;

export interface Parameterised {
  /** Lower case, without comments. */
  readonly value: string;
  /** Names in lower case. */
  readonly params: Readonly<Record<string, string>>;
}

interface Segment {
  readonly index: number;
  readonly isEncoded: boolean;
  readonly text: string;
}

const encoder = new TextEncoder();
const NO_PARAMS: Readonly<Record<string, string>> = {};
const NOTHING: Parameterised = { value: '', params: NO_PARAMS };

export function readParameterised(raw: string): Parameterised {
  const text = unfold(raw);
  if (text === '') return NOTHING;
  const valueEnd = endOfPlain(text, 0);
  const value = withoutComment(text.slice(0, valueEnd)).toLowerCase();
  if (valueEnd >= text.length - 1) return { value, params: NO_PARAMS };
  const plain = new Map<string, string>();
  const extended = new Map<string, Segment[]>();
  let at = valueEnd + 1;
  for (let count = 0; at < text.length && count < MAX_PARAMS; count++) {
    const equals = endOfName(text, at);
    if (text.charAt(equals) !== '=') {
      at = equals + 1;
      continue;
    }
    const name = withoutComment(text.slice(at, equals)).toLowerCase();
    const read = readValue(text, equals + 1);
    at = read.next;
    if (name === '') continue;
    if (name.includes('*')) addSegment(extended, name, read.value);
    else if (!plain.has(name)) plain.set(name, read.value.includes('=?') ? decodeWords(read.value) : read.value);
  }
  // RFC 2231 wins over the plain form that old readers are given beside it.
  for (const [name, segments] of extended) plain.set(name, joinSegments(segments));
  return { value, params: Object.fromEntries(plain) };
}

/** Offset of the `;` that ends an unquoted run begun at `from`, comments passed over. */
function endOfPlain(text: string, from: number): number {
  const end = text.indexOf(';', from);
  return end < 0 ? text.length : end;
}

function endOfName(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== '=' && text.charAt(at) !== ';') at++;
  return at;
}

/** A comment begins with a parenthesis after white space; `scan(1).pdf` without quotes is a name that exists. */
function withoutComment(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('(')) {
    const end = trimmed.indexOf(')');
    return end < 0 ? '' : trimmed.slice(end + 1).trim();
  }
  const space = trimmed.indexOf(' (');
  return space < 0 ? trimmed : trimmed.slice(0, space).trim();
}

function readValue(text: string, from: number): { readonly value: string; readonly next: number } {
  let at = from;
  while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at++;
  if (text.charAt(at) !== '"') {
    const end = endOfPlain(text, at);
    return { value: withoutComment(text.slice(at, end)), next: end + 1 };
  }
  let value = '';
  at++;
  while (at < text.length && text.charAt(at) !== '"') {
    const next = text.charAt(at + 1);
    // Only these two: Windows programs write paths with bare backslashes.
    if (text.charAt(at) === '\\' && (next === '"' || next === '\\')) at++;
    value += text.charAt(at);
    at++;
  }
  return { value, next: endOfPlain(text, at) + 1 };
}

/** Keeps `name*`, `name*2` and `name*2*` (RFC 2231 §3, §4) for joining. */
function addSegment(extended: Map<string, Segment[]>, name: string, text: string): void {
  const [base = '', first = '', second] = name.split('*', 3);
  const isEncoded = first === '' || second !== undefined;
  const index = first === '' ? 0 : Number(first);
  if (base === '' || !Number.isInteger(index)) return;
  const segments = extended.get(base);
  if (segments === undefined) extended.set(base, [{ index, isEncoded, text }]);
  else segments.push({ index, isEncoded, text });
}

function joinSegments(segments: readonly Segment[]): string {
  const ordered = segments.toSorted((a, b) => a.index - b.index);
  let charset: string | null = null;
  const octets: number[] = [];
  for (const [position, segment] of ordered.entries()) {
    let text = segment.text;
    if (position === 0 && segment.isEncoded) {
      const [label = '', , ...rest] = text.split("'");
      if (rest.length > 0) {
        charset = label;
        text = rest.join("'");
      }
    }
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length; at++) {
      const code = segment.isEncoded && bytes[at] === 0x25 ? percentCode(bytes, at) : -1;
      octets.push(code >= 0 ? code : (bytes[at] ?? 0));
      if (code >= 0) at += 2;
    }
  }
  const { text } = decodeCharset(Uint8Array.from(octets), charset === '' ? null : charset);
  return text.includes('=?') ? decodeWords(text) : text;
}

function percentCode(bytes: Uint8Array, at: number): number {
  const digits = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
}
