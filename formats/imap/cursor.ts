/** A position in one command. Readers move it forward or throw BadSyntax at the first offset that does not fit. */
import { BadSyntax, type Problem } from './bad-syntax.ts';

export interface Cursor {
  /** Octets, one a character. */
  readonly text: string;
  /** Offsets where the octets of a literal were taken aside, ascending. */
  readonly aside: readonly number[];
  /** Mailbox names are UTF-8 instead of modified UTF-7 (RFC 9051 §5.1, RFC 6855 §3). */
  readonly isUtf8: boolean;
  offset: number;
}

/** Entries of one list in parentheses, whatever it lists. */
const MAX_LISTED = 1_000;

export function openCursor(text: string, aside: readonly number[] = [], isUtf8 = false): Cursor {
  return { text, aside, isUtf8, offset: 0 };
}

/** What a reader throws: `throw bad(cursor, …)`. */
export function bad(cursor: Cursor, sentence: string, problem: Problem = 'syntax'): BadSyntax {
  return new BadSyntax(sentence, cursor.offset, problem);
}

/** Moves past `literal`, letter case ignored (RFC 9051 §9), or stays and answers false. */
export function take(cursor: Cursor, literal: string): boolean {
  const end = cursor.offset + literal.length;
  const found = cursor.text.slice(cursor.offset, end);
  if (found !== literal && found.toUpperCase() !== literal.toUpperCase()) return false;
  cursor.offset = end;
  return true;
}

export function expect(cursor: Cursor, literal: string): void {
  if (!take(cursor, literal)) throw bad(cursor, `"${literal}" expected`);
}

export function expectSpace(cursor: Cursor): void {
  if (cursor.text.charAt(cursor.offset) !== ' ') throw bad(cursor, 'Space expected');
  cursor.offset += 1;
}

/** Reads what a sticky pattern matches here, or undefined. Patterns must be linear: they meet hostile text. */
export function takeMatch(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.offset;
  const found = sticky.exec(cursor.text)?.[0];
  if (found === undefined) return undefined;
  cursor.offset += found.length;
  return found;
}

/** @param what the production, for the sentence: `Date expected`. */
export function expectMatch(cursor: Cursor, sticky: RegExp, what: string): string {
  const found = takeMatch(cursor, sticky);
  if (found === undefined) throw bad(cursor, `${what} expected`);
  return found;
}

export function peek(cursor: Cursor): string {
  return cursor.text.charAt(cursor.offset);
}

export function isAtEnd(cursor: Cursor): boolean {
  return cursor.offset >= cursor.text.length;
}

export function expectEnd(cursor: Cursor): void {
  if (!isAtEnd(cursor)) throw bad(cursor, 'End of command expected');
}

/** `"(" [item *(SP item)] ")"`. */
export function readList<T>(cursor: Cursor, readItem: (cursor: Cursor) => T): T[] {
  expect(cursor, '(');
  const items: T[] = [];
  if (take(cursor, ')')) return items;
  for (;;) {
    items.push(readItem(cursor));
    if (take(cursor, ')')) return items;
    expectSpace(cursor);
    if (items.length >= MAX_LISTED) throw bad(cursor, 'Too many entries in one list', 'tooMuch');
  }
}

/** As `readList`, at least one. */
export function readFilledList<T>(cursor: Cursor, readItem: (cursor: Cursor) => T): T[] {
  const items = readList(cursor, readItem);
  if (items.length === 0) throw bad(cursor, 'The list may not be empty');
  return items;
}

/** One of `words`, letter case ignored, as it stands in the list. */
export function readWord<W extends string>(cursor: Cursor, words: ReadonlyMap<string, W>, what: string): W {
  const start = cursor.offset;
  const word = words.get(expectMatch(cursor, /[A-Za-z0-9.-]{1,40}/y, what).toUpperCase());
  if (word === undefined) {
    cursor.offset = start;
    throw bad(cursor, `${what} expected`);
  }
  return word;
}
