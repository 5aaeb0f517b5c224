/** What FETCH asks for (RFC 9051 §6.4.5 and extensions). Macros are spelled out by the reader. */
import {
  type Cursor,
  bad,
  expect,
  expectMatch,
  expectSpace,
  peek,
  readFilledList,
  readList,
  take,
  takeMatch,
} from './cursor.ts';
import { type PartialRange, readPartialRange } from './partial.ts';
import { type SequenceSet, readSequenceSet } from './sequence-set.ts';
import { printAstring, readAstring, readNumber64 } from './string.ts';

export interface FetchCommand {
  readonly kind: 'fetch';
  readonly byUid: boolean;
  readonly set: SequenceSet;
  readonly items: readonly FetchItem[];
  /** RFC 7162 §3.1.4.1 */
  readonly changedSince: number | undefined;
  /** RFC 7162 §3.2.6; only with byUid and changedSince. */
  readonly isVanished: boolean;
  /** RFC 9394 §3.2; only with byUid. */
  readonly partial: PartialRange | undefined;
}

export type FetchItem =
  | {
      readonly kind:
        | 'uid'
        | 'flags'
        | 'internalDate'
        | 'size'
        | 'envelope'
        | 'body'
        | 'bodyStructure'
        | 'modseq'
        | 'emailId'
        | 'threadId'
        | 'saveDate';
    }
  /** RFC 8970 */
  | { readonly kind: 'preview'; readonly isLazy: boolean }
  | FetchSection
  | FetchBinary
  /** BINARY.SIZE (RFC 9051 §6.4.5.1). */
  | { readonly kind: 'binarySize'; readonly path: readonly number[]; readonly label: string };

/** BODY[…], BODY.PEEK[…], and RFC822, RFC822.HEADER (peeks), RFC822.TEXT of IMAP4rev1. */
export interface FetchSection {
  readonly kind: 'section';
  readonly isPeek: boolean;
  readonly section: Section;
  readonly partial: OctetRange | undefined;
  /** How the answer names it, `BODY[HEADER.FIELDS (DATE FROM)]<0>`: octets, printed as they are. */
  readonly label: string;
}

/** BINARY[…] and BINARY.PEEK[…]: transfer encoding undone. An empty path is the whole message. */
export interface FetchBinary {
  readonly kind: 'binary';
  readonly isPeek: boolean;
  readonly path: readonly number[];
  readonly partial: OctetRange | undefined;
  readonly label: string;
}

/** `<offset.length>`: at most `length` octets from `offset`; both below 2^63, kept exact below 2^53. */
export interface OctetRange {
  readonly offset: number;
  readonly length: number;
}

/** RFC 9051 §6.4.5.1. An empty path is the message itself; MIME needs a path. */
export interface Section {
  readonly path: readonly number[];
  readonly text: SectionText;
}

export type SectionText =
  /** The part itself, or the whole message. */
  | { readonly kind: 'all' }
  | { readonly kind: 'header' | 'text' | 'mime' }
  /** `names` are lower case, in the order asked for. */
  | { readonly kind: 'headerFields' | 'headerFieldsNot'; readonly names: readonly string[] };

/** Items of one FETCH, field names of one section, numbers of one path. */
const MAX_ITEMS = 200;
const MAX_FIELDS = 200;
const MAX_PATH = 100;

type Plain = Exclude<FetchItem['kind'], 'preview' | 'section' | 'binary' | 'binarySize'>;

const PLAIN: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ['UID', 'uid'],
  ['FLAGS', 'flags'],
  ['INTERNALDATE', 'internalDate'],
  ['RFC822.SIZE', 'size'],
  ['ENVELOPE', 'envelope'],
  ['BODY', 'body'],
  ['BODYSTRUCTURE', 'bodyStructure'],
  ['MODSEQ', 'modseq'],
  ['EMAILID', 'emailId'],
  ['THREADID', 'threadId'],
  ['SAVEDATE', 'saveDate'],
]);

const FAST: readonly Plain[] = ['flags', 'internalDate', 'size'];
const MACROS: ReadonlyMap<string, readonly Plain[]> = new Map([
  ['FAST', FAST],
  ['ALL', [...FAST, 'envelope'] as const],
  ['FULL', [...FAST, 'envelope', 'body'] as const],
]);

