/**
 * Identities, branded so that the compiler keeps a mailbox's number from standing where an email's is meant.
 * Only the makers of this file and the readers of rows make them. Numbers are positive safe integers.
 */

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type TenantId = Brand<number, 'TenantId'>;
export type UnitId = Brand<number, 'UnitId'>;
export type PersonId = Brand<number, 'PersonId'>;
export type AccountId = Brand<number, 'AccountId'>;
export type AnnouncementId = Brand<number, 'AnnouncementId'>;
/** Of the directory: people and groups under one name. */
export type GroupId = Brand<number, 'GroupId'>;
/** Of an identity provider that a tenant believes. */
export type ProviderId = Brand<number, 'ProviderId'>;
/** Of an import of people. */
export type PeopleRunId = Brand<number, 'PeopleRunId'>;

/** These are numbered within their account, from one counter: `account.next_id`. */
export type MailboxId = Brand<number, 'MailboxId'>;
export type EmailId = Brand<number, 'EmailId'>;
export type ThreadId = Brand<number, 'ThreadId'>;
export type IdentityId = Brand<number, 'IdentityId'>;
export type SubmissionId = Brand<number, 'SubmissionId'>;
export type SieveScriptId = Brand<number, 'SieveScriptId'>;
export type FilterRunId = Brand<number, 'FilterRunId'>;
export type ImportId = Brand<number, 'ImportId'>;
export type CommentId = Brand<number, 'CommentId'>;
/** Of an act that waits for a second administrator. */
export type ApprovalId = Brand<number, 'ApprovalId'>;

/** The account's clock (RFC 7162 §3.1): JMAP state, IMAP MODSEQ and sync-token alike. */
export type Modseq = Brand<number, 'Modseq'>;
/** IMAP unique identifier within a mailbox (RFC 9051 §2.3.1.1). */
export type Uid = Brand<number, 'Uid'>;

/** SHA-256 of the octets, base64url without padding: 43 characters. */
export type BlobHash = Brand<string, 'BlobHash'>;

/** Time-ordered random name (RFC 9562 §5.7) of what no account numbers: jobs, traces, arrivals. */
export type Uuid = Brand<string, 'Uuid'>;

/** Milliseconds since 1970-01-01T00:00Z. */
export type Milliseconds = Brand<number, 'Milliseconds'>;

/**
 * The one maker of numbered ids.
 * @throws {RangeError} when `value` is not a positive safe integer: a row or a caller is broken.
 */
export function asId<Id extends Brand<number, string>>(value: number): Id {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`not an id: ${value}`);
  return value as Id;
}

/** A clock value: 0 is the clock of an account nothing happened to. */
export function asModseq(value: number): Modseq {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a modseq: ${value}`);
  return value as Modseq;
}

export function asMilliseconds(value: number): Milliseconds {
  return value as Milliseconds;
}

const blobHashForm = /^[A-Za-z0-9_-]{43}$/;

/** @throws {RangeError} when `value` does not have the form of a hash. */
export function asBlobHash(value: string): BlobHash {
  if (!blobHashForm.test(value)) throw new RangeError('not a blob hash');
  return value as BlobHash;
}

export function asUuid(value: string): Uuid {
  return value as Uuid;
}
