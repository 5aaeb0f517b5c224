/**
 * The full-text index as floor 1 sees it: documents made of terms, and plans that name terms. What a term is, and how
 * words become terms, floor 2 decides; both engines only have to give the same answer to the same plan. Every term is
 * kept under its account, so that the cost of a search never grows with other people's mail.
 */
import type { AccountId, EmailId, Modseq } from './ids.ts';

/**
 * One document's terms, the same for everybody who holds the message. A term is letters, digits and `.@-_`, begins with
 * the letter of its field, and has at most 200 octets.
 */
export interface SearchContent {
  /**
   * Sequences in which phrases are found; no phrase crosses from one to the next. '' holds a position that no term has.
   * At most `maxPositions` in one sequence, no term more than `maxTimes` times in all, no term in two sequences.
   */
  readonly runs: readonly (readonly string[])[];
  /** Terms that are found but in no phrase. */
  readonly extras: readonly string[];
}

/**
 * One message's texts in which substrings are found, the same for everybody who holds the message: two are equal when
 * their octets are. The octet 0 stands between texts that do not belong together, and in nothing that is looked for.
 */
export interface SearchTexts {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

export type IndexedContent = SearchContent & { readonly texts: SearchTexts };

/** What PostgreSQL can hold in one tsvector; kept on every engine, so that none finds what another has forgotten. */
export const maxPositions = 16_000;
export const maxTimes = 255;
/** Octets of all distinct terms and their positions, account and all. */
export const maxContentOctets = 800_000;
/** What a term costs beside its own octets: its account, its entry. */
export const termOverheadOctets = 24;

/** Alternatives and conditions over terms. `everything` and `nothing` are not for inside of others: plans are simplified first. */
export type SearchPlan =
  | { readonly kind: 'everything' }
  | { readonly kind: 'nothing' }
  /** Terms next to each other in one sequence; one term alone is found among the extras too. */
  | { readonly kind: 'terms'; readonly terms: readonly string[]; readonly isPrefix: boolean }
  | { readonly kind: 'and' | 'or'; readonly of: readonly SearchPlan[] }
  | { readonly kind: 'not'; readonly of: SearchPlan };

/** An email whose place in the index is to be made right; without content it leaves the index. */
export interface SearchChange {
  readonly accountId: AccountId;
  readonly emailId: EmailId;
  /** Of the due row that asked for it. */
  readonly modseq: Modseq;
  readonly content: IndexedContent | undefined;
}

/** Reads the index. Emails come as their numbers, ascending. */
export interface SearchReader {
  match(accountId: AccountId, plan: SearchPlan): Promise<Uint32Array>;
  /** All emails of the account that the index holds. */
  documents(accountId: AccountId): Promise<Uint32Array>;
  /** All emails of the account whose texts are kept for substrings. */
  texts(accountId: AccountId): Promise<Uint32Array>;
  /** Accounts that have any document, ascending. */
  accounts(): Promise<readonly AccountId[]>;
  close(): Promise<void>;
}

/** The texts kept for substrings, compressed as text-segment.ts says: for the threads that search them. */
export interface KeptTexts {
  /** `work` sees one moment, and must wait for nothing but its snapshot. */
  read<T>(accountId: AccountId, work: (snapshot: TextSnapshot) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type TextPart = 'heads' | 'bodies';

export interface TextSnapshot {
  /** False while an index that is new or was emptied is not yet followed by due rows of all it has to hold. */
  isComplete(): Promise<boolean>;
  tail(): Promise<readonly { readonly emailId: number; readonly texts: Uint8Array }[]>;
  segments(which: TextPart): Promise<readonly SegmentToSearch[]>;
  /** A segment's texts, compressed. */
  octets(which: TextPart, segmentId: number): Promise<Uint8Array>;
}

export interface SegmentToSearch {
  /** The texts under one id never change; the directory loses emails that are gone. */
  readonly id: number;
  readonly entries: Uint8Array;
  readonly signs: Uint8Array;
}

/** Writes the index: for the thread that does so. */
export interface SearchWriter {
  /**
   * Makes sure the index is there and of this version.
   * @returns whether all emails are in it or due; if not, see that they are, then call `setComplete`.
   */
  prepare(): Promise<boolean>;
  setComplete(): Promise<void>;
  /** Empties the index; it is then not complete. */
  reset(): Promise<void>;
  /** Durable when it resolves, as is the end of the due rows it answers. The same change twice does no harm. */
  apply(changes: readonly SearchChange[]): Promise<void>;
  close(): Promise<void>;
}

/** Raised whenever terms change their meaning: an index of another version is made anew. */
export const searchVersion = 2;

/** No email has a larger number: an account would have to hold four thousand million objects. */
export const maxEmailId = 0xffff_ffff;
const maxAccountId = 0x7fff_ffff;

/** What stands before every term of an account. @throws {RangeError} for an account no index can hold. */
export function accountPrefix(accountId: AccountId): string {
  if (accountId > maxAccountId) throw new RangeError(`no search index for account ${accountId}`);
  return `${accountId.toString(36)}:`;
}
