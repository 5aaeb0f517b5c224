/**
 * Splitting text into words, for the search index, for queries and for highlights: one function, so that the three
 * always agree. French first: elided articles fall away (`l'été` is `été`), `aujourd'hui` and `rendez-vous` are found
 * in parts and joined, addresses and domains as wholes too. Scripts written without spaces are cut into pairs.
 * Linear in the text, whatever it holds; offsets are code units.
 */
import { APOSTROPHE, AT, classOf, DOT, HYPHEN, LETTER, LINK, MARK, OTHER, UNSPACED } from './classes.ts';
import { fold, MAX_WORD } from './fold.ts';
import { exactForm, formsOf, type WordForms } from './forms.ts';

export interface WordVisitor {
  /** One word; each takes the next position. */
  word(forms: WordForms, start: number, end: number): void;
  /** Several words written as one; told after the last of them, and takes no position. */
  compound(forms: WordForms, start: number, end: number): void;
}

export interface WordOptions {
  /** Splitting ends after this many words. */
  readonly maxWords: number;
  /** In a query `日本` is one pair; in a text its second character may also begin a match, and is given alone. */
  readonly isQuery?: boolean;
}

/** Words joined by hyphens, dots or @ that are seen as one compound; what follows begins another. */
const MAX_PARTS = 24;
/** Words of one hyphenated compound that are also indexed joined. */
const MAX_JOINED = 6;
/** Domains above a domain that are also indexed: `ac-lyon.fr` of `www.ac-lyon.fr`. */
const MAX_ABOVE = 3;

const elisions: ReadonlySet<string> = new Set(
  'l d j m t s c n qu jusqu lorsqu puisqu quoiqu quelqu presqu entr'.split(' '),
);

interface Part {
  readonly start: number;
  readonly end: number;
  /** Class and character of the connector that follows; OTHER after the last. */
  readonly link: number;
  readonly forms: WordForms | undefined;
}

/** Visits every word of `text` in order. @returns how many words there were (at most `maxWords`). */
export function eachWord(text: string, visitor: WordVisitor, options: WordOptions): number {
  let words = 0;
  let at = 0;
  while (at < text.length && words < options.maxWords) {
    const kind = classAt(text, at);
    if (kind === LETTER) {
      const parts: Part[] = [];
      at = readParts(text, at, parts);
      words += visitParts(text, parts, visitor, options.maxWords - words);
    } else if (kind === UNSPACED) {
      const end = runEnd(text, at, UNSPACED);
      words += visitPairs(text, at, end, visitor, options, options.maxWords - words);
      at = end;
    } else {
      at += widthAt(text, at);
    }
  }
  return words;
}

/** Reads words and the connectors between them, and says where the last ends. */
function readParts(text: string, from: number, parts: Part[]): number {
  let at = from;
  for (;;) {
    const end = runEnd(text, at, LETTER);
    const link = end < text.length ? classAt(text, end) : OTHER;
    const isLinked = link >= HYPHEN && parts.length + 1 < MAX_PARTS && isLetterAt(text, end + 1);
    const forms = formsOf(text.slice(at, Math.min(end, at + 2 * MAX_WORD)));
    parts.push({ start: at, end, link: isLinked ? link : OTHER, forms });
    if (!isLinked) return end;
    at = end + 1;
  }
}

function visitParts(text: string, all: readonly Part[], visitor: WordVisitor, room: number): number {
  const parts = all.filter((part) => part.forms !== undefined && !isElision(part));
  let words = 0;
  for (const part of parts.slice(0, room)) {
    if (part.forms) visitor.word(part.forms, part.start, part.end);
    words += 1;
  }
  if (words < 2 || words < parts.length) return words;
  if (parts.some((part) => part.link === DOT || part.link === AT || part.link === LINK)) {
    visitWholes(parts, visitor);
  }
  visitJoined(text, parts, visitor);
  return words;
}

function isElision(part: Part): boolean {
  return part.link === APOSTROPHE && part.forms !== undefined && elisions.has(part.forms.exact);
}

