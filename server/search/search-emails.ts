/** Finding emails by their words. Rights on the account are the caller's business, as are mailboxes, dates and sorting. */
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import type { SearchExpression } from './expression.ts';
import { planSearch } from './plan.ts';
import { searchOf } from './start.ts';

export interface SearchEmailsOptions {
  /** Waits up to a second for what has just been stored; true where it is not said. */
  readonly isUpToDate?: boolean;
}

/**
 * Finds the emails of one account that `expression` fits (RFC 8621 §4.4.1).
 * @returns their ids, ascending.
 * @throws {Refusal} `unsupportedFilter` for an expression too large; {StoreUnavailable}.
 */
export async function searchEmails(
  store: Store,
  accountId: AccountId,
  expression: SearchExpression,
  options: SearchEmailsOptions = {},
): Promise<Uint32Array> {
  const plan = planSearch(expression);
  const search = searchOf(store);
  if (options.isUpToDate !== false) await search.settle(accountId);
  return search.reader.match(accountId, plan);
}
