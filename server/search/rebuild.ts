/** Making the search index anew: after a restore, or when `verifySearch` found it wrong. */
import { type AccountId, asId, asModseq, type EmailId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import { insertDue } from './queries.ts';
import { makeDue, searchOf } from './start.ts';

const idsPerWrite = 2_000;

/**
 * Empties the index, or takes one account's part of it, and makes every email due. Resolves when all are due; the
 * indexer does the rest, and searches meanwhile find what is indexed so far.
 */
export async function rebuildSearch(store: Store, accountId?: AccountId): Promise<void> {
  const search = searchOf(store);
  if (accountId === undefined) return search.reset();
  // Documents without an email are made due as well: the indexer sees that they have none, and removes them.
  const documents = await search.reader.documents(accountId);
  for (let from = 0; from < documents.length; from += idsPerWrite) {
    const ids = Array.from(documents.subarray(from, from + idsPerWrite), (id) => asId<EmailId>(id));
    await write(store, (tx) => insertDue(tx, accountId, ids, asModseq(0)));
  }
  return makeDue(store, accountId);
}
