/** Opening the blobs an account owns, whole or a part of one with its transfer encoding undone. */
import type { BlobName } from '#formats/jmap/id.ts';
import { decodeTransfer } from '#formats/message/transfer.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { type Blob, ownsBlob, selectBlobIn } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

/** Octets to read: of a whole blob as they are kept, of a part decoded. */
export type Octets = Pick<Blob, 'sizeOctets' | 'bytes' | 'stream'>;

/** @throws {Refusal} `noSuchAccount`; `noSuchBlob` also for one that only others own. */
export async function openBlobOf(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  name: BlobName,
): Promise<Octets> {
  const blob = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    const hash = asBlobHash(name.hash);
    return (await ownsBlob(tx, accountId, hash)) ? selectBlobIn(store, tx, actor.tenantId, hash) : undefined;
  });
  if (!blob || (name.kind === 'part' && name.end > blob.sizeOctets)) throw new Refusal('noSuchBlob');
  if (name.kind === 'whole') return blob;
  if (name.encoding === 'identity') return slice(blob, name.start, name.end);
  return inMemory(decodeTransfer(await blob.bytes(name.start, name.end), name.encoding));
}

function slice(blob: Blob, from: number, until: number): Octets {
  const sizeOctets = until - from;
  return {
    sizeOctets,
    bytes: (start = 0, end = sizeOctets) => blob.bytes(from + start, from + Math.min(end, sizeOctets)),
    stream: (start = 0, end = sizeOctets) => blob.stream(from + start, from + Math.min(end, sizeOctets)),
  };
}

function inMemory(octets: Uint8Array): Octets {
  return {
    sizeOctets: octets.length,
    bytes: (start = 0, end = octets.length) => Promise.resolve(octets.subarray(start, end)),
    async *stream(start = 0, end = octets.length) {
      yield octets.subarray(start, end);
    },
  };
}
