/** Copying a blob from one account to another of the same person's: nothing is sent twice, and nothing is kept twice. */
import type { BlobName } from '#formats/jmap/id.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { linkKnownBlob, ownsBlob, unlinkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import { openBlobOf } from './open.ts';
import { planUpload, upload } from './upload.ts';

/** Of a part, which is read into memory. */
const mostOctets = 100_000_000;

/**
 * Makes the octets an upload of the actor's in `to`, as if they had sent them there. A part becomes a blob of its own:
 * the account it goes to is not given the message around it.
 * @throws {Refusal} `noSuchAccount`, `noSuchBlob`, `mayNot`, `readOnlyAccount`, `tooLarge`; `tooMany` as `upload`.
 */
export async function copyBlob(
  store: Store,
  actor: PersonActor,
  { from, to }: { readonly from: AccountId; readonly to: AccountId },
  name: BlobName,
): Promise<BlobName> {
  const blob = await openBlobOf(store, actor, from, name);
  if (name.kind === 'part') {
    if (blob.sizeOctets > mostOctets) throw new Refusal('tooLarge', { limit: mostOctets });
    const { hash } = await upload(store, actor, to, await blob.bytes());
    return { kind: 'whole', hash };
  }
  const hash = asBlobHash(name.hash);
  await write(store, async (tx) => {
    const link = await planUpload(tx, actor, to, blob.sizeOctets, store.now());
    if (!(await ownsBlob(tx, from, hash))) throw new Refusal('noSuchBlob');
    await unlinkBlob(tx, hash, link);
    await linkKnownBlob(tx, hash, link);
  });
  return name;
}