/** What follows FETCH: `SP sequence-set SP items [SP fetch-modifiers]`. */
export function readFetch(cursor: Cursor, byUid: boolean): FetchCommand {
  expectSpace(cursor);
  const set = readSequenceSet(cursor);
  expectSpace(cursor);
  const items = readItems(cursor);
  const modifiers = take(cursor, ' ') ? readModifiers(cursor, byUid) : NO_MODIFIERS;
  return { kind: 'fetch', byUid, set, items, ...modifiers };
}

/** `fetch-att`. */
export function readFetchItem(cursor: Cursor): FetchItem {
  const start = cursor.offset;
  const name = expectMatch(cursor, /[A-Za-z0-9.]{1,20}/y, 'FETCH item').toUpperCase();
  if (peek(cursor) === '[') return readBracketed(cursor, name);
  const kind = PLAIN.get(name);
  if (kind !== undefined) return { kind };
  if (name === 'PREVIEW') return { kind: 'preview', isLazy: takeMatch(cursor, / \(LAZY\)/iy) !== undefined };
  const section = RFC822.get(name);
  if (section !== undefined) return section;
  cursor.offset = start;
  throw bad(cursor, 'Unknown FETCH item');
}

const RFC822: ReadonlyMap<string, FetchSection> = new Map([
  ['RFC822', rfc822('RFC822', 'all', false)],
  ['RFC822.HEADER', rfc822('RFC822.HEADER', 'header', true)],
  ['RFC822.TEXT', rfc822('RFC822.TEXT', 'text', false)],
]);

/** RFC 3501 §6.4.5 */
function rfc822(label: string, text: 'all' | 'header' | 'text', isPeek: boolean): FetchSection {
  return { kind: 'section', isPeek, section: { path: [], text: { kind: text } }, partial: undefined, label };
}

function readItems(cursor: Cursor): readonly FetchItem[] {
  if (peek(cursor) === '(') {
    const items = readFilledList(cursor, readFetchItem);
    if (items.length > MAX_ITEMS) throw bad(cursor, 'Too many FETCH items', 'tooMuch');
    return items;
  }
  const macro = takeMatch(cursor, /(?:ALL|FAST|FULL)(?= |$)/iy);
  const plain = macro === undefined ? undefined : MACROS.get(macro.toUpperCase());
  return plain === undefined ? [readFetchItem(cursor)] : plain.map((kind) => ({ kind }));
}

function readBracketed(cursor: Cursor, name: string): FetchItem {
  const isPeek = name.endsWith('.PEEK');
  switch (isPeek ? name.slice(0, -5) : name) {
    case 'BODY': {
      const section = readSection(cursor);
      const partial = readPartial(cursor);
      const label = `BODY[${printSection(section)}]${printOrigin(partial)}`;
      return { kind: 'section', isPeek, section, partial, label };
    }
    case 'BINARY': {
      const path = readBinaryPath(cursor);
      const partial = readPartial(cursor);
      return { kind: 'binary', isPeek, path, partial, label: `BINARY[${path.join('.')}]${printOrigin(partial)}` };
    }
    case 'BINARY.SIZE': {
      if (isPeek) break;
      const path = readBinaryPath(cursor);
      return { kind: 'binarySize', path, label: `BINARY.SIZE[${path.join('.')}]` };
    }
  }
  throw bad(cursor, `${name} has no section`);
}

/** `section`. */
function readSection(cursor: Cursor): Section {
  expect(cursor, '[');
  const path = readPath(cursor);
  // After a path only a dot leads to more; without one the whole message is named.
  const hasText = path.length === 0 ? peek(cursor) !== ']' : take(cursor, '.');
  const text: SectionText = hasText ? readSectionText(cursor, path.length > 0) : { kind: 'all' };
  expect(cursor, ']');
  return { path, text };
}

