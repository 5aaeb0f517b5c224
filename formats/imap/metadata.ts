/** GETMETADATA and SETMETADATA (RFC 5464 §4.2, §4.3). */
import { type Cursor, bad, expectSpace, peek, readFilledList, take } from './cursor.ts';
import { readMailbox } from './mailbox.ts';
import { readAstring, readNstring, readNumber, readOneOrMany, takeLiteral } from './string.ts';

export interface GetMetadataCommand {
  readonly kind: 'getMetadata';
  /** '' for the server's own. */
  readonly mailbox: string;
  /** Lower case. */
  readonly entries: readonly string[];
  /** Values longer than this many octets are left out and announced by LONGENTRIES. */
  readonly maxSizeOctets: number | undefined;
  readonly depth: 0 | 1 | 'infinity';
}

/** `value` is octets; null removes the entry. */
export interface MetadataValue {
  readonly entry: string;
  readonly value: string | null;
}

/** Octets of an entry's name. */
const MAX_ENTRY = 1_024;

/**
 * What follows GETMETADATA. The grammar has the options before the mailbox, the RFC's own examples after it (RFC 5464 §4.2.1): both are
 * read.
 */
export function readGetMetadata(cursor: Cursor): GetMetadataCommand {
  const options = { maxSizeOctets: undefined, depth: 0 } as const satisfies Options;
  expectSpace(cursor);
  const before = peek(cursor) === '(' ? readOptions(cursor) : undefined;
  if (before !== undefined) expectSpace(cursor);
  const mailbox = readMetadataMailbox(cursor);
  expectSpace(cursor);
  const after = before === undefined && hasOptions(cursor) ? readOptions(cursor) : undefined;
  if (after !== undefined) expectSpace(cursor);
  const entries = readEntries(cursor);
  return { kind: 'getMetadata', mailbox, entries, ...(before ?? after ?? options) };
}

/** `entries`: one or a list, lower case. */
export function readEntries(cursor: Cursor): string[] {
  return readOneOrMany(cursor, (within) => readFilledList(within, readEntry), readEntry);
}

/** What follows SETMETADATA: `SP mailbox SP entry-values`. */
export function readSetMetadata(cursor: Cursor): {
  readonly kind: 'setMetadata';
  readonly mailbox: string;
  readonly values: readonly MetadataValue[];
} {
  expectSpace(cursor);
  const mailbox = readMetadataMailbox(cursor);
  expectSpace(cursor);
  const values = readFilledList(cursor, (within) => {
    const entry = readEntry(within);
    expectSpace(within);
    return { entry, value: readValue(within) };
  });
  return { kind: 'setMetadata', mailbox, values };
}

interface Options {
  readonly maxSizeOctets: number | undefined;
  readonly depth: 0 | 1 | 'infinity';
}

function readMetadataMailbox(cursor: Cursor): string {
  return take(cursor, '""') ? '' : readMailbox(cursor);
}

function hasOptions(cursor: Cursor): boolean {
  return peek(cursor) === '(' && /[MD]/i.test(cursor.text.charAt(cursor.offset + 1));
}

function readOptions(cursor: Cursor): Options {
  let maxSizeOctets: number | undefined;
  let depth: Options['depth'] = 0;
  readFilledList(cursor, (within) => {
    if (take(within, 'MAXSIZE ')) maxSizeOctets = readNumber(within);
    else if (take(within, 'DEPTH ')) depth = readDepth(within);
    else throw bad(within, 'MAXSIZE or DEPTH expected');
  });
  return { maxSizeOctets, depth };
}

function readDepth(cursor: Cursor): Options['depth'] {
  if (take(cursor, '0')) return 0;
  if (take(cursor, '1')) return 1;
  if (take(cursor, 'infinity')) return 'infinity';
  throw bad(cursor, '0, 1 or infinity expected');
}

/** `entry` (RFC 5464 §3.2): ASCII, slashes not doubled nor last, no wildcards. */
function readEntry(cursor: Cursor): string {
  const start = cursor.offset;
  const entry = readAstring(cursor, 'Entry').toLowerCase();
  if (entry.length <= MAX_ENTRY && /^(?:\/[!-$&-)+-.0-~]+)+$/.test(entry)) return entry;
  cursor.offset = start;
  throw bad(cursor, 'An entry is /private/… or /shared/…, without *, % or //');
}

function readValue(cursor: Cursor): string | null {
  if (peek(cursor) !== '~') return readNstring(cursor, 'Value');
  const start = cursor.offset;
  const literal = takeLiteral(cursor);
  if (literal?.octets.kind === 'inline') return literal.octets.octets;
  cursor.offset = start;
  throw bad(cursor, 'Value expected');
}
