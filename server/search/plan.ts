/** From what is looked for to a plan over terms: the same on every engine, simplified, and bounded in size. */
import type { WordForms } from '#formats/text/forms.ts';
import type { QueryTerm } from '#formats/text/query.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { SearchPlan } from '#server/store/search.ts';

import { type SearchExpression, type SearchField, termsOf } from './expression.ts';
import { addressFields, type FieldLetter, fieldTerms, longFields } from './fields.ts';

/** Terms in one plan: fifty words in all fields. */
const maxTerms = 600;
const maxDepth = 32;
/** Characters of a beginning that is looked for in long fields. */
const minPrefix = 3;

const everything: SearchPlan = { kind: 'everything' };
const nothing: SearchPlan = { kind: 'nothing' };

/** @throws {Refusal} `unsupportedFilter` for an expression too large or too deep. */
export function planSearch(expression: SearchExpression): SearchPlan {
  const plan = planExpression(expression, 0);
  if (countTerms(plan) > maxTerms) throw new Refusal('unsupportedFilter', { description: 'too many words' });
  return plan;
}

function planExpression(expression: SearchExpression, depth: number): SearchPlan {
  if (depth > maxDepth) throw new Refusal('unsupportedFilter', { description: 'too deep' });
  switch (expression.kind) {
    case 'and':
      return and(expression.of.map((part) => planExpression(part, depth + 1)));
    case 'or':
      return or(expression.of.map((part) => planExpression(part, depth + 1)));
    case 'not':
      return not(planExpression(expression.of, depth + 1));
    case 'query':
    case 'words':
    case 'phrase':
    case 'prefix':
      return planLeaf(expression);
    default:
      return expression satisfies never;
  }
}

function planLeaf(leaf: Extract<SearchExpression, { readonly text: string }>): SearchPlan {
  if (leaf.text.trim() === '') return everything;
  const terms = termsOf(leaf);
  // Signs alone are in no index: they find nothing rather than everything.
  return terms.length === 0 ? nothing : and(terms.map((term) => planTerm(term, leaf.field)));
}

function planTerm(term: QueryTerm, field: SearchField): SearchPlan {
  switch (term.kind) {
    case 'word':
      return planWord(term.forms, field);
    case 'phrase':
      return planPhrase(term.parts, field);
    case 'compound': {
      const wholes = term.wholes.map((forms) => planWord(forms, field));
      return or([...wholes, ...phrasesBeside(term.wholes, field).map((letter) => inRow(letter, term.parts))]);
    }
    case 'prefix':
      return or([
        planTerm(term.whole, field),
        ...term.wholes.flatMap((whole) => beginning([whole], field)),
        ...beginning(term.parts, field),
      ]);
    default:
      return term satisfies never;
  }
}

/**
 * Where the parts of a compound are looked for in a row, beside the whole. An address is always indexed whole, and a
 * domain among addresses too: looking for `fr` next to `ac-lyon` in all of them would only cost.
 */
function phrasesBeside(wholes: readonly WordForms[], field: SearchField): readonly FieldLetter[] {
  const { phrases } = fieldTerms[field];
  if (wholes.some((forms) => forms.exact.includes('@'))) return [];
  const isDotted = wholes.some((forms) => forms.exact.includes('.'));
  return isDotted && field === 'text' ? phrases.filter((letter) => !addressFields.has(letter)) : phrases;
}

function planWord(forms: WordForms, field: SearchField): SearchPlan {
  const { exact, stemmed } = fieldTerms[field];
  return or([
    ...exact.map((letter) => inRow(letter, [forms.exact])),
    ...stemmed.flatMap((letter) => forms.stems.map((stem) => inRow(letter, [stem]))),
  ]);
}

function planPhrase(parts: readonly string[], field: SearchField): SearchPlan {
  const { exact, stemmed, phrases } = fieldTerms[field];
  const letters = parts.length === 1 ? [...exact, ...stemmed] : phrases;
  return or(letters.map((letter) => inRow(letter, parts)));
}

function beginning(parts: readonly string[], field: SearchField): SearchPlan[] {
  const { exact, stemmed, phrases } = fieldTerms[field];
  const last = parts.at(-1) ?? '';
  const isLong = last.length >= minPrefix || !/^[\da-z]/.test(last);
  const letters = parts.length === 1 ? [...exact, ...stemmed] : phrases;
  return letters.filter((letter) => isLong || !longFields.has(letter)).map((letter) => inRow(letter, parts, true));
}

function inRow(letter: FieldLetter, words: readonly string[], isPrefix = false): SearchPlan {
  return { kind: 'terms', terms: words.map((word) => letter + word), isPrefix };
}

function and(plans: readonly SearchPlan[]): SearchPlan {
  const parts = plans
    .flatMap((plan) => (plan.kind === 'and' ? plan.of : [plan]))
    .filter((plan) => plan.kind !== 'everything');
  if (parts.some((plan) => plan.kind === 'nothing')) return nothing;
  const [first] = parts;
  if (!first) return everything;
  return parts.length === 1 ? first : { kind: 'and', of: parts };
}

function or(plans: readonly SearchPlan[]): SearchPlan {
  const parts = plans
    .flatMap((plan) => (plan.kind === 'or' ? plan.of : [plan]))
    .filter((plan) => plan.kind !== 'nothing');
  if (parts.some((plan) => plan.kind === 'everything')) return everything;
  const [first] = parts;
  if (!first) return nothing;
  return parts.length === 1 ? first : { kind: 'or', of: parts };
}

function not(plan: SearchPlan): SearchPlan {
  switch (plan.kind) {
    case 'everything':
      return nothing;
    case 'nothing':
      return everything;
    case 'not':
      return plan.of;
    case 'and':
    case 'or':
    case 'terms':
      return { kind: 'not', of: plan };
    default:
      return plan satisfies never;
  }
}

function countTerms(plan: SearchPlan): number {
  switch (plan.kind) {
    case 'and':
    case 'or':
      return plan.of.reduce((sum, part) => sum + countTerms(part), 0);
    case 'not':
      return countTerms(plan.of);
    case 'terms':
      return plan.terms.length;
    case 'everything':
    case 'nothing':
      return 0;
    default:
      return plan satisfies never;
  }
}
