/** What SEARCH looks for (RFC 9051 §6.4.4 and extensions): one closed union, texts decoded. */
import type { SequenceSet } from './sequence-set.ts';

export type SearchKey =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] }
  | { readonly kind: 'or'; readonly keys: readonly [SearchKey, SearchKey] }
  | { readonly kind: 'not'; readonly key: SearchKey }
  /** Sequence numbers. */
  | { readonly kind: 'numbers'; readonly set: SequenceSet }
  | { readonly kind: 'uids'; readonly set: SequenceSet }
  /** A system flag as `\Seen`, or a keyword as written (KEYWORD, UNKEYWORD are `not`). */
  | { readonly kind: 'flag'; readonly flag: string }
  /** RECENT of IMAP4rev1; NEW is it and unseen, OLD is not it. */
  | { readonly kind: 'recent' }
  /** BCC, CC, FROM, SUBJECT, TO and HEADER; `field` is lower case, an empty `text` asks only whether it is there. */
  | { readonly kind: 'header'; readonly field: string; readonly text: string }
  | { readonly kind: 'body' | 'text'; readonly text: string }
  /**
   * `day` counts days since 1970-01-01, compared without regard to the time and zone. `saved` is RFC 8514.
   */
  | {
      readonly kind: 'date';
      readonly of: 'internal' | 'sent' | 'saved';
      readonly is: 'before' | 'on' | 'since';
      readonly day: number;
    }
  | { readonly kind: 'saveDateSupported' }
  /** RFC822.SIZE, both exclusive. */
  | { readonly kind: 'size'; readonly is: 'larger' | 'smaller'; readonly octets: number }
  /** YOUNGER and OLDER (RFC 5032): internal date against now. */
  | { readonly kind: 'within'; readonly is: 'younger' | 'older'; readonly seconds: number }
  /** At least this modseq (RFC 7162 §3.1.5); the entry name, if any, changes nothing here. */
  | { readonly kind: 'modseq'; readonly modseq: number }
  /** RFC 8474 §4.3 */
  | { readonly kind: 'emailId' | 'threadId'; readonly id: string };
