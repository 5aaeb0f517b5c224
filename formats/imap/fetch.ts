/** What FETCH asks for (RFC 9051 §6.4.5 and extensions). Macros are spelled out by the reader. */
import type { PartialRange } from './search.ts';
import type { SequenceSet } from './sequence-set.ts';

export interface FetchCommand {
  readonly kind: 'fetch';
  readonly byUid: boolean;
  readonly set: SequenceSet;
  readonly items: readonly FetchItem[];
  /** RFC 7162 §3.1.4.1 */
  readonly changedSince: number | undefined;
  /** RFC 7162 §3.2.6; only with byUid and changedSince. */
  readonly isVanished: boolean;
  /** RFC 9394 §3.2; only with byUid. */
  readonly partial: PartialRange | undefined;
}

export type FetchItem =
  | {
      readonly kind:
        | 'uid'
        | 'flags'
        | 'internalDate'
        | 'size'
        | 'envelope'
        | 'body'
        | 'bodyStructure'
        | 'modseq'
        | 'emailId'
        | 'threadId'
        | 'saveDate';
    }
  /** RFC 8970 */
  | { readonly kind: 'preview'; readonly isLazy: boolean }
  | FetchSection
  | FetchBinary
  /** BINARY.SIZE (RFC 9051 §6.4.5.1). */
  | { readonly kind: 'binarySize'; readonly path: readonly number[]; readonly label: string };

/** BODY[…], BODY.PEEK[…], and RFC822, RFC822.HEADER (peeks), RFC822.TEXT of IMAP4rev1. */
export interface FetchSection {
  readonly kind: 'section';
  readonly isPeek: boolean;
  readonly section: Section;
  readonly partial: OctetRange | undefined;
  /** How the answer names it, `BODY[HEADER.FIELDS (DATE FROM)]<0>`: octets, printed as they are. */
  readonly label: string;
}

/** BINARY[…] and BINARY.PEEK[…]: transfer encoding undone. An empty path is the whole message. */
export interface FetchBinary {
  readonly kind: 'binary';
  readonly isPeek: boolean;
  readonly path: readonly number[];
  readonly partial: OctetRange | undefined;
  readonly label: string;
}

/** `<offset.length>`: at most `length` octets from `offset`; both below 2^63, kept exact below 2^53. */
export interface OctetRange {
  readonly offset: number;
  readonly length: number;
}

/** RFC 9051 §6.4.5.1. An empty path is the message itself; MIME needs a path. */
export interface Section {
  readonly path: readonly number[];
  readonly text: SectionText;
}

export type SectionText =
  /** The part itself, or the whole message. */
  | { readonly kind: 'all' }
  | { readonly kind: 'header' | 'text' | 'mime' }
  /** `names` are lower case, in the order asked for. */
  | { readonly kind: 'headerFields' | 'headerFieldsNot'; readonly names: readonly string[] };
