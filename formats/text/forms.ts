/**
 * The forms under which a word is found: as written (folded), and its French stems. Both `fold(stem(w))` and
 * `stem(fold(w))` are kept: folding first makes `annulées` into `annule` and would miss `annuler`; stemming alone
 * would miss who types without accents. Two words meet when they share a stem.
 */
import { stemmer } from '@orama/stemmers/french';

import { fold, foldLower, lowerCase } from './fold.ts';

export interface WordForms {
  /** The folded word; never empty. */
  readonly exact: string;
  /** One or two; the exact form itself where a word has no stem (numbers, codes, other scripts). */
  readonly stems: readonly string[];
}

/** Words kept: a language has few that are common, and mail repeats them. */
const MAX_KEPT = 20_000;
const MAX_KEPT_LENGTH = 32;
const kept = new Map<string, WordForms | undefined>();

/** Latin letters only: a code such as 0690123X has no plural. */
const stemmable = /^\p{Script=Latin}{3,40}$/u;

/** The forms of a word as it stands in a text; undefined when nothing of it remains. */
export function formsOf(word: string): WordForms | undefined {
  const known = kept.get(word);
  if (known !== undefined) return known;
  const made = makeForms(word);
  if (word.length <= MAX_KEPT_LENGTH) {
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(word, made);
  }
  return made;
}

/** A form that is found as it is and in no other way: an address, a domain. */
export function exactForm(exact: string): WordForms {
  return { exact, stems: [exact] };
}

function makeForms(word: string): WordForms | undefined {
  const lower = lowerCase(word);
  const exact = fold(word);
  if (exact === '') return undefined;
  if (!stemmable.test(lower)) return exactForm(exact);
  const stemFirst = foldLower(stemmer(lower)) || exact;
  const foldFirst = stemmer(exact) || exact;
  return { exact, stems: stemFirst === foldFirst ? [stemFirst] : [stemFirst, foldFirst] };
}
