/** Sets named before the emails left: whether a UID was meant by one (RFC 7162 §3.2.6). */
import { isInRanges, resolveSet, type SequenceSet } from '#formats/imap/sequence-set.ts';

const resolved = new WeakMap<SequenceSet, Uint32Array>();

/** @param last what `*` stands for. */
export function isInSet(set: SequenceSet, uid: number, last: number): boolean {
  if (set.kind === 'saved') return false;
  return isInRanges(
    resolved.getOrInsertComputed(set, () => resolveSet(set.pairs, last)),
    uid,
  );
}
