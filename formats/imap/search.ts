/** SEARCH, UID SEARCH, ESEARCH, SORT and THREAD (RFC 9051 §6.4.4, RFC 7377, RFC 5256, RFC 5957, RFC 5267 §4.4, RFC 9394). */
import type { MailboxFilter } from './notify.ts';
import type { SearchKey } from './search-key.ts';

/** The n-th to m-th of a result or of a set, counted from 1; from the end for `-1:-100` (RFC 9394 §3.1). `first <= last`. */
export interface PartialRange {
  readonly first: number;
  readonly last: number;
  readonly isFromEnd: boolean;
}

/** RETURN (…) (RFC 9051 §6.4.4, RFC 5182, RFC 9394); `RETURN ()` is ALL. */
export interface SearchReturn {
  readonly min: boolean;
  readonly max: boolean;
  readonly all: boolean;
  readonly count: boolean;
  readonly save: boolean;
  readonly partial: PartialRange | undefined;
}

export interface SearchCommand {
  readonly kind: 'search';
  /** UID SEARCH; ESEARCH always. */
  readonly byUid: boolean;
  /** Undefined: SEARCH without RETURN, answered by `* SEARCH` unless IMAP4rev2 is on. */
  readonly returns: SearchReturn | undefined;
  /** ESEARCH … IN (…) (RFC 7377); undefined is the selected mailbox. `isMultiple` tells the ESEARCH command. */
  readonly isMultiple: boolean;
  readonly sources: readonly MailboxFilter[] | undefined;
  readonly key: SearchKey;
}

export type SortField = 'arrival' | 'cc' | 'date' | 'from' | 'size' | 'subject' | 'to' | 'displayFrom' | 'displayTo';

export interface SortCriterion {
  readonly field: SortField;
  readonly isReverse: boolean;
}

export interface SortCommand {
  readonly kind: 'sort';
  readonly byUid: boolean;
  readonly returns: SearchReturn | undefined;
  readonly criteria: readonly SortCriterion[];
  readonly key: SearchKey;
}

export interface ThreadCommand {
  readonly kind: 'thread';
  readonly byUid: boolean;
  readonly algorithm: 'orderedSubject' | 'references';
  readonly key: SearchKey;
}
