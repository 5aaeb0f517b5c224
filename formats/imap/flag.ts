/** Flags and keywords (RFC 9051 §2.3.2). */
import { type Cursor, bad, peek, readList, take } from './cursor.ts';
import { readAtom } from './string.ts';

/** Octets of a keyword. */
const MAX_KEYWORD = 255;

const SYSTEM: ReadonlyMap<string, string> = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '\\Recent'].map((flag) => [flag.toUpperCase(), flag]),
);

/** `flag`: a system flag in the case of the RFC, another `\Extension` or a keyword as written. */
export function readFlag(cursor: Cursor): string {
  const start = cursor.offset;
  const mark = take(cursor, '\\') ? '\\' : '';
  const flag = mark + readAtom(cursor, 'Flag');
  if (flag.length > MAX_KEYWORD) {
    cursor.offset = start;
    throw bad(cursor, 'Keyword too long', 'tooMuch');
  }
  return mark === '' ? flag : (SYSTEM.get(flag.toUpperCase()) ?? flag);
}

/** `flag-list`. */
export function readFlagList(cursor: Cursor): string[] {
  return readList(cursor, readFlag);
}

/** `store-att-flags` takes the flags also without parentheses. */
export function readFlags(cursor: Cursor): string[] {
  if (peek(cursor) === '(') return readFlagList(cursor);
  const flags = [readFlag(cursor)];
  while (take(cursor, ' ')) flags.push(readFlag(cursor));
  return flags;
}
