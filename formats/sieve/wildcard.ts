/**
 * `:matches` patterns (RFC 5228 §2.7.1): `*` any run, `?` one character, `\` takes what follows as it is. Each `*` takes as little as it can,
 * from the left (RFC 5229 §3.2), so pieces between stars are found one after another and nothing is tried twice.
 */

import { finderOf } from '#formats/text/find.ts';

export interface Wildcard {
  /** Pieces between the stars: at least one. */
  readonly pieces: readonly Piece[];
}

interface Piece {
  /** As code points; -1 for `?`. */
  readonly points: readonly number[];
  /** The text where there is no `?` in it. */
  readonly text: string | null;
  /** Finds that text. */
  readonly find: (text: string, from: number) => number;
  /** How many `?`. */
  readonly wild: number;
}

export function compileWildcard(pattern: string): Wildcard {
  const pieces: Piece[] = [];
  let points: number[] = [];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      pieces.push(makePiece(points));
      points = [];
    } else if (character === '?') points.push(-1);
    else if (character === '\\' && at + 1 < characters.length) points.push(characters[++at]?.codePointAt(0) ?? 0);
    else points.push(character.codePointAt(0) ?? 0);
  }
  pieces.push(makePiece(points));
  return { pieces };
}

function makePiece(points: readonly number[]): Piece {
  const wild = points.filter((point) => point < 0).length;
  const text = wild > 0 ? null : points.map((point) => String.fromCodePoint(point)).join('');
  return { points, text, wild, find: finderOf(text ?? '') };
}

/** What is found: offsets of everything that `*` and `?` stood for, in order; null where the pattern does not fit. */
export type Captured = readonly (readonly [start: number, end: number])[];

/** @param spend is told of the work, in comparisons of one character; it throws when there is too much. */
export function matchWildcard({ pieces }: Wildcard, text: string, spend: (work: number) => void): Captured | null {
  const captured: [number, number][] = [];
  const [first, ...others] = pieces;
  if (first === undefined) return text === '' ? captured : null;
  const start = matchPiece(first, text, 0, captured);
  if (start < 0) return null;
  if (others.length === 0) return start === text.length ? captured : null;
  let at = start;
  for (const [index, piece] of others.entries()) {
    const isLast = index === others.length - 1;
    const found = isLast ? findAtEnd(piece, text, at) : findPiece(piece, text, at, spend);
    if (found < 0) return null;
    captured.push([at, found]);
    at = matchPiece(piece, text, found, captured);
    if (at < 0) return null;
  }
  return captured;
}

/** After the piece at `from`, or -1; what its `?` stood for is added. */
function matchPiece(piece: Piece, text: string, from: number, captured: [number, number][] | null): number {
  if (piece.text !== null) return text.startsWith(piece.text, from) ? from + piece.text.length : -1;
  let at = from;
  const kept = captured?.length ?? 0;
  for (const point of piece.points) {
    const found = text.codePointAt(at);
    if (found === undefined || (point >= 0 && found !== point)) {
      if (captured !== null) captured.length = kept;
      return -1;
    }
    const next = at + (found > 0xffff ? 2 : 1);
    if (point < 0) captured?.push([at, next]);
    at = next;
  }
  return at;
}

function findPiece(piece: Piece, text: string, from: number, spend: (work: number) => void): number {
  if (piece.text !== null) {
    const found = piece.find(text, from);
    spend(((found < 0 ? text.length : found) - from) >> 6);
    return found;
  }
  for (let at = from; at <= text.length; at++) {
    spend(piece.points.length);
    if (!isInsidePair(text, at) && matchPiece(piece, text, at, null) >= 0) return at;
  }
  return -1;
}

/** Where the last piece would begin, so that it ends with the text. */
function findAtEnd(piece: Piece, text: string, from: number): number {
  let at = text.length;
  for (let left = piece.points.length; left > 0; left--) {
    if (at <= from) return -1;
    at -= isInsidePair(text, at - 1) ? 2 : 1;
  }
  return at < from ? -1 : at;
}

/** Whether a low surrogate stands at `at` behind its high one. */
function isInsidePair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (!(unit >= 0xdc00 && unit < 0xe000) || at === 0) return false;
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before < 0xdc00;
}
