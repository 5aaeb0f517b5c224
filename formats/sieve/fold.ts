/** Comparators (RFC 4790 §9, RFC 5051): how two texts are made equal or put in order. */
import type { Subject } from './types.ts';

export type Comparator = 'i;ascii-casemap' | 'i;octet' | 'i;ascii-numeric' | 'i;unicode-casemap';

/** A short text to look at; folded at once, because nearly every test asks for that. */
export function asSubject(text: string): Subject {
  return { text, folded: foldAscii(text) };
}

/** As `asSubject` for a text that may be megabytes: folded when somebody asks. */
export function asLongSubject(text: string): Subject {
  let folded: string | null = null;
  return {
    text,
    get folded() {
      return (folded ??= foldAscii(text));
    },
  };
}

// Everything but A to Z is left alone, so `É` stays and lengths and offsets do not change.
const HAS_CAPITAL = /[A-Z]/;
const ONLY_ASCII = /^[\0-\x7f]*$/;

export function foldAscii(text: string): string {
  if (!HAS_CAPITAL.test(text)) return text;
  return ONLY_ASCII.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/** RFC 5051 §2: title case, then compatibility decomposition. Characters whose capital form is longer stay as they are. */
export function foldUnicode(text: string): string {
  if (ONLY_ASCII.test(text)) return text.toLowerCase();
  return foldCase(text).normalize('NFKD');
}

/** As `foldUnicode` for patterns that give back what they matched: keeps the length of `text`, composed by the caller. */
export function foldCase(text: string): string {
  if (ONLY_ASCII.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z\u0080-\u{10ffff}]/gu, (character) => {
    const upper = character.toUpperCase();
    const lower = (upper.length === character.length ? upper : character).toLowerCase();
    return lower.length === character.length ? lower : character;
  });
}

/** The text a comparator compares for equality and substrings. */
export function foldWith(comparator: Comparator, subject: Subject): string {
  switch (comparator) {
    case 'i;ascii-casemap':
      return subject.folded;
    case 'i;octet':
      return subject.text;
    case 'i;unicode-casemap':
      return foldUnicode(subject.text);
    case 'i;ascii-numeric':
      return numericKey(subject.text);
  }
}

/** Negative, 0 or positive. */
export function compareWith(comparator: Comparator, left: Subject, right: Subject): number {
  const [a, b] = [foldWith(comparator, left), foldWith(comparator, right)];
  if (comparator === 'i;ascii-numeric' && a.length !== b.length) return a.length - b.length;
  return comparePoints(a, b);
}

/** Leading digits without their zeros; text without a digit in front is infinite and longer than any number (RFC 4790 §9.1). */
function numericKey(text: string): string {
  const digits = /^[0-9]+/.exec(text)?.[0];
  return digits === undefined ? INFINITE : digits.replace(/^0+(?=[0-9])/, '');
}

const INFINITE = '9'.repeat(100_000);

/** In the order of the UTF-8 octets, which is that of code points and not of UTF-16 units. */
function comparePoints(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others of the basic plane. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
