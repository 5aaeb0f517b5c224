/** Why an email was found (RFC 8621 §5): its subject and the best stretch of its text, with what was looked for marked. */
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { readStructure } from '#formats/message/pack.ts';
import { highlightAll, highlightBest } from '#formats/text/highlight.ts';
import type { QueryTerm } from '#formats/text/query.ts';
import type { Actor } from '#server/access/actor.ts';
import { readSearchable } from '#server/search/searchable.ts';
import type { AccountId, EmailId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { openMessage } from './content.ts';
import { readEmails } from './read.ts';

export interface Snippet {
  readonly emailId: EmailId;
  /** HTML with nothing but text and `<mark>`; null where nothing in it was looked for. */
  readonly subject: string | null;
  readonly preview: string | null;
}

export interface SnippetTerms {
  readonly subject: readonly QueryTerm[];
  readonly body: readonly QueryTerm[];
}

/**
 * Snippets of those of `ids` that exist, in the order asked.
 * @throws {Refusal} `noSuchAccount`.
 */
export async function readSnippets(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly EmailId[],
  terms: SnippetTerms,
): Promise<readonly Snippet[]> {
  const { emails, tenantId } = await readEmails(store, actor, accountId, ids);
  const snippets: Snippet[] = [];
  for (const email of emails) {
    const envelope = readStoredEnvelope(JSON.parse(email.envelope));
    const subject = terms.subject.length > 0 ? highlightAll(envelope.subject ?? '', terms.subject) : null;
    let preview = terms.body.length > 0 ? highlightBest(email.preview, terms.body) : null;
    // What the list shows already is enough where it holds all that was looked for; the message is read for the rest.
    if (terms.body.length > 0 && (preview === null || terms.body.length > 1)) {
      const message = await openMessage(store, tenantId, email.hash);
      const { body } = await readSearchable(envelope, readStructure(email.structure), message.raw);
      preview = highlightBest(body.join(' '), terms.body) ?? preview;
    }
    snippets.push({ emailId: email.id, subject, preview });
  }
  return snippets;
}
