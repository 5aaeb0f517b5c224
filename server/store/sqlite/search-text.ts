/** Documents and plans as FTS5 takes them: terms between spaces, and its query language (every term quoted). */
import type { SearchContent, SearchPlan } from '#server/store/search.ts';

/** The text of the positioned column. A lone prefix holds a position; it is also the one term that every document has. */
export function printRuns(prefix: string, content: SearchContent): string {
  const sequences = content.runs.map((run) => prefix + run.join(` ${prefix}`));
  return sequences.join(` ${prefix} `);
}

export function printExtras(prefix: string, content: SearchContent): string {
  return `${prefix} ${content.extras.map((term) => prefix + term).join(' ')}`;
}

/** A plan that is neither everything nor nothing, as an FTS5 expression. */
export function printMatch(prefix: string, plan: SearchPlan): string {
  switch (plan.kind) {
    case 'everything':
    case 'not':
      return all(prefix, plan.kind === 'not' ? [plan.of] : []);
    case 'nothing':
      return `(${quote(prefix)} NOT ${quote(prefix)})`;
    case 'terms': {
      const text = quote(plan.terms.map((term) => prefix + term).join(' ')) + (plan.isPrefix ? ' *' : '');
      // Only the first column has terms in the order of the text.
      return plan.terms.length > 1 ? `(words : ${text})` : text;
    }
    case 'or':
      return `(${plan.of.map((part) => printMatch(prefix, part)).join(' OR ')})`;
    case 'and': {
      const wanted = plan.of.filter((part) => part.kind !== 'not');
      const unwanted = plan.of.flatMap((part) => (part.kind === 'not' ? [part.of] : []));
      if (wanted.length === 0) return all(prefix, unwanted);
      const positive = wanted.map((part) => printMatch(prefix, part)).join(' AND ');
      return unwanted.length === 0 ? `(${positive})` : `((${positive}) NOT ${anyOf(prefix, unwanted)})`;
    }
    default:
      return plan satisfies never;
  }
}

function all(prefix: string, unwanted: readonly SearchPlan[]): string {
  return unwanted.length === 0 ? quote(prefix) : `(${quote(prefix)} NOT ${anyOf(prefix, unwanted)})`;
}

function anyOf(prefix: string, plans: readonly SearchPlan[]): string {
  return `(${plans.map((plan) => printMatch(prefix, plan)).join(' OR ')})`;
}

function quote(term: string): string {
  return `"${term.replaceAll('"', '')}"`;
}
