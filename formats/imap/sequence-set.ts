/**
 * Sets of sequence numbers or UIDs (RFC 9051 §9, sequence-set): compact ranges in the order they were written, `*` kept as it is, because what it means
 * is known only when the mailbox is looked at.
 */
import { type Cursor, bad, peek, take } from './cursor.ts';
import { readNzNumber } from './string.ts';

/** Ranges of one set. A line of 64 kB holds no more. */
const MAX_RANGES = 32_768;
/** Stands for `*` in `pairs`: numbers are never 0. */
export const STAR = 0;

export type SequenceSet =
  /** from, to, from, to …; either may be STAR, and `from` may be the larger. */
  | { readonly kind: 'ranges'; readonly pairs: Uint32Array }
  /** `$`: what the last SEARCH RETURN (SAVE) found (RFC 9051 §6.4.4.1). */
  | { readonly kind: 'saved' };

/** Ranges without STAR, ascending, none touching another: from, to, from, to …, both inclusive. */
export type Ranges = Uint32Array;

/** Reads `sequence-set`. @throws {BadSyntax} */
export function readSequenceSet(cursor: Cursor): SequenceSet {
  if (take(cursor, '$')) return { kind: 'saved' };
  const pairs: number[] = [];
  do {
    if (pairs.length >= MAX_RANGES * 2) throw bad(cursor, 'Too many ranges in one set', 'tooMuch');
    const from = readSeqNumber(cursor);
    pairs.push(from, take(cursor, ':') ? readSeqNumber(cursor) : from);
  } while (take(cursor, ','));
  return { kind: 'ranges', pairs: Uint32Array.from(pairs) };
}

/** A set of plain numbers, ascending or not: `known-uids` (RFC 7162 §7). */
export function readPlainSet(cursor: Cursor): SequenceSet {
  const start = cursor.offset;
  const set = readSequenceSet(cursor);
  if (set.kind === 'ranges' && !set.pairs.includes(STAR)) return set;
  cursor.offset = start;
  throw bad(cursor, 'Only numbers may stand here, not * or $');
}

/** `seq-number`. */
function readSeqNumber(cursor: Cursor): number {
  if (take(cursor, '*')) return STAR;
  if (peek(cursor) < '0' || peek(cursor) > '9') throw bad(cursor, 'Sequence set expected');
  return readNzNumber(cursor);
}

/**
 * The set in order, `*` being `last`; 0 in an empty mailbox, where ranges with `*` name nothing.
 *
 * `559:*` names the last email even when its UID is below 559 (RFC 9051 §6.4.9): ranges are turned the right way round.
 */
export function resolveSet(pairs: Uint32Array, last: number): Ranges {
  const ranges: number[] = [];
  let isSorted = true;
  for (let at = 0; at < pairs.length; at += 2) {
    const a = pairs[at] || last;
    const b = pairs[at + 1] || last;
    const from = Math.min(a, b);
    const to = Math.max(a, b);
    if (from === 0) continue;
    const before = ranges.length - 1;
    if (before > 0 && from < (ranges[before] ?? 0)) isSorted = false;
    ranges.push(from, to);
  }
  return merge(isSorted ? ranges : sortPairs(ranges));
}

/** @returns the set as numbers in order; they are numbers already. */
export function rangesOf(numbers: Uint32Array, length = numbers.length): Ranges {
  const ranges: number[] = [];
  for (let at = 0; at < length; at++) {
    const number = numbers[at] ?? 0;
    if (ranges.length > 0 && ranges[ranges.length - 1] === number - 1) ranges[ranges.length - 1] = number;
    else ranges.push(number, number);
  }
  return Uint32Array.from(ranges);
}

/** Whether `number` is in the set, by halving. */
export function isInRanges(ranges: Ranges, number: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle * 2 + 1] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low * 2 < ranges.length && (ranges[low * 2] ?? 0) <= number;
}

/** Numbers named, those that no email has included. */
export function countOf(ranges: Ranges): number {
  let count = 0;
  for (let at = 0; at < ranges.length; at += 2) count += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0) + 1;
  return count;
}

/**
 * Where the set's UIDs stand among `uids` (ascending, the first `length` of them): indices from 0, ascending. UIDs nobody has are passed over
 * (RFC 9051 §6.4.9). The cost is that of the ranges and of what is found, not of the mailbox.
 */
export function indicesOfUids(ranges: Ranges, uids: Uint32Array, length = uids.length): Uint32Array {
  const spans: number[] = [];
  let count = 0;
  let low = 0;
  for (let at = 0; at < ranges.length && low < length; at += 2) {
    const start = lowerBound(uids, ranges[at] ?? 0, low, length);
    const end = lowerBound(uids, (ranges[at + 1] ?? 0) + 1, start, length);
    spans.push(start, end);
    count += end - start;
    low = end;
  }
  return fill(spans, count);
}

/** Where sequence numbers stand, from 0; undefined when one is beyond `length`, which the client has no right to name (RFC 9051 §2.3.1.2). */
export function indicesOfNumbers(ranges: Ranges, length: number): Uint32Array | undefined {
  if ((ranges.at(-1) ?? 0) > length) return undefined;
  const spans = Array.from(ranges, (number, at) => (at % 2 === 0 ? number - 1 : number));
  return fill(spans, countOf(ranges));
}

/** `uid-set`, `sequence-set`: `1:5,7`. */
export function printRanges(ranges: Ranges): string {
  let printed = '';
  for (let at = 0; at < ranges.length; at += 2) {
    const from = ranges[at] ?? 0;
    const to = ranges[at + 1] ?? 0;
    if (at > 0) printed += ',';
    printed += from === to ? `${from}` : `${from}:${to}`;
  }
  return printed;
}

/** Numbers in the order given, neighbours that follow each other joined: for SORT with PARTIAL, for COPYUID. */
export function printInOrder(numbers: Iterable<number>): string {
  const parts: string[] = [];
  let from = 0;
  let to = 0;
  const flush = (): void => {
    if (from > 0) parts.push(from === to ? `${from}` : `${from}:${to}`);
  };
  for (const number of numbers) {
    if (from > 0 && number === to + 1) to = number;
    else {
      flush();
      from = number;
      to = number;
    }
  }
  flush();
  return parts.join(',');
}

/** First index in [low, high) whose number is at least `number`. */
function lowerBound(numbers: Uint32Array, number: number, low: number, high: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((numbers[middle] ?? 0) < number) from = middle + 1;
    else to = middle;
  }
  return from;
}

function fill(spans: readonly number[], count: number): Uint32Array {
  const indices = new Uint32Array(count);
  let filled = 0;
  for (let at = 0; at < spans.length; at += 2) {
    const end = spans[at + 1] ?? 0;
    for (let index = spans[at] ?? 0; index < end; index++) indices[filled++] = index;
  }
  return indices;
}

function sortPairs(ranges: readonly number[]): number[] {
  const order = Array.from({ length: ranges.length >> 1 }, (_, index) => index * 2);
  order.sort((a, b) => (ranges[a] ?? 0) - (ranges[b] ?? 0));
  return order.flatMap((at) => [ranges[at] ?? 0, ranges[at + 1] ?? 0]);
}

/** @param ranges ascending by `from`. */
function merge(ranges: readonly number[]): Ranges {
  const merged: number[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    const from = ranges[at] ?? 0;
    const to = ranges[at + 1] ?? 0;
    const last = merged.length - 1;
    if (last > 0 && from <= (merged[last] ?? 0) + 1) merged[last] = Math.max(merged[last] ?? 0, to);
    else merged.push(from, to);
  }
  return Uint32Array.from(merged);
}
