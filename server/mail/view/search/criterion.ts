/** What emails of one mailbox are asked for: a closed union that any head can put together. Instants are milliseconds since 1970. */

export type Criterion =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Criterion[] }
  | { readonly kind: 'not'; readonly of: Criterion }
  /** Positions in the sight, from 0. */
  | { readonly kind: 'places'; readonly spans: Uint32Array }
  /** Of `flags`: a keyword that has a bit, or the mark for removal. */
  | { readonly kind: 'bit'; readonly bit: number }
  /** Lower case. */
  | { readonly kind: 'keyword'; readonly keyword: string }
  /** from <= instant < until. */
  | { readonly kind: 'received'; readonly from: number; readonly until: number }
  | { readonly kind: 'saved'; readonly from: number; readonly until: number }
  /** The day of the Date field in its writer's zone, from <= day < until, days since 1970; without that field the day it was received, in UTC. */
  | { readonly kind: 'sent'; readonly from: number; readonly until: number }
  /** above < size < below. */
  | { readonly kind: 'size'; readonly above: number; readonly below: number }
  | { readonly kind: 'modseq'; readonly least: number }
  | { readonly kind: 'email'; readonly id: number }
  | { readonly kind: 'thread'; readonly id: number }
  /** A field of the header holds this text, whatever the case; '' asks whether the field is there. `field` is lower case. */
  | { readonly kind: 'header'; readonly field: string; readonly text: string }
  /** `body`: text parts; `text`: these and every header field. */
  | { readonly kind: 'text'; readonly where: 'text' | 'body'; readonly text: string };
