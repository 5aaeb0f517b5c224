/** What SEARCH looks for (RFC 9051 §6.4.4 and extensions): one closed union, texts decoded. */
import { decodeCharset } from '#formats/charset/decode.ts';
import { type Cursor, bad, expect, expectMatch, expectSpace, peek, take, takeMatch } from './cursor.ts';
import { readDay } from './date.ts';
import { type SequenceSet, readSequenceSet } from './sequence-set.ts';
import { readAstring, readAtom, readNumber64, readNzNumber } from './string.ts';
import { decodeUtf8, readOctets } from './utf8.ts';

/** NOT, OR and parentheses within each other. */
const MAX_DEPTH = 50;
const MAX_KEYS = 1_000;
/** Texts of one search: each is looked for in every message that the rest lets through. */
const MAX_TEXTS = 50;
/** Octets of one text looked for: searching is linear in it, and a longer one is no question. */
const MAX_TEXT = 8_192;

export type SearchKey =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] }
  | { readonly kind: 'or'; readonly keys: readonly [SearchKey, SearchKey] }
  | { readonly kind: 'not'; readonly key: SearchKey }
  /** Sequence numbers. */
  | { readonly kind: 'numbers'; readonly set: SequenceSet }
  | { readonly kind: 'uids'; readonly set: SequenceSet }
  /** A system flag as `\Seen`, or a keyword as written (UNSEEN, UNKEYWORD are `not`). */
  | { readonly kind: 'flag'; readonly flag: string }
  /** RECENT of IMAP4rev1; NEW is it and unseen, OLD is not it. */
  | { readonly kind: 'recent' }
  /** BCC, CC, FROM, SUBJECT, TO and HEADER; `field` is lower case, an empty `text` asks only whether it is there. */
  | { readonly kind: 'header'; readonly field: string; readonly text: string }
  | { readonly kind: 'body' | 'text'; readonly text: string }
  /** `day` counts days since 1970-01-01, compared without regard to time and zone. `saved` is RFC 8514. */
  | {
      readonly kind: 'date';
      readonly of: 'internal' | 'sent' | 'saved';
      readonly is: 'before' | 'on' | 'since';
      readonly day: number;
    }
  | { readonly kind: 'saveDateSupported' }
  /** RFC822.SIZE, both exclusive. */
  | { readonly kind: 'size'; readonly is: 'larger' | 'smaller'; readonly octets: number }
  /** YOUNGER and OLDER (RFC 5032): internal date against now. */
  | { readonly kind: 'within'; readonly is: 'younger' | 'older'; readonly seconds: number }
  /** At least this modseq (RFC 7162 §3.1.5); the entry name, if any, changes nothing here. */
  | { readonly kind: 'modseq'; readonly modseq: number }
  /** RFC 8474 §4.3 */
  | { readonly kind: 'emailId' | 'threadId'; readonly id: string };

/** Octets to text; undefined where they do not fit the charset. */
export type Decode = (octets: string) => string | undefined;

interface Reading {
  readonly cursor: Cursor;
  readonly decode: Decode;
  depth: number;
  keys: number;
  texts: number;
}

type KeyReader = (reading: Reading) => SearchKey;

/** `charset`. @throws {BadSyntax} `charset` for one we do not read. */
export function readCharset(cursor: Cursor): Decode {
  const start = cursor.offset;
  const charset = readAstring(cursor, 'Charset').toUpperCase();
  const decode = CHARSETS.get(charset);
  if (decode !== undefined) return decode;
  cursor.offset = start;
  throw bad(cursor, 'Texts may be in UTF-8, US-ASCII, ISO-8859-1, ISO-8859-15 or WINDOWS-1252', 'charset');
}

/** The charsets of `readCharset`, for BADCHARSET (RFC 9051 §7.1). */
export const SEARCH_CHARSETS: readonly string[] = ['UTF-8', 'US-ASCII', 'ISO-8859-1', 'ISO-8859-15', 'WINDOWS-1252'];

const CHARSETS: ReadonlyMap<string, Decode> = new Map(
  SEARCH_CHARSETS.map((charset, index) => [
    charset,
    index < 2 ? decodeUtf8 : (octets: string) => decodeCharset(readOctets(octets), charset).text,
  ]),
);

/** `search-key *(SP search-key)` to the end of the command: all must hold. */
export function readSearchKeys(cursor: Cursor, decode: Decode): SearchKey {
  return readKeys({ cursor, decode, depth: 0, keys: 0, texts: 0 }, '');
}

function readKeys(reading: Reading, end: ')' | ''): SearchKey {
  const keys = [readKey(reading)];
  while (peek(reading.cursor) !== end) {
    expectSpace(reading.cursor);
    keys.push(readKey(reading));
  }
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? only : { kind: 'and', keys };
}

/** `search-key`. */
function readKey(reading: Reading): SearchKey {
  const { cursor } = reading;
  reading.keys += 1;
  if (reading.keys > MAX_KEYS) throw bad(cursor, 'Too many search keys', 'tooMuch');
  if (reading.depth >= MAX_DEPTH) throw bad(cursor, 'Search keys nested too deep', 'tooMuch');
  reading.depth += 1;
  const key = readOne(reading);
  reading.depth -= 1;
  return key;
}

