/** Verifying the search index: every email is in it or due, its words and its texts, and nothing else is. */
import { type AccountId, asId, type EmailId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { readWhole, selectAccounts } from './queries.ts';
import { searchOf } from './start.ts';

export interface SearchProblem {
  /** `missing`: an email that no search finds; `stray`: the index holds one that is gone. */
  readonly kind: 'missing' | 'stray';
  readonly accountId: AccountId;
  readonly emailId: EmailId;
}

const accountsPerRead = 500;

/** Compares the index with the emails, account by account, while the server is at work. */
export async function* verifySearch(store: Store): AsyncIterable<SearchProblem> {
  const { reader } = searchOf(store);
  const indexed = new Set(await reader.accounts());
  for (let last: AccountId | undefined; ;) {
    const accounts = await read(store, (tx) => selectAccounts(tx, last, accountsPerRead));
    for (const accountId of accounts) {
      indexed.delete(accountId);
      yield* verifyAccount(store, accountId);
    }
    last = accounts.at(-1);
    if (last === undefined) break;
  }
  // What is left belongs to accounts that are no more.
  for (const accountId of indexed) yield* verifyAccount(store, accountId);
}

async function* verifyAccount(store: Store, accountId: AccountId): AsyncIterable<SearchProblem> {
  const first = await compare(store, accountId);
  if (first.size === 0) return;
  // The index and the emails are two snapshots: what stands wrong in both comparisons is wrong.
  const second = await compare(store, accountId);
  for (const [id, kind] of second) {
    if (first.get(id) === kind) yield { kind, accountId, emailId: asId<EmailId>(id) };
  }
}

async function compare(store: Store, accountId: AccountId): Promise<ReadonlyMap<number, SearchProblem['kind']>> {
  const { reader } = searchOf(store);
  const kept = [await reader.documents(accountId), await reader.texts(accountId)];
  const { emails, due } = await readWhole(store, accountId);
  const problems = new Map<number, SearchProblem['kind']>();
  for (const held of kept.map((ids) => new Set(ids))) {
    for (const id of emails) if (!held.has(id) && !due.has(id)) problems.set(id, 'missing');
    for (const id of held) if (!emails.has(id) && !due.has(id)) problems.set(id, 'stray');
  }
  return problems;
}
