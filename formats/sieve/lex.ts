/** Tokens of a script (RFC 5228 §8.1). One pass; a token never spans more than the text, and white space and comments are none. */
import { SieveError, type ScriptFault } from './error.ts';
import type { Span } from './tree.ts';

export type Token =
  | (Span & { readonly kind: 'identifier'; readonly name: string })
  | (Span & { readonly kind: 'tag'; readonly name: string })
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'mark'; readonly mark: string })
  | (Span & { readonly kind: 'end' });

/** RFC 5228 §2.4.1 asks for 2^31 - 1 at least. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;
const QUANTIFIERS: Readonly<Record<string, number>> = { k: 1024, m: 1_048_576, g: 1_073_741_824 };

const BLANK = /[ \t\r\n\ufeff]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /([0-9]+)([KkMmGg]?)/y;
const TEXT_FRAME = /text:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r)/iy;
const QUOTED = /"(?:[^"\\]|\\[^])*"/y;

export interface Lexer {
  /** The token at the place, not yet passed. */
  readonly peek: () => Token;
  readonly next: () => Token;
}

/** @throws {SieveError} from `peek` and `next`: `badToken`, `unclosedString`, `unclosedComment`, `badNumber`, `stringTooLong`. */
export function openLexer(text: string, maxStringUnits: number): Lexer {
  let at = 0;
  let ahead: Token | null = null;
  const peek = (): Token => (ahead ??= readToken(text, afterBlank(text, at), maxStringUnits));
  return {
    peek,
    next: () => {
      const token = peek();
      ahead = null;
      at = token.end;
      return token;
    },
  };
}

/** A fault at an offset as an error with line and column. */
export function faultAt(text: string, offset: number, fault: ScriptFault): SieveError {
  const { line, column } = placesOf(text)(offset);
  return new SieveError(fault, line, column);
}

/** Line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds the places of offsets. The lines are counted once, at the first question: a script has thousands of places. */
export function placesOf(text: string): (offset: number) => Place {
  let starts: number[] | null = null;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) starts.push(feed + 1);
  return starts;
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function afterBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    at += matchAt(BLANK, text, at)?.[0].length ?? 0;
    if (text.charAt(at) === '#') {
      const feed = text.indexOf('\n', at);
      at = feed < 0 ? text.length : feed + 1;
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0) throw faultAt(text, at, { code: 'unclosedComment' });
      at = close + 2;
    } else return at;
  }
}

function readToken(text: string, start: number, maxStringUnits: number): Token {
  const first = text.charAt(start);
  if (first === '') return { kind: 'end', start, end: start };
  if ('{}()[],;'.includes(first)) return { kind: 'mark', mark: first, start, end: start + 1 };
  if (first === '"') return checkLength(text, readQuoted(text, start), maxStringUnits);
  if (first === ':') {
    const name = matchAt(NAME, text, start + 1)?.[0];
    if (name === undefined) throw faultAt(text, start, { code: 'badToken', text: first });
    return { kind: 'tag', name: name.toLowerCase(), start, end: start + 1 + name.length };
  }
  const number = matchAt(NUMBER, text, start);
  if (number !== null) return readNumber(text, start, number);
  const frame = matchAt(TEXT_FRAME, text, start)?.[0];
  if (frame !== undefined) return checkLength(text, readMultiLine(text, start, start + frame.length), maxStringUnits);
  const name = matchAt(NAME, text, start)?.[0];
  if (name === undefined)
    throw faultAt(text, start, { code: 'badToken', text: String.fromCodePoint(text.codePointAt(start) ?? 0) });
  return { kind: 'identifier', name: name.toLowerCase(), start, end: start + name.length };
}

function readNumber(text: string, start: number, [all, digits = '', letter = '']: RegExpExecArray): Token {
  const value = Number(digits) * (QUANTIFIERS[letter.toLowerCase()] ?? 1);
  const end = start + all.length;
  if (value > MAX_NUMBER || /[A-Za-z0-9_]/.test(text.charAt(end)))
    throw faultAt(text, start, { code: 'badNumber', text: text.slice(start, Math.min(end + 1, start + 40)) });
  return { kind: 'number', value, start, end };
}

/** `quoted-string`: a backslash takes the next character as it is (RFC 5228 §2.4.2). */
function readQuoted(text: string, start: number): Token {
  const quoted = matchAt(QUOTED, text, start)?.[0];
  if (quoted === undefined) throw faultAt(text, start, { code: 'unclosedString' });
  const inner = quoted.slice(1, -1);
  const value = inner.includes('\\') ? inner.replace(/\\([^])/g, '$1') : inner;
  return { kind: 'string', value, start, end: start + quoted.length };
}

/** `multi-line`: up to a line that is a full stop alone; a leading one doubled stands for itself. */
function readMultiLine(text: string, start: number, from: number): Token {
  const close = matchFrom(/(?<=[\r\n])\.(?:\r\n|\n|\r|$)/g, text, from);
  if (close === null) throw faultAt(text, start, { code: 'unclosedString' });
  const value = text.slice(from, close.index).replace(/(?<=^|[\r\n])\.\./g, '.');
  return { kind: 'string', value, start, end: close.index + close[0].length };
}

function matchFrom(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

function checkLength(text: string, token: Token, maxStringUnits: number): Token {
  if (token.kind === 'string' && token.value.length > maxStringUnits)
    throw faultAt(text, token.start, { code: 'stringTooLong', limit: maxStringUnits });
  return token;
}