function readOne(reading: Reading): SearchKey {
  const { cursor } = reading;
  if (take(cursor, '(')) {
    const key = readKeys(reading, ')');
    expect(cursor, ')');
    return key;
  }
  if (/[\d*$]/.test(peek(cursor))) return { kind: 'numbers', set: readSequenceSet(cursor) };
  const start = cursor.offset;
  const read = KEYS.get(expectMatch(cursor, /[A-Za-z]{2,20}/y, 'Search key').toUpperCase());
  if (read !== undefined) return read(reading);
  cursor.offset = start;
  throw bad(cursor, 'Unknown search key');
}

const not = (key: SearchKey): SearchKey => ({ kind: 'not', key });
const seen: SearchKey = { kind: 'flag', flag: '\\Seen' };

const KEYS: ReadonlyMap<string, KeyReader> = new Map<string, KeyReader>([
  ['ALL', () => ({ kind: 'all' })],
  ...['Answered', 'Deleted', 'Draft', 'Flagged', 'Seen'].flatMap((name): [string, KeyReader][] => [
    [name.toUpperCase(), () => ({ kind: 'flag', flag: `\\${name}` })],
    [`UN${name.toUpperCase()}`, () => not({ kind: 'flag', flag: `\\${name}` })],
  ]),
  ['RECENT', () => ({ kind: 'recent' })],
  ['NEW', () => ({ kind: 'and', keys: [{ kind: 'recent' }, not(seen)] })],
  ['OLD', () => not({ kind: 'recent' })],
  ['KEYWORD', (reading) => ({ kind: 'flag', flag: spaced(reading, readAtom) })],
  ['UNKEYWORD', (reading) => not({ kind: 'flag', flag: spaced(reading, readAtom) })],
  ...['BCC', 'CC', 'FROM', 'SUBJECT', 'TO'].map((name): [string, KeyReader] => [
    name,
    (reading) => ({ kind: 'header', field: name.toLowerCase(), text: readSearchText(reading) }),
  ]),
  ['HEADER', readHeader],
  ['BODY', (reading) => ({ kind: 'body', text: readSearchText(reading) })],
  ['TEXT', (reading) => ({ kind: 'text', text: readSearchText(reading) })],
  ...(['before', 'on', 'since'] as const).flatMap((is): [string, KeyReader][] =>
    (['internal', 'sent', 'saved'] as const).map((of) => [
      `${of === 'internal' ? '' : of.toUpperCase()}${is.toUpperCase()}`,
      (reading) => ({ kind: 'date', of, is, day: spaced(reading, readDay) }),
    ]),
  ),
  ['SAVEDATESUPPORTED', () => ({ kind: 'saveDateSupported' })],
  ['LARGER', (reading) => ({ kind: 'size', is: 'larger', octets: spaced(reading, readNumber64) })],
  ['SMALLER', (reading) => ({ kind: 'size', is: 'smaller', octets: spaced(reading, readNumber64) })],
  ['YOUNGER', (reading) => ({ kind: 'within', is: 'younger', seconds: spaced(reading, readNzNumber) })],
  ['OLDER', (reading) => ({ kind: 'within', is: 'older', seconds: spaced(reading, readNzNumber) })],
  ['MODSEQ', (reading) => ({ kind: 'modseq', modseq: spaced(reading, readModseq) })],
  ['EMAILID', (reading) => ({ kind: 'emailId', id: spaced(reading, readObjectId) })],
  ['THREADID', (reading) => ({ kind: 'threadId', id: spaced(reading, readObjectId) })],
  ['UID', (reading) => ({ kind: 'uids', set: spaced(reading, readSequenceSet) })],
  ['NOT', (reading) => not(spacedKey(reading))],
  ['OR', (reading) => ({ kind: 'or', keys: [spacedKey(reading), spacedKey(reading)] })],
]);

function spaced<T>({ cursor }: Reading, read: (cursor: Cursor) => T): T {
  expectSpace(cursor);
  return read(cursor);
}

function spacedKey(reading: Reading): SearchKey {
  expectSpace(reading.cursor);
  return readKey(reading);
}

function readObjectId(cursor: Cursor): string {
  return expectMatch(cursor, /[A-Za-z0-9_-]{1,255}(?=[ )]|$)/y, 'Object id');
}

/** `"HEADER" SP header-fld-name SP astring`. */
function readHeader(reading: Reading): SearchKey {
  const field = spaced(reading, (cursor) => readAstring(cursor, 'Field name')).toLowerCase();
  return { kind: 'header', field, text: readSearchText(reading) };
}

function readSearchText(reading: Reading): string {
  const { cursor, decode } = reading;
  expectSpace(cursor);
  reading.texts += 1;
  if (reading.texts > MAX_TEXTS) throw bad(cursor, 'Too many texts in one search', 'tooMuch');
  const start = cursor.offset;
  const octets = readAstring(cursor);
  const text = octets.length <= MAX_TEXT ? decode(octets) : undefined;
  if (text !== undefined) return text;
  cursor.offset = start;
  if (octets.length > MAX_TEXT) throw bad(cursor, 'The text to look for is too long', 'tooMuch');
  throw bad(cursor, 'The text does not fit its charset');
}

/** `"MODSEQ" [search-modseq-ext] SP mod-sequence-valzer` (RFC 7162 §7). */
function readModseq(cursor: Cursor): number {
  if (peek(cursor) === '"') {
    readAstring(cursor, 'Entry name');
    expectSpace(cursor);
    if (takeMatch(cursor, /(?:priv|shared|all)(?= )/iy) === undefined)
      throw bad(cursor, 'priv, shared or all expected');
    expectSpace(cursor);
  }
  return readNumber64(cursor);
}
