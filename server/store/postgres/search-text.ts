/** Documents and plans as PostgreSQL takes them: the text forms of tsvector and tsquery, every lexeme quoted. */
import type { SearchContent, SearchPlan } from '#server/store/search.ts';

/** Positions begin anew in each sequence: no term is in two, so no phrase is found across them. */
export function printVector(prefix: string, content: SearchContent): string {
  const lexemes = [quote(prefix)];
  for (const run of content.runs) {
    for (const [index, term] of run.entries()) {
      if (term !== '') lexemes.push(`${quote(prefix + term)}:${index + 1}`);
    }
  }
  for (const term of content.extras) lexemes.push(quote(prefix + term));
  return lexemes.join(' ');
}

export function printTsquery(prefix: string, plan: SearchPlan): string {
  switch (plan.kind) {
    case 'everything':
      return quote(prefix);
    case 'nothing':
      return `(${quote(prefix)} & !${quote(prefix)})`;
    case 'terms': {
      const lexemes = plan.terms.map((term) => quote(prefix + term));
      return `(${lexemes.join(' <-> ')}${plan.isPrefix ? ':*' : ''})`;
    }
    case 'or':
      return `(${plan.of.map((part) => printTsquery(prefix, part)).join(' | ')})`;
    case 'and':
      return `(${plan.of.map((part) => printTsquery(prefix, part)).join(' & ')})`;
    // Alone, a negation would find other people's documents: it is always a difference.
    case 'not':
      return `(${quote(prefix)} & !${printTsquery(prefix, plan.of)})`;
    default:
      return plan satisfies never;
  }
}

function quote(term: string): string {
  return `'${term.replaceAll(/['\\]/g, '')}'`;
}
