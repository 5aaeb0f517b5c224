/** How full an account is (RFC 9425). */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectUsage, type Usage } from './queries/usage.ts';

export type { Usage } from './queries/usage.ts';

/** @throws {Refusal} `noSuchAccount`. */
export function readUsage(store: Store, actor: Actor, accountId: AccountId): Promise<Usage> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    const usage = await selectUsage(tx, accountId);
    if (!usage) throw new Refusal('noSuchAccount');
    return usage;
  });
}
