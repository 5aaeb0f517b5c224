/**
 * Regular expressions of the regex extension (draft-ietf-sieve-regex: POSIX extended, IEEE 1003.2), compiled to a small program. Only what a
 * finite automaton can do is taken, so back-references are faults and no text makes matching more than (program × text) steps.
 * `\d \w \s` and their capitals are understood too, because people write them; `*?` and its like read as their greedy forms.
 */

import { foldAscii, foldCase } from './fold.ts';

/** Instructions. `split` tries `next` before `other`. */
export type Instruction =
  | { readonly kind: 'set'; readonly has: (point: number) => boolean }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'jump'; next: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'match' };

export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  /** Groups, the whole match not counted. */
  readonly groups: number;
}

/** A pattern that cannot be used; `offset` counts UTF-16 units. */
export class BadRegex extends Error {
  override readonly name = 'BadRegex';
  readonly offset: number;
  /** It is well formed, but its program would be too large. */
  readonly isTooLarge: boolean;
  constructor(offset: number, isTooLarge = false) {
    super(`bad regex at offset ${offset}`);
    this.offset = offset;
    this.isTooLarge = isTooLarge;
  }
}

/** Which letters of the text come small: none, A to Z, or all (see fold.ts); the pattern's are made so too. */
export type Folding = 'none' | 'ascii' | 'unicode';

/** RE_DUP_MAX of POSIX. */
const MAX_REPEAT = 255;
const MAX_NESTING = 50;

interface Parser {
  readonly pattern: string;
  readonly folding: Folding;
  readonly maxInstructions: number;
  readonly code: Instruction[];
  at: number;
  groups: number;
  depth: number;
}

/** @throws {BadRegex} */
export function compileRegex(pattern: string, folding: Folding, maxInstructions: number): RegexProgram {
  const parser: Parser = { pattern, folding, maxInstructions, code: [], at: 0, groups: 0, depth: 0 };
  parseAlternatives(parser);
  if (parser.at < pattern.length) throw new BadRegex(parser.at);
  emit(parser, { kind: 'match' });
  return { instructions: parser.code, groups: parser.groups };
}

function emit(parser: Parser, instruction: Instruction): number {
  if (parser.code.length >= parser.maxInstructions) throw new BadRegex(parser.at, true);
  return parser.code.push(instruction) - 1;
}

/** `branch ("|" branch)*` */
function parseAlternatives(parser: Parser): void {
  const exits: { next: number }[] = [];
  for (;;) {
    const start = parser.code.length;
    parseBranch(parser);
    if (parser.pattern.charAt(parser.at) !== '|') break;
    parser.at++;
    // The split goes before the branch, which moves by one.
    insertSplit(parser, start, start + 1, parser.code.length + 2);
    const exit = { kind: 'jump' as const, next: 0 };
    emit(parser, exit);
    exits.push(exit);
  }
  for (const exit of exits) exit.next = parser.code.length;
}

/** Puts a split before the code from `start` on; jumps within that code move with it. `next` and `other` count after the move. */
function insertSplit(parser: Parser, start: number, next: number, other: number): void {
  shift(parser.code, start, 1);
  if (parser.code.length >= parser.maxInstructions) throw new BadRegex(parser.at, true);
  parser.code.splice(start, 0, { kind: 'split', next, other });
}

function shift(code: readonly Instruction[], start: number, by: number): void {
  for (const instruction of code.slice(start)) {
    if (instruction.kind === 'jump' || instruction.kind === 'split') {
      if (instruction.next >= start) instruction.next += by;
      if (instruction.kind === 'split' && instruction.other >= start) instruction.other += by;
    }
  }
}

function parseBranch(parser: Parser): void {
  while (parser.at < parser.pattern.length) {
    const character = parser.pattern.charAt(parser.at);
    if (character === '|' || (character === ')' && parser.depth > 0)) return;
    const start = parser.code.length;
    parseAtom(parser);
    parseRepeats(parser, start, character === '^' || character === '$');
  }
}

