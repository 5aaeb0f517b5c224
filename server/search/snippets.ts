/** Search snippets (RFC 8621 §5): where in an email the words stand that were looked for. */
import { highlightAll, highlightBest } from '#formats/text/highlight.ts';
import { type AccountId, asModseq, type EmailId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { type SearchExpression, termsToHighlight } from './expression.ts';
import { selectIndexable } from './queries.ts';
import { readStoredMessage } from './stored-message.ts';

/** HTML, escaped but for <mark>; null where nothing that was looked for stands. */
export interface SearchSnippet {
  readonly subject: string | null;
  /** At most 255 octets. */
  readonly preview: string | null;
}

/** Characters of a body that are looked at. */
const maxCharacters = 60_000;

/**
 * Makes the snippets of these emails, in no order.
 * @returns only those the account has; rights on it are the caller's business.
 */
export async function searchSnippets(
  store: Store,
  accountId: AccountId,
  emailIds: readonly EmailId[],
  expression: SearchExpression,
): Promise<ReadonlyMap<EmailId, SearchSnippet>> {
  const terms = termsToHighlight(expression);
  const keys = emailIds.map((emailId) => ({ accountId, emailId, modseq: asModseq(0) }));
  const emails = await read(store, (tx) => selectIndexable(tx, keys));
  const snippets = new Map<EmailId, SearchSnippet>();
  for (const { emailId, tenantId, hash } of emails) {
    // Whoever keeps the index tells of damage; here it only leaves a snippet empty.
    const { subject, body } = await readStoredMessage(store, tenantId, hash, () => undefined);
    snippets.set(emailId, {
      subject: highlightAll(subject, terms),
      preview: highlightBest(body.join('\n').slice(0, maxCharacters), terms),
    });
  }
  return snippets;
}
