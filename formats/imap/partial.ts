/** `partial-range` (RFC 9394 §4): a page of a result or of a set. */
import { type Cursor, bad, expect, take } from './cursor.ts';
import { readNzNumber } from './string.ts';

/** The n-th to m-th, counted from 1; from the end for `-1:-100`. `first <= last`, however they were written. */
export interface PartialRange {
  readonly first: number;
  readonly last: number;
  readonly isFromEnd: boolean;
}

export function readPartialRange(cursor: Cursor): PartialRange {
  const isFromEnd = take(cursor, '-');
  const a = readNzNumber(cursor);
  expect(cursor, ':');
  if (take(cursor, '-') !== isFromEnd) throw bad(cursor, 'Both ends count from the start, or both from the end');
  const b = readNzNumber(cursor);
  return { first: Math.min(a, b), last: Math.max(a, b), isFromEnd };
}

/** As the answer repeats it. */
export function printPartialRange({ first, last, isFromEnd }: PartialRange): string {
  return isFromEnd ? `-${first}:-${last}` : `${first}:${last}`;
}

/** Where the page lies in `length` results: [start, end). */
export function partialSpan({ first, last, isFromEnd }: PartialRange, length: number): { start: number; end: number } {
  if (isFromEnd) return { start: Math.max(0, length - last), end: Math.max(0, length - first + 1) };
  return { start: Math.min(first - 1, length), end: Math.min(last, length) };
}
