/** UIDs that left a mailbox since a modseq (RFC 7162 §3.2.10). Tombstones are kept for good, so the answer is exact. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectGone } from './queries.ts';

const all = 1_000_000_000;

/** In no order. `below`: no uid from here on. @throws {Refusal} `noSuchAccount`. */
export function readVanished(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  mailboxId: MailboxId,
  { since, below }: { readonly since: number; readonly below: number },
): Promise<readonly number[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return selectGone(tx, accountId, mailboxId, since, below, all);
  });
}
