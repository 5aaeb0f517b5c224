/** The octets of a script a client names by the id of a blob. */
import { readBlobId } from '#formats/jmap/id.ts';
import type { Json } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openBlobOf } from '#server/blobs/open.ts';
import { filterPolicy } from '#server/filters/policy.ts';

import { type AccountContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';

/** @throws {SetFailure} `invalidProperties`, `blobNotFound`, `tooLarge`. */
export async function contentOf(ctx: AccountContext, blobId: Json | undefined): Promise<Uint8Array> {
  const { store, actor, accountId, created } = ctx;
  const name = typeof blobId === 'string' ? readBlobId(created.resolve(blobId) ?? '') : undefined;
  if (!name) throw new SetFailure({ type: 'invalidProperties', properties: ['blobId'] });
  try {
    const blob = await openBlobOf(store, actor, accountId, name);
    const { scriptOctets } = filterPolicy(store);
    if (blob.sizeOctets > scriptOctets)
      throw new SetFailure({ type: 'tooLarge', limits: { maxSize: scriptOctets }, properties: ['blobId'] });
    return await blob.bytes();
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'noSuchBlob')
      throw new SetFailure({ type: 'blobNotFound', limits: { notFound: blobId === undefined ? [] : [blobId] } });
    throw error;
  }
}