function parseAtom(parser: Parser): void {
  const { pattern } = parser;
  const character = pattern.charAt(parser.at);
  switch (character) {
    case '(': {
      parser.at++;
      if (++parser.depth > MAX_NESTING) throw new BadRegex(parser.at, true);
      // `(?:` is not of POSIX, but means the same to everybody who writes it.
      const isPlain = pattern.startsWith('?:', parser.at);
      if (isPlain) parser.at += 2;
      const group = isPlain ? 0 : ++parser.groups;
      if (group > 0) emit(parser, { kind: 'save', slot: group * 2 });
      parseAlternatives(parser);
      if (pattern.charAt(parser.at) !== ')') throw new BadRegex(parser.at);
      if (group > 0) emit(parser, { kind: 'save', slot: group * 2 + 1 });
      parser.at++;
      parser.depth--;
      return;
    }
    case ')':
    case '*':
    case '+':
    case '?':
      throw new BadRegex(parser.at);
    case '{':
      if (/^\{[0-9]/.test(pattern.slice(parser.at, parser.at + 2))) throw new BadRegex(parser.at);
      return emitPoint(parser, 0x7b, 1);
    case '^':
      parser.at++;
      emit(parser, { kind: 'start' });
      return;
    case '$':
      parser.at++;
      emit(parser, { kind: 'end' });
      return;
    case '.':
      parser.at++;
      emit(parser, { kind: 'set', has: () => true });
      return;
    case '[':
      emit(parser, { kind: 'set', has: parseBracket(parser) });
      return;
    case '\\':
      return parseEscape(parser);
    default: {
      const point = pattern.codePointAt(parser.at) ?? 0;
      return emitPoint(parser, point, point > 0xffff ? 2 : 1);
    }
  }
}

function emitPoint(parser: Parser, point: number, units: number): void {
  parser.at += units;
  const wanted = foldPoint(point, parser.folding);
  emit(parser, { kind: 'set', has: (found) => found === wanted });
}

function foldPoint(point: number, folding: Folding): number {
  if (folding === 'none') return point;
  const character = String.fromCodePoint(point);
  return (folding === 'ascii' ? foldAscii(character) : foldCase(character)).codePointAt(0) ?? point;
}

const SHORTHANDS: Readonly<Record<string, RegExp>> = { d: /[0-9]/, w: /[\p{L}\p{M}\p{N}_]/u, s: /\s/ };

function parseEscape(parser: Parser): void {
  const point = parser.pattern.codePointAt(parser.at + 1);
  if (point === undefined) throw new BadRegex(parser.at);
  const character = String.fromCodePoint(point);
  const shorthand = Object.hasOwn(SHORTHANDS, character.toLowerCase())
    ? SHORTHANDS[character.toLowerCase()]
    : undefined;
  if (shorthand !== undefined) {
    const isWanted = character === character.toLowerCase();
    parser.at += 2;
    emit(parser, { kind: 'set', has: (found) => shorthand.test(String.fromCodePoint(found)) === isWanted });
    return;
  }
  // Back-references, word boundaries and what other dialects mean by a letter: none is POSIX, a guess would be worse than a fault.
  if (/[A-Za-z0-9]/.test(character)) throw new BadRegex(parser.at);
  emitPoint(parser, point, character.length + 1);
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[\p{L}\p{M}]/u,
  digit: /[0-9]/,
  alnum: /[\p{L}\p{M}\p{N}]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[\p{P}\p{S}]/u,
  print: /\P{C}/u,
  graph: /[^\p{C}\s]/u,
  cntrl: /\p{Cc}/u,
  xdigit: /[0-9A-Fa-f]/,
};

/** `[…]` (IEEE 1003.2 §2.8.3.2); a backslash stands for itself as there, but before `]`, `\`, `-` and `^` it is taken as people mean it. */
function parseBracket(parser: Parser): (point: number) => boolean {
  const { pattern } = parser;
  const open = parser.at;
  let at = open + 1;
  const isNegated = pattern.charAt(at) === '^';
  if (isNegated) at++;
  const ranges: [number, number][] = [];
  const classes: RegExp[] = [];
  for (let isFirst = true; ; isFirst = false) {
    if (at >= pattern.length) throw new BadRegex(open);
    if (pattern.charAt(at) === ']' && !isFirst) break;
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 16));
    if (named !== null) {
      const [all, name = ''] = named;
      const found = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
      if (found === undefined) throw new BadRegex(at);
      classes.push(parser.folding !== 'none' && (name === 'upper' || name === 'lower') ? /[\p{Lu}\p{Ll}]/u : found);
      at += all.length;
      continue;
    }
    if (/^\[[.=]/.test(pattern.slice(at, at + 2))) throw new BadRegex(at);
    const low = memberAt(pattern, at);
    at = low.next;
    if ('class' in low) {
      classes.push(low.class);
      continue;
    }
    let high = low.point;
    if (pattern.charAt(at) === '-' && at + 1 < pattern.length && pattern.charAt(at + 1) !== ']') {
      const to = memberAt(pattern, at + 1);
      if ('class' in to || to.point < low.point) throw new BadRegex(at);
      high = to.point;
      at = to.next;
    }
    ranges.push([low.point, high]);
  }
  parser.at = at + 1;
  const { folding } = parser;
  const isMember = (point: number): boolean =>
    ranges.some(([low, high]) => point >= low && point <= high) ||
    classes.some((known) => known.test(String.fromCodePoint(point)));
  return (point) => (isMember(point) || isMember(raisePoint(point, folding))) !== isNegated;
}

