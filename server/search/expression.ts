/** What to look for, as the verbs that filter emails say it: words in fields, and, or, not. */
import { phraseTerm, type QueryTerm, readQueryText, typedTerms, wordTerms } from '#formats/text/query.ts';

/** `text` is every field (RFC 8621 §4.4.1), file names among them; `body` includes the names of attachments. */
export type SearchField = 'text' | 'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'body' | 'attachmentName';

/**
 * `query` is what a person typed or a JMAP filter says (RFC 8621 §4.4.1): words, "phrases", begin*. `words` has no
 * such signs; `phrase` is word for word; `prefix` is words of which the last may go on.
 */
export type SearchExpression =
  | { readonly kind: 'and' | 'or'; readonly of: readonly SearchExpression[] }
  | { readonly kind: 'not'; readonly of: SearchExpression }
  | { readonly kind: 'query' | 'words' | 'phrase' | 'prefix'; readonly field: SearchField; readonly text: string };

/** The terms one leaf asks for, all of which must be found. */
export function termsOf(leaf: {
  readonly kind: 'query' | 'words' | 'phrase' | 'prefix';
  readonly text: string;
}): readonly QueryTerm[] {
  switch (leaf.kind) {
    case 'query':
      return readQueryText(leaf.text);
    case 'words':
      return wordTerms(leaf.text);
    case 'prefix':
      return typedTerms(leaf.text);
    case 'phrase':
      return [phraseTerm(leaf.text)].filter((term) => term !== undefined);
    default:
      return leaf.kind satisfies never;
  }
}

/** What is worth a mark in a snippet (RFC 8621 §5): all that is looked for, in whatever field, and not excluded. */
export function termsToHighlight(expression: SearchExpression): readonly QueryTerm[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.of.flatMap(termsToHighlight);
    case 'not':
      return [];
    case 'query':
    case 'words':
    case 'phrase':
    case 'prefix':
      return termsOf(expression);
    default:
      return expression satisfies never;
  }
}
