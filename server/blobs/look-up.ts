/** Where a blob is used in an account (RFC 9404 §4.3). */
import type { PersonActor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { ownsBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash, type EmailId, type MailboxId, type ThreadId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectUses } from './queries.ts';

export interface BlobUses {
  readonly emailIds: readonly EmailId[];
  readonly mailboxIds: readonly MailboxId[];
  readonly threadIds: readonly ThreadId[];
}

/** @returns undefined where the account owns no such blob. @throws {Refusal} `noSuchAccount`. */
export function lookUpBlob(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  hash: string,
): Promise<BlobUses | undefined> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    const blobHash = asBlobHash(hash);
    return (await ownsBlob(tx, accountId, blobHash)) ? selectUses(tx, accountId, blobHash) : undefined;
  });
}
