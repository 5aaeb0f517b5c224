/**
 * What a person typed, as terms to find (RFC 8621 §4.4.1): words, all of which must be there; "phrases", word for
 * word; and beginnings, `annul*`. Used for the plan of a search and for its highlights, so that both mean the same.
 */
import { classOf, UNSPACED } from './classes.ts';
import type { WordForms } from './forms.ts';
import { eachWord } from './words.ts';

export type QueryTerm =
  /** One word: it is found under any of its stems. */
  | { readonly kind: 'word'; readonly forms: WordForms }
  /** Words written as one (`rendez-vous`, an address): found as such, or its parts (exact forms) in this order. */
  | { readonly kind: 'compound'; readonly wholes: readonly WordForms[]; readonly parts: readonly string[] }
  /** Exact forms, in this order and next to each other. */
  | { readonly kind: 'phrase'; readonly parts: readonly string[] }
  /** The last part may go on; `wholes` are the same written as one. What the words alone would find is found too. */
  | {
      readonly kind: 'prefix';
      readonly whole: QueryTerm;
      readonly parts: readonly string[];
      readonly wholes: readonly string[];
    };

/** Words looked at in one query; more than anybody types, so that a query costs what it may cost. */
export const MAX_QUERY_WORDS = 64;

const quoted = /"([^"]*)"?|«([^»]*)»?|“([^”]*)”?|([^\s"«“]+)/gu;

/** Reads what stands in a search field: words, "phrases" and begin* of words. Signs without a letter are left out. */
export function readQueryText(text: string): readonly QueryTerm[] {
  const terms: QueryTerm[] = [];
  for (const found of text.slice(0, 4_096).matchAll(quoted)) {
    const phrase = found[1] ?? found[2] ?? found[3];
    const word = found[4] ?? '';
    const isPrefix = word.endsWith('*');
    const term = phrase === undefined ? (isPrefix ? prefixTerm(word) : wordTerm(word)) : phraseTerm(phrase);
    if (term) terms.push(term);
    if (terms.length >= MAX_QUERY_WORDS) break;
  }
  return terms;
}

/** Each word between spaces as one term. */
export function wordTerms(text: string): readonly QueryTerm[] {
  const words = text.split(/\s+/u, MAX_QUERY_WORDS);
  return words.flatMap((word) => wordTerm(word) ?? []);
}

/** The same, the last word being a beginning: for results while one types. */
export function typedTerms(text: string): readonly QueryTerm[] {
  const words = text.trimEnd().split(/\s+/u, MAX_QUERY_WORDS);
  const last = prefixTerm(words.pop() ?? '');
  return [...words.flatMap((word) => wordTerm(word) ?? []), ...(last ? [last] : [])];
}

export function phraseTerm(text: string): QueryTerm | undefined {
  const { words } = split(text);
  const first = words[0];
  if (!first) return undefined;
  return { kind: 'phrase', parts: words.map((word) => word.exact) };
}

function wordTerm(text: string): QueryTerm | undefined {
  const { words, wholes } = split(text);
  const first = words[0];
  if (!first) return undefined;
  if (words.length > 1) return { kind: 'compound', wholes, parts: words.map((word) => word.exact) };
  const forms: QueryTerm = { kind: 'word', forms: first };
  // One character of a script without spaces is half of every pair it begins.
  return isOneUnspaced(first.exact) ? { kind: 'prefix', whole: forms, parts: [first.exact], wholes: [] } : forms;
}

function prefixTerm(text: string): QueryTerm | undefined {
  const whole = wordTerm(text);
  if (!whole || whole.kind === 'prefix') return whole;
  const { words, wholes } = split(text);
  return {
    kind: 'prefix',
    whole,
    parts: words.map((word) => word.exact),
    wholes: wholes.map((forms) => forms.exact),
  };
}

/** The words of `text`, and the compounds that stand for all of it. */
function split(text: string): { readonly words: readonly WordForms[]; readonly wholes: readonly WordForms[] } {
  const words: WordForms[] = [];
  const wholes: { readonly forms: WordForms; readonly start: number; readonly end: number }[] = [];
  let start = Number.MAX_SAFE_INTEGER;
  let end = 0;
  eachWord(
    text,
    {
      word(forms, from, to) {
        words.push(forms);
        start = Math.min(start, from);
        end = Math.max(end, to);
      },
      compound: (forms, from, to) => void wholes.push({ forms, start: from, end: to }),
    },
    { maxWords: MAX_QUERY_WORDS, isQuery: true },
  );
  return {
    words,
    wholes: wholes.filter((whole) => whole.start === start && whole.end === end).map((whole) => whole.forms),
  };
}

function isOneUnspaced(exact: string): boolean {
  const codePoint = exact.codePointAt(0) ?? 0;
  return classOf(codePoint) === UNSPACED && String.fromCodePoint(codePoint) === exact;
}
