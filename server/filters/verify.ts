/** Verifying filters: each script and run holds its blob, one script an account is active, and every run has its job. */
import { columnText } from '#server/store/column.ts';
import type { Store } from '#server/store/store.ts';

import { selectAhead, selectManyActive, selectUnheld, selectWithoutJob } from './queries/verify.ts';

/** One sentence a problem. */
export async function* verifyFilters(store: Store): AsyncGenerator<string> {
  for (const row of await selectUnheld(store))
    yield `account ${columnText(row, 'account_id')}: ${columnText(row, 'what')} ${columnText(row, 'name')} does not hold its blob: collection may take it`;
  for (const row of await selectManyActive(store))
    yield `account ${columnText(row, 'account_id')}: ${columnText(row, 'scripts')} scripts are active`;
  for (const row of await selectAhead(store))
    yield `account ${columnText(row, 'account_id')}: ${columnText(row, 'what')} ${columnText(row, 'id')} is ahead of the account's clock`;
  for (const row of await selectWithoutJob(store))
    yield `account ${columnText(row, 'account_id')}: run ${columnText(row, 'id')} is under way and has no job`;
}
