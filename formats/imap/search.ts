/** SEARCH, UID SEARCH, ESEARCH, SORT and THREAD (RFC 9051 §6.4.4, RFC 7377, RFC 5256, RFC 5957, RFC 9394). */
import { type Cursor, bad, expectSpace, readFilledList, readList, readWord, take } from './cursor.ts';
import { type MailboxFilter, readMailboxFilter } from './notify.ts';
import { type PartialRange, readPartialRange } from './partial.ts';
import { type SearchKey, readCharset, readSearchKeys } from './search-key.ts';
import { decodeUtf8 } from './utf8.ts';

/** Criteria of one SORT: more decide nothing. */
const MAX_CRITERIA = 20;

/** RETURN (…) (RFC 9051 §6.4.4, RFC 5182, RFC 9394); `RETURN ()` is ALL. */
export interface SearchReturn {
  readonly min: boolean;
  readonly max: boolean;
  readonly all: boolean;
  readonly count: boolean;
  readonly save: boolean;
  readonly partial: PartialRange | undefined;
}

export interface SearchCommand {
  readonly kind: 'search';
  readonly byUid: boolean;
  /** Undefined: SEARCH without RETURN, answered by `* SEARCH` unless IMAP4rev2 is on. */
  readonly returns: SearchReturn | undefined;
  readonly key: SearchKey;
}

/** RFC 7377: UIDs always. */
export interface EsearchCommand {
  readonly kind: 'esearch';
  readonly returns: SearchReturn;
  /** Undefined is the selected mailbox. */
  readonly sources: readonly MailboxFilter[] | undefined;
  readonly key: SearchKey;
}

export type SortField = 'arrival' | 'cc' | 'date' | 'from' | 'size' | 'subject' | 'to' | 'displayFrom' | 'displayTo';

export interface SortCriterion {
  readonly field: SortField;
  readonly isReverse: boolean;
}

export interface SortCommand {
  readonly kind: 'sort';
  readonly byUid: boolean;
  /** Undefined: answered by `* SORT`. */
  readonly returns: SearchReturn | undefined;
  readonly criteria: readonly SortCriterion[];
  readonly key: SearchKey;
}

export interface ThreadCommand {
  readonly kind: 'thread';
  readonly byUid: boolean;
  readonly algorithm: 'orderedSubject' | 'references';
  readonly key: SearchKey;
}

const SORT_FIELDS: ReadonlyMap<string, SortField> = new Map<string, SortField>([
  ['ARRIVAL', 'arrival'],
  ['CC', 'cc'],
  ['DATE', 'date'],
  ['FROM', 'from'],
  ['SIZE', 'size'],
  ['SUBJECT', 'subject'],
  ['TO', 'to'],
  ['DISPLAYFROM', 'displayFrom'],
  ['DISPLAYTO', 'displayTo'],
]);

const ALGORITHMS: ReadonlyMap<string, ThreadCommand['algorithm']> = new Map<string, ThreadCommand['algorithm']>([
  ['ORDEREDSUBJECT', 'orderedSubject'],
  ['REFERENCES', 'references'],
]);

/** What follows SEARCH: `[SP search-return-opts] SP search-program`. */
export function readSearch(cursor: Cursor, byUid: boolean): SearchCommand {
  const returns = takeReturn(cursor);
  expectSpace(cursor);
  return { kind: 'search', byUid, returns, key: readProgram(cursor) };
}

/** What follows ESEARCH (RFC 7377 §2.2). */
export function readEsearch(cursor: Cursor): EsearchCommand {
  const sources = take(cursor, ' IN ') ? readSources(cursor) : undefined;
  const returns = takeReturn(cursor) ?? RETURN_ALL;
  expectSpace(cursor);
  if (returns.save && sources !== undefined) throw bad(cursor, 'SAVE works in the selected mailbox only');
  return { kind: 'esearch', returns, sources, key: readProgram(cursor) };
}

/** What follows SORT: `[SP search-return-opts] SP sort-criteria SP charset 1*(SP search-key)` (RFC 5256 §5, RFC 5267 §5). */
export function readSort(cursor: Cursor, byUid: boolean): SortCommand {
  const returns = takeReturn(cursor);
  expectSpace(cursor);
  const criteria = readFilledList(cursor, readCriterion);
  if (criteria.length > MAX_CRITERIA) throw bad(cursor, 'Too many sort criteria', 'tooMuch');
  expectSpace(cursor);
  return { kind: 'sort', byUid, returns, criteria, key: readWithCharset(cursor) };
}

/** What follows THREAD: `SP thread-alg SP charset 1*(SP search-key)` (RFC 5256 §5). */
export function readThread(cursor: Cursor, byUid: boolean): ThreadCommand {
  expectSpace(cursor);
  const algorithm = readWord(cursor, ALGORITHMS, 'ORDEREDSUBJECT or REFERENCES');
  expectSpace(cursor);
  return { kind: 'thread', byUid, algorithm, key: readWithCharset(cursor) };
}

/** `search-program`. A text without CHARSET is UTF-8 (RFC 9051 §6.4.4). */
function readProgram(cursor: Cursor): SearchKey {
  if (!take(cursor, 'CHARSET ')) return readSearchKeys(cursor, decodeUtf8);
  return readWithCharset(cursor);
}

function readWithCharset(cursor: Cursor): SearchKey {
  const decode = readCharset(cursor);
  expectSpace(cursor);
  return readSearchKeys(cursor, decode);
}

const RETURN_ALL: SearchReturn = { min: false, max: false, all: true, count: false, save: false, partial: undefined };

/** `search-return-opts`; undefined where there are none. */
function takeReturn(cursor: Cursor): SearchReturn | undefined {
  if (!take(cursor, ' RETURN ')) return undefined;
  const returns: { -readonly [K in keyof SearchReturn]: SearchReturn[K] } = { ...RETURN_ALL, all: false };
  readList(cursor, (within) => {
    if (take(within, 'MIN')) returns.min = true;
    else if (take(within, 'MAX')) returns.max = true;
    else if (take(within, 'ALL')) returns.all = true;
    else if (take(within, 'COUNT')) returns.count = true;
    else if (take(within, 'SAVE')) returns.save = true;
    else if (returns.partial === undefined && take(within, 'PARTIAL ')) returns.partial = readPartialRange(within);
    else throw bad(within, 'Unknown RETURN option');
  });
  // RFC 9394 §3.1
  if (returns.all && returns.partial !== undefined) throw bad(cursor, 'ALL and PARTIAL exclude each other');
  const asksNothing = !returns.min && !returns.max && !returns.count && !returns.save && returns.partial === undefined;
  return asksNothing ? RETURN_ALL : returns;
}

/** `"(" source-mbox [SP "(" scope-options ")"] ")"` (RFC 7377 §2.2); no scope option is defined. */
function readSources(cursor: Cursor): MailboxFilter[] {
  const start = cursor.offset;
  const sources = readFilledList(cursor, readMailboxFilter);
  if (!sources.some((source) => source.kind === 'selectedDelayed')) return sources;
  cursor.offset = start;
  throw bad(cursor, 'selected-delayed means nothing to a search');
}

/** `sort-criterion`. */
function readCriterion(cursor: Cursor): SortCriterion {
  const isReverse = take(cursor, 'REVERSE ');
  return { field: readWord(cursor, SORT_FIELDS, 'Sort criterion'), isReverse };
}
