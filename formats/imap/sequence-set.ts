/**
 * Sets of sequence numbers or UIDs (RFC 9051 §9, sequence-set): compact ranges in the order they were written, `*` kept as it is, because what it means
 * is known only when the mailbox is looked at.
 */

/** Stands for `*` in `pairs`: numbers are never 0. */
export const STAR = 0;

export type SequenceSet =
  /** from, to, from, to …; either may be STAR, and `from` may be the larger. */
  | { readonly kind: 'ranges'; readonly pairs: Uint32Array }
  /** `$`: what the last SEARCH RETURN (SAVE) found (RFC 9051 §6.4.4.1). */
  | { readonly kind: 'saved' };
