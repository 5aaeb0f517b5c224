/** Parameters of SELECT and EXAMINE (RFC 7162 §3.1.8, §3.2.5). */
import type { SequenceSet } from './sequence-set.ts';

export interface QresyncParameters {
  readonly uidValidity: number;
  readonly modseq: number;
  /** UIDs the client knows; undefined: all. Never `*` nor `$`. */
  readonly knownUids: SequenceSet | undefined;
  /** Numbers and the UIDs they stood for, one for one, ascending. */
  readonly match: { readonly numbers: SequenceSet; readonly uids: SequenceSet } | undefined;
}
