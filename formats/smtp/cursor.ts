/** A position in one command line. Readers move it forward or throw BadSyntax at the first offset that does not fit. */
import { BadSyntax, type Problem } from './bad-syntax.ts';

export interface Cursor {
  readonly text: string;
  offset: number;
  /** The fault reported from here on: a reader narrows it before reading an address or a value. */
  problem: Problem;
}

export function openCursor(text: string, problem: Problem = 'syntax'): Cursor {
  return { text, offset: 0, problem };
}

/** Moves past `literal`, letter case ignored (RFC 5321 §2.4), or stays and answers false. */
export function take(cursor: Cursor, literal: string): boolean {
  const end = cursor.offset + literal.length;
  if (cursor.text.slice(cursor.offset, end).toUpperCase() !== literal.toUpperCase()) return false;
  cursor.offset = end;
  return true;
}

export function expect(cursor: Cursor, literal: string): void {
  if (!take(cursor, literal)) throw new BadSyntax(cursor.problem, cursor.offset);
}

/** Reads what a sticky pattern matches here, or undefined. Patterns must be linear: they meet hostile text. */
export function takeMatch(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.offset;
  const found = sticky.exec(cursor.text)?.[0];
  if (found === undefined) return undefined;
  cursor.offset += found.length;
  return found;
}

export function expectMatch(cursor: Cursor, sticky: RegExp): string {
  const found = takeMatch(cursor, sticky);
  if (found === undefined) throw new BadSyntax(cursor.problem, cursor.offset);
  return found;
}

export function isAtEnd(cursor: Cursor): boolean {
  return cursor.offset >= cursor.text.length;
}

export function expectEnd(cursor: Cursor): void {
  if (!isAtEnd(cursor)) throw new BadSyntax(cursor.problem, cursor.offset);
}
