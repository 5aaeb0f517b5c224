/** Atoms, numbers and strings (RFC 9051 §4, §9), read and printed. What is read are octets; `readText` and the like decode them. */
import { type Cursor, bad, expectMatch, peek, take, takeMatch } from './cursor.ts';
import type { LiteralOctets } from './literal.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const ATOM = /[!#$&'+-[^-z|}~]+/y;
const ASTRING_CHARS = /[!#$&'+-[\]^-z|}~]+/y;
const LIST_CHARS = /[!#$&'+-[\]^-z|}~%*]+/y;
const LITERAL = /~?\{(\d{1,15})\+?\}\r\n/y;
const WHOLE_ASTRING = /^[!#$&'+-[\]^-z|}~]{1,1000}$/;
/** One class, for the speed: anything but visible ASCII and space, and `"` and `\\`. */
const NOT_QUOTABLE = /[^ !#-[\]-~]/;
// oxlint-disable-next-line no-control-regex
const NEEDS_LITERAL = /[\r\n]|[^\0-\x7f]/;
const MAX_QUOTED = 4_096;

/** `atom`. */
export function readAtom(cursor: Cursor, what = 'Atom'): string {
  return expectMatch(cursor, ATOM, what);
}

/** `number`, at most 2^32 - 1. */
export function readNumber(cursor: Cursor): number {
  const start = cursor.offset;
  const value = Number(expectMatch(cursor, /\d{1,10}(?!\d)/y, 'Number'));
  if (value <= 0xffff_ffff) return value;
  cursor.offset = start;
  throw bad(cursor, 'Number too large');
}

/** `nz-number`. */
export function readNzNumber(cursor: Cursor): number {
  const start = cursor.offset;
  const value = readNumber(cursor);
  if (value > 0) return value;
  cursor.offset = start;
  throw bad(cursor, 'Number above zero expected');
}

/** `number64` and `mod-sequence-valzer`, below 2^63; what is beyond 2^53 counts as 2^53 - 1: nothing here is as large. */
export function readNumber64(cursor: Cursor): number {
  const start = cursor.offset;
  const digits = expectMatch(cursor, /\d{1,19}(?!\d)/y, 'Number');
  if (digits.length === 19 && digits > '9223372036854775807') {
    cursor.offset = start;
    throw bad(cursor, 'Number too large');
  }
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/** `astring`, octets. */
export function readAstring(cursor: Cursor, what = 'String'): string {
  return takeMatch(cursor, ASTRING_CHARS) ?? readString(cursor, what);
}

/** `list-mailbox`, octets. */
export function readListMailbox(cursor: Cursor): string {
  return takeMatch(cursor, LIST_CHARS) ?? readString(cursor, 'Mailbox pattern');
}

/** `string`, octets. A literal that was taken aside is too long to be one. */
export function readString(cursor: Cursor, what = 'String'): string {
  if (peek(cursor) === '"') return readQuoted(cursor);
  const start = cursor.offset;
  const literal = takeLiteral(cursor);
  if (literal === undefined) throw bad(cursor, `${what} expected`);
  if (literal.octets.kind === 'inline' && !literal.isBinary && !literal.octets.octets.includes('\0'))
    return literal.octets.octets;
  cursor.offset = start;
  if (literal.octets.kind === 'aside') throw bad(cursor, 'Literal too long here', 'tooMuch');
  throw bad(cursor, literal.isBinary ? `${what} expected, not a binary literal` : 'NUL within a string');
}

/** `nstring`, octets. */
export function readNstring(cursor: Cursor, what = 'String or NIL'): string | null {
  return takeMatch(cursor, /NIL(?=[ )]|$)/iy) === undefined ? readString(cursor, what) : null;
}

export interface Literal {
  readonly octets: LiteralOctets;
  readonly isBinary: boolean;
}

/** `literal` or `literal8`, or undefined where none begins. */
export function takeLiteral(cursor: Cursor): Literal | undefined {
  const start = cursor.offset;
  const header = takeMatch(cursor, LITERAL);
  if (header === undefined) return undefined;
  const isBinary = header.startsWith('~');
  const sizeOctets = Number.parseInt(header.slice(isBinary ? 2 : 1), 10);
  const index = cursor.aside.indexOf(cursor.offset);
  if (index >= 0) return { octets: { kind: 'aside', index, sizeOctets }, isBinary };
  const end = cursor.offset + sizeOctets;
  if (end > cursor.text.length) {
    cursor.offset = start;
    throw bad(cursor, 'The literal is not complete');
  }
  const octets = cursor.text.slice(cursor.offset, end);
  cursor.offset = end;
  return { octets: { kind: 'inline', octets }, isBinary };
}

/** `astring` as Unicode. */
export function readText(cursor: Cursor, what = 'String'): string {
  const start = cursor.offset;
  const text = decodeUtf8(readAstring(cursor, what));
  if (text !== undefined) return text;
  cursor.offset = start;
  throw bad(cursor, 'The string is not UTF-8');
}

/** A quoted string (RFC 9051 §4.3); UTF-8 octets may stand in it. */
function readQuoted(cursor: Cursor): string {
  const start = cursor.offset;
  let octets = '';
  let from = start + 1;
  for (let at = from; at < cursor.text.length; at++) {
    const code = cursor.text.charCodeAt(at);
    if (code === 0x22) {
      cursor.offset = at + 1;
      return octets + cursor.text.slice(from, at);
    }
    if (code === 0x5c) {
      const next = cursor.text.charAt(at + 1);
      if (next !== '"' && next !== '\\') {
        cursor.offset = at;
        throw bad(cursor, 'Only " and \\ may follow \\ in a quoted string');
      }
      octets += cursor.text.slice(from, at);
      from = at + 1;
      at += 1;
    } else if (code === 0 || code === 0x0d || code === 0x0a) {
      cursor.offset = at;
      throw bad(cursor, 'A quoted string holds no line end and no NUL');
    }
  }
  cursor.offset = start;
  throw bad(cursor, 'The quoted string does not end');
}

/** `"(" … ")"` or a single one: `entries`, `one-or-more-mailbox`, patterns. */
export function readOneOrMany<T>(cursor: Cursor, many: (cursor: Cursor) => T[], one: (cursor: Cursor) => T): T[] {
  return peek(cursor) === '(' ? many(cursor) : [one(cursor)];
}

/** A string for a response: quoted when it can be, else a literal of its UTF-8 octets. `isUtf8`: quoted strings may hold UTF-8 (RFC 9051 §4.3). */
export function printString(text: string, isUtf8 = false): string {
  return isQuotable(text) ? `"${text}"` : printDifficult(text, isUtf8);
}

/** Whether quotes are all that `text` needs. */
export function isQuotable(text: string): boolean {
  return text.length <= MAX_QUOTED && !NOT_QUOTABLE.test(text);
}

/** `nstring`. */
export function printNstring(text: string | null, isUtf8 = false): string {
  return text === null ? 'NIL' : printString(text, isUtf8);
}

/** `astring`: an atom when it can be. `NIL` is quoted, for readers that take it for the absent. */
export function printAstring(text: string, isUtf8 = false): string {
  return WHOLE_ASTRING.test(text) && text.toUpperCase() !== 'NIL' ? text : printString(text, isUtf8);
}

/** A literal of octets. */
export function printLiteral(octets: string): string {
  return `{${octets.length}}\r\n${octets}`;
}

function printDifficult(text: string, isUtf8: boolean): string {
  // NUL is allowed in no string (RFC 9051 §9, CHAR8)
  const octets = encodeUtf8(text.replaceAll('\0', '\ufffd'));
  const isLiteral = octets.length > MAX_QUOTED || (isUtf8 ? /[\r\n]/.test(octets) : NEEDS_LITERAL.test(octets));
  return isLiteral ? printLiteral(octets) : `"${octets.replace(/["\\]/g, '\\$&')}"`;
}

/** `"+"`, `"-"` before a name: which way a STORE or SETACL changes. */
export function readAction(cursor: Cursor): 'replace' | 'add' | 'remove' {
  if (take(cursor, '+')) return 'add';
  return take(cursor, '-') ? 'remove' : 'replace';
}
