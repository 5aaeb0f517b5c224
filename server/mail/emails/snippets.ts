/** Why an email was found (RFC 8621 §5), for those who may read the account. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { SearchExpression } from '#server/search/expression.ts';
import { type SearchSnippet, searchSnippets } from '#server/search/snippets.ts';
import type { AccountId, EmailId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import type { EmailFilter } from '#server/mail/query/filter.ts';

/** Fields that snippets show. */
const shown: ReadonlySet<string> = new Set(['text', 'subject', 'body']);

/**
 * Snippets of those of `ids` that exist.
 * @throws {Refusal} `noSuchAccount`.
 */
export async function readSnippets(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly EmailId[],
  filter: EmailFilter | null,
): Promise<ReadonlyMap<EmailId, SearchSnippet>> {
  await read(store, (tx) => requireRight(tx, actor, accountId, 'read'));
  return searchSnippets(store, accountId, ids, { kind: 'and', of: wordsIn(filter) });
}

/** What is looked for in what snippets show; what is excluded is worth no mark. */
function wordsIn(filter: EmailFilter | null): readonly SearchExpression[] {
  if (filter?.kind === 'text') {
    return shown.has(filter.field) ? [{ kind: 'query', field: filter.field, text: filter.query }] : [];
  }
  return filter?.kind === 'and' || filter?.kind === 'or' ? filter.of.flatMap(wordsIn) : [];
}
