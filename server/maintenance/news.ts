/** Something was written that everybody is to be told of: every process looks, and tells whoever listens to it. */
import type { Tx } from '#server/store/statement.ts';
import type { Store } from '#server/store/store.ts';

import { updateNews } from './queries.ts';
import { lookAtMaintenance } from './watch.ts';

/** In the transaction that writes it. */
export function markNews(tx: Tx): Promise<void> {
  return updateNews(tx);
}

/** After it: this process need not wait for its next look. */
export function tellNews(store: Store): Promise<void> {
  return lookAtMaintenance(store);
}