type Member = { readonly point: number; readonly next: number } | { readonly class: RegExp; readonly next: number };

function memberAt(pattern: string, at: number): Member {
  const point = pattern.codePointAt(at);
  if (point === undefined) throw new BadRegex(at);
  const follows = pattern.charAt(at + 1);
  if (point === 0x5c && follows !== '' && '\\]-^['.includes(follows))
    return { point: follows.charCodeAt(0), next: at + 2 };
  const known = point === 0x5c && Object.hasOwn(SHORTHANDS, follows) ? SHORTHANDS[follows] : undefined;
  if (known !== undefined) return { class: known, next: at + 2 };
  return { point, next: at + (point > 0xffff ? 2 : 1) };
}

/** Ranges such as `[A-Z]` are written in capitals, the text comes in small letters. */
function raisePoint(point: number, folding: Folding): number {
  if (folding === 'none' || (folding === 'ascii' && point > 0x7f)) return point;
  const character = String.fromCodePoint(point);
  const upper = character.toUpperCase();
  return upper.length === character.length ? (upper.codePointAt(0) ?? point) : point;
}

function parseRepeats(parser: Parser, start: number, isAssertion: boolean): void {
  const repeat = readRepeat(parser);
  if (repeat === null) return;
  if (isAssertion) throw new BadRegex(parser.at);
  repeatCode(parser, start, repeat.min, repeat.max);
  // A second `?` or `+` is another dialect's laziness; a second `*` or `{` is nobody's.
  if (/^[?+]/.test(parser.pattern.slice(parser.at, parser.at + 1))) parser.at++;
  if (/^(?:[*+?]|\{[0-9])/.test(parser.pattern.slice(parser.at, parser.at + 2))) throw new BadRegex(parser.at);
}

function readRepeat(parser: Parser): { readonly min: number; readonly max: number } | null {
  const character = parser.pattern.charAt(parser.at);
  const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[character];
  if (simple !== undefined) {
    parser.at++;
    const [min = 0, max = 0] = simple;
    return { min, max };
  }
  const braces = /^\{([0-9]{1,5})(,?)([0-9]{0,5})\}/.exec(parser.pattern.slice(parser.at, parser.at + 14));
  if (braces === null) {
    if (/^\{[0-9]/.test(parser.pattern.slice(parser.at, parser.at + 2))) throw new BadRegex(parser.at);
    return null;
  }
  const [all, low = '', comma = '', high = ''] = braces;
  const min = Number(low);
  const max = comma === '' ? min : high === '' ? Infinity : Number(high);
  if (max < min || min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) throw new BadRegex(parser.at);
  parser.at += all.length;
  return { min, max };
}

/** The code from `start` on, repeated: copies for what must be there, a loop or optional copies for what may. */
function repeatCode(parser: Parser, start: number, min: number, max: number): void {
  const atom = parser.code.slice(start).map((instruction) => relative(instruction, start));
  parser.code.length = start;
  const append = (): void => {
    const base = parser.code.length;
    for (const instruction of atom) emit(parser, relative(instruction, -base));
  };
  for (let count = 0; count < min; count++) append();
  if (max === Infinity) {
    const split = { kind: 'split' as const, next: 0, other: 0 };
    const at = emit(parser, split);
    append();
    emit(parser, { kind: 'jump', next: at });
    split.next = at + 1;
    split.other = parser.code.length;
    return;
  }
  const splits: { other: number }[] = [];
  for (let count = min; count < max; count++) {
    const split = { kind: 'split' as const, next: 0, other: 0 };
    split.next = emit(parser, split) + 1;
    splits.push(split);
    append();
  }
  for (const split of splits) split.other = parser.code.length;
}

/** A copy whose targets count from `base`. */
function relative(instruction: Instruction, base: number): Instruction {
  if (instruction.kind === 'jump') return { kind: 'jump', next: instruction.next - base };
  if (instruction.kind === 'split')
    return { kind: 'split', next: instruction.next - base, other: instruction.other - base };
  return instruction;
}
