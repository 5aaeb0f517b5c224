/** Conditions SQL cannot answer by itself, answered before it is asked: each becomes the set of emails it lets through. */
import { Refusal } from '#server/access/refusal.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { type EmailFilter, outsideConditions } from './filter.ts';
import type { Outside } from './queries.ts';

export async function outsideSets(_store: Store, _accountId: AccountId, filter: EmailFilter | null): Promise<Outside> {
  if (outsideConditions(filter).length > 0) throw new Refusal('unsupportedFilter');
  return new Map();
}