/** `jean.dupont@mail.ac-lyon.fr`: the whole, what stands before @ and after it, and of a domain those above it. */
function visitWholes(parts: readonly Part[], visitor: WordVisitor): void {
  const at = parts.findIndex((part) => part.link === AT);
  const visit = (from: number, to: number): void => {
    const first = parts[from];
    const last = parts[to - 1];
    if (!first || !last || to - from < 2) return;
    visitor.compound(exactForm(printWhole(parts.slice(from, to))), first.start, last.end);
  };
  visit(0, parts.length);
  if (at > 0) visit(0, at + 1);
  if (at >= 0) visit(at + 1, parts.length);
  let above = 0;
  for (let from = at + 1; from < parts.length && above < MAX_ABOVE; from += 1) {
    if (parts[from]?.link !== DOT || !parts.slice(from + 1).some((part) => part.link === DOT)) continue;
    visit(from + 1, parts.length);
    above += 1;
  }
}

const linkText: Readonly<Record<number, string>> = {
  [HYPHEN]: '-',
  [APOSTROPHE]: '-',
  [DOT]: '.',
  [AT]: '@',
  [LINK]: '_',
};

function printWhole(parts: readonly Part[]): string {
  let whole = '';
  for (const [index, part] of parts.entries()) {
    whole += part.forms?.exact ?? '';
    if (index < parts.length - 1) whole += linkText[part.link] ?? '';
    if (whole.length > MAX_WORD) break;
  }
  return whole.slice(0, MAX_WORD).toWellFormed().replaceAll('\ufffd', '');
}

/** `rendez-vous` is also `rendezvous`, `aujourd'hui` also `aujourdhui`. */
function visitJoined(text: string, parts: readonly Part[], visitor: WordVisitor): void {
  for (let from = 0; from < parts.length;) {
    let to = from + 1;
    while (to < parts.length && isJoin(parts[to - 1])) to += 1;
    const first = parts[from];
    const last = parts[to - 1];
    if (first && last && to - from >= 2 && to - from <= MAX_JOINED) {
      const joined = parts
        .slice(from, to)
        .map((part) => text.slice(part.start, Math.min(part.end, part.start + MAX_WORD)));
      const forms = formsOf(joined.join(''));
      if (forms) visitor.compound(forms, first.start, last.end);
    }
    from = to;
  }
}

function isJoin(part: Part | undefined): boolean {
  return part?.link === HYPHEN || part?.link === APOSTROPHE;
}

function visitPairs(
  text: string,
  start: number,
  end: number,
  visitor: WordVisitor,
  options: WordOptions,
  room: number,
): number {
  let words = 0;
  for (let at = start; at < end && words < room;) {
    const second = glyphEnd(text, at, end);
    const isAlone = second >= end;
    if (isAlone && options.isQuery === true && at > start) break;
    const pairEnd = isAlone ? end : glyphEnd(text, second, end);
    const exact = fold(text.slice(at, Math.min(pairEnd, at + MAX_WORD)));
    if (exact !== '') {
      visitor.word(exactForm(exact), at, pairEnd);
      words += 1;
    }
    at = second;
  }
  return words;
}

/** The end of a character and the marks upon it. */
function glyphEnd(text: string, start: number, end: number): number {
  let at = start + widthAt(text, start);
  while (at < end && classAt(text, at) === MARK) at += widthAt(text, at);
  return Math.min(at, end);
}

/** The end of a run of `kind` and marks. */
function runEnd(text: string, start: number, kind: number): number {
  let at = start;
  while (at < text.length) {
    const found = classAt(text, at);
    if (found !== kind && found !== MARK) break;
    at += widthAt(text, at);
  }
  return at;
}

function isLetterAt(text: string, at: number): boolean {
  return at < text.length && classAt(text, at) === LETTER;
}

function classAt(text: string, at: number): number {
  return classOf(text.codePointAt(at) ?? 0);
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
