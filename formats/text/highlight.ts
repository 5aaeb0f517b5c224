/**
 * Snippets (RFC 8621 §5): a text as HTML with what was searched for between <mark> and </mark>, everything else
 * escaped. The words are found as the index finds them, so that every result can show why it is one.
 */
import type { WordForms } from './forms.ts';
import type { QueryTerm } from './query.ts';
import { eachWord } from './words.ts';

/** RFC 8621 §5: a preview is no larger than this. */
export const MAX_PREVIEW_OCTETS = 255;
/** Characters of a text that are looked at. */
const MAX_TEXT = 200_000;
const MAX_WORDS = 20_000;
/** Marks considered when the best place is chosen. */
const MAX_MARKS = 2_000;
/** Characters before the first mark of a preview, and what is left of its room for those after it. */
const LEAD = 40;
const WINDOW = 180;
const MARK_OCTETS = '<mark></mark>'.length;

interface Mark {
  readonly start: number;
  readonly end: number;
  /** Which term it answers. */
  readonly term: number;
}

interface Spot {
  readonly forms: WordForms;
  readonly start: number;
  readonly end: number;
}

/** The whole text (a subject) with its marks, or null when nothing in it was searched for. */
export function highlightAll(text: string, terms: readonly QueryTerm[]): string | null {
  const marks = findMarks(text.slice(0, MAX_TEXT), terms);
  return marks.length === 0 ? null : render(text, 0, text.length, marks, Number.MAX_SAFE_INTEGER);
}

/** The stretch of the text with most of what was searched for, at most `maxOctets` of UTF-8; null as above. */
export function highlightBest(
  text: string,
  terms: readonly QueryTerm[],
  maxOctets = MAX_PREVIEW_OCTETS,
): string | null {
  const line = text.slice(0, MAX_TEXT).replaceAll(/\s+/gu, ' ').trim();
  const marks = findMarks(line, terms);
  const best = bestMark(marks);
  if (!best) return null;
  const start = leadIn(line, best.start);
  return render(line, start, line.length, marks, maxOctets);
}

/** Where the most terms stand together, and the closest. */
function bestMark(marks: readonly Mark[]): Mark | undefined {
  let best: Mark | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const [index, mark] of marks.entries()) {
    const seen = new Set<number>();
    let spread = 0;
    for (let at = index; at < marks.length; at += 1) {
      const other = marks[at];
      const cost = (at - index + 1) * MARK_OCTETS;
      if (!other || other.end - mark.start + cost > WINDOW) break;
      if (seen.has(other.term)) continue;
      seen.add(other.term);
      spread = other.end - mark.start + cost;
    }
    const score = seen.size * 1_000 - spread;
    if (score > bestScore) {
      best = mark;
      bestScore = score;
    }
  }
  return best;
}

/** Some words before the first mark, from the beginning of one. */
function leadIn(text: string, markStart: number): number {
  if (markStart <= LEAD) return 0;
  const space = text.indexOf(' ', markStart - LEAD);
  return space >= 0 && space < markStart ? space + 1 : markStart;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '');
}

const ELLIPSIS = '…';
const ELLIPSIS_OCTETS = 3;

/** Whole words and whole marks only, as many as fit. */
function render(text: string, start: number, end: number, marks: readonly Mark[], maxOctets: number): string {
  let html = start > 0 ? ELLIPSIS : '';
  let octets = start > 0 ? ELLIPSIS_OCTETS : 0;
  let at = start;
  const room = () => maxOctets - octets - ELLIPSIS_OCTETS;
  const takePlain = (until: number): boolean => {
    const plain = escaped(text.slice(at, until));
    const cost = octetsOf(plain);
    if (cost <= room()) {
      html += plain;
      octets += cost;
      at = until;
      return true;
    }
    for (const piece of text.slice(at, until).split(/(?<= )/u)) {
      const word = escaped(piece);
      const wordOctets = octetsOf(word);
      if (wordOctets > room()) return false;
      html += word;
      octets += wordOctets;
      at += piece.length;
    }
    return true;
  };
  for (const mark of marks) {
    if (mark.end <= at || mark.start >= end) continue;
    if (!takePlain(Math.max(mark.start, at))) return html.trimEnd() + ELLIPSIS;
    const word = escaped(text.slice(at, mark.end));
    const cost = octetsOf(word) + MARK_OCTETS;
    if (cost > room()) return html.trimEnd() + ELLIPSIS;
    html += `<mark>${word}</mark>`;
    octets += cost;
    at = mark.end;
  }
  return takePlain(end) ? html : html.trimEnd() + ELLIPSIS;
}

const encoder = new TextEncoder();

function octetsOf(text: string): number {
  return encoder.encode(text).length;
}

/** All marks in order, none overlapping. */
function findMarks(text: string, terms: readonly QueryTerm[]): readonly Mark[] {
  const words: Spot[] = [];
  const compounds: Spot[] = [];
  eachWord(
    text,
    {
      word: (forms, start, end) => void words.push({ forms, start, end }),
      compound: (forms, start, end) => void compounds.push({ forms, start, end }),
    },
    { maxWords: MAX_WORDS },
  );
  const found = terms.flatMap((term, index) => marksOf(term, index, words, compounds));
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const marks: Mark[] = [];
  for (const mark of found) {
    const last = marks.at(-1);
    if (marks.length >= MAX_MARKS) break;
    if (!last || mark.start >= last.end) marks.push(mark);
  }
  return marks;
}

function marksOf(term: QueryTerm, index: number, words: readonly Spot[], compounds: readonly Spot[]): Mark[] {
  const marked = (spots: readonly Spot[]): Mark[] => spots.map(({ start, end }) => ({ start, end, term: index }));
  switch (term.kind) {
    case 'word':
      return marked([...words, ...compounds].filter((spot) => meet(spot.forms, term.forms)));
    case 'compound': {
      const wholes = [...words, ...compounds].filter((spot) => term.wholes.some((forms) => meet(spot.forms, forms)));
      return [...marked(wholes), ...phraseMarks(term.parts, false, index, words)];
    }
    case 'phrase':
      return phraseMarks(term.parts, false, index, words);
    case 'prefix': {
      const wholes = compounds.filter((spot) => term.wholes.some((whole) => spot.forms.exact.startsWith(whole)));
      const alone = marksOf(term.whole, index, words, compounds);
      return [...marked(wholes), ...phraseMarks(term.parts, true, index, words), ...alone];
    }
    default:
      return term satisfies never;
  }
}

function meet(found: WordForms, wanted: WordForms): boolean {
  return found.exact === wanted.exact || found.stems.some((stem) => wanted.stems.includes(stem));
}

function phraseMarks(parts: readonly string[], isPrefix: boolean, term: number, words: readonly Spot[]): Mark[] {
  const marks: Mark[] = [];
  for (let from = 0; from + parts.length <= words.length; from += 1) {
    const isHere = parts.every((part, offset) => {
      const exact = words[from + offset]?.forms.exact ?? '';
      return isPrefix && offset === parts.length - 1 ? exact.startsWith(part) : exact === part;
    });
    const first = words[from];
    const last = words[from + parts.length - 1];
    if (isHere && first && last) marks.push({ start: first.start, end: last.end, term });
  }
  return marks;
}
