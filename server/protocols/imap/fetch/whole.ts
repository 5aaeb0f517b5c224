/**
 * Messages read whole a moment ago, inflated: a phone, a laptop and a web client ask for the same new ones within
 * minutes. By the name of their octets, which therefore never differ; bounded, the least recently asked for goes first.
 */
import type { Blob } from '#server/store/blobs/store.ts';

const maxOctets = 64 * 1024 * 1024;

const kept = new Map<string, Uint8Array>();
let keptOctets = 0;

/** The octets of a blob that may be read in one piece. Nobody may write into them. */
export async function wholeOf(blob: Blob): Promise<Uint8Array> {
  const known = kept.get(blob.hash);
  if (known) {
    kept.delete(blob.hash);
    kept.set(blob.hash, known);
    return known;
  }
  const octets = await blob.bytes();
  if (!kept.has(blob.hash)) {
    kept.set(blob.hash, octets);
    keptOctets += octets.length;
  }
  for (const [hash, { length }] of kept) {
    if (keptOctets <= maxOctets) break;
    kept.delete(hash);
    keptOctets -= length;
  }
  return octets;
}