/** `section-text`, or `section-msgtext` where there is no path. */
function readSectionText(cursor: Cursor, hasPath: boolean): SectionText {
  if (take(cursor, 'HEADER.FIELDS.NOT ')) return { kind: 'headerFieldsNot', names: readHeaderList(cursor) };
  if (take(cursor, 'HEADER.FIELDS ')) return { kind: 'headerFields', names: readHeaderList(cursor) };
  if (take(cursor, 'HEADER')) return { kind: 'header' };
  if (take(cursor, 'TEXT')) return { kind: 'text' };
  if (hasPath && take(cursor, 'MIME')) return { kind: 'mime' };
  throw bad(cursor, hasPath ? 'HEADER, TEXT or MIME expected' : 'HEADER or TEXT expected');
}

/** `header-list`, lower case. A name that no field can have is refused (RFC 5322 §2.2). */
function readHeaderList(cursor: Cursor): string[] {
  const names = readFilledList(cursor, (within) => {
    const start = within.offset;
    const name = readAstring(within, 'Field name');
    if (/^[!-9;-~]{1,998}$/.test(name)) return name.toLowerCase();
    within.offset = start;
    throw bad(within, 'No field can have this name');
  });
  if (names.length > MAX_FIELDS) throw bad(cursor, 'Too many field names', 'tooMuch');
  return names;
}

/** `section-part`, or nothing. */
function readPath(cursor: Cursor): number[] {
  const numbers = takeMatch(cursor, /[1-9]\d{0,8}(?:\.[1-9]\d{0,8})*/y)?.split('.') ?? [];
  if (numbers.length > MAX_PATH) throw bad(cursor, 'Section too deep', 'tooMuch');
  return numbers.map(Number);
}

function readBinaryPath(cursor: Cursor): number[] {
  expect(cursor, '[');
  const path = readPath(cursor);
  expect(cursor, ']');
  return path;
}

/** `partial`: `<offset.length>`. */
function readPartial(cursor: Cursor): OctetRange | undefined {
  if (!take(cursor, '<')) return undefined;
  const offset = readNumber64(cursor);
  expect(cursor, '.');
  const length = readNumber64(cursor);
  if (length === 0) throw bad(cursor, 'A range of no octets');
  expect(cursor, '>');
  return { offset, length };
}

function printSection({ path, text }: Section): string {
  const what = printSectionText(text);
  return path.length > 0 && what !== '' ? `${path.join('.')}.${what}` : path.join('.') + what;
}

function printSectionText(text: SectionText): string {
  switch (text.kind) {
    case 'all':
      return '';
    case 'header':
    case 'text':
    case 'mime':
      return text.kind.toUpperCase();
    case 'headerFields':
      return `HEADER.FIELDS ${printHeaderList(text.names)}`;
    case 'headerFieldsNot':
      return `HEADER.FIELDS.NOT ${printHeaderList(text.names)}`;
  }
}

/** Upper case, as most programs ask and all compare. */
function printHeaderList(names: readonly string[]): string {
  return `(${names.map((name) => printAstring(name.toUpperCase())).join(' ')})`;
}

function printOrigin(partial: OctetRange | undefined): string {
  return partial === undefined ? '' : `<${partial.offset}>`;
}

type Modifiers = Pick<FetchCommand, 'changedSince' | 'isVanished' | 'partial'>;

const NO_MODIFIERS: Modifiers = { changedSince: undefined, isVanished: false, partial: undefined };

/** `fetch-modifiers` (RFC 4466 §2.4). */
function readModifiers(cursor: Cursor, byUid: boolean): Modifiers {
  const modifiers: { -readonly [K in keyof Modifiers]: Modifiers[K] } = { ...NO_MODIFIERS };
  readList(cursor, (within) => {
    if (take(within, 'CHANGEDSINCE ')) modifiers.changedSince = readNumber64(within);
    else if (byUid && take(within, 'VANISHED')) modifiers.isVanished = true;
    else if (byUid && take(within, 'PARTIAL ')) modifiers.partial = readPartialRange(within);
    else throw bad(within, byUid ? 'Unknown FETCH modifier' : 'Unknown FETCH modifier, or one of UID FETCH');
  });
  if (modifiers.isVanished && modifiers.changedSince === undefined)
    throw bad(cursor, 'VANISHED needs CHANGEDSINCE beside it');
  return modifiers;
}
