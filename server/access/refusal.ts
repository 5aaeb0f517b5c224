/**
 * Saying no. Verbs throw a `Refusal` with one of these reasons; each head has one table that says it in its own
 * tongue (`satisfies Said`), so that every protocol gives the same answer to the same question.
 */

/** Closed: a new reason compiles only when every head can say it. */
export type Reason =
  // identity
  | 'badCredentials' // unknown name or wrong password: never tell which
  | 'tryLater' // too many failures, by this account or this address
  | 'accountLocked' // proved who they are, but the account may not be used now
  | 'loginUnfinished' // a step of the login is left, such as replacing a provisional password: on the web
  | 'secondFactorNeeded' // a plain password is not enough here: use an app password
  | 'stepUpNeeded' // the session is right, but its holder proved who they are too long ago for this
  | 'awaitsApproval' // kept, and done when a second administrator agrees
  | 'overtaken' // what was agreed to is no longer as it was seen, or somebody was quicker
  | 'tooBusy' // a bounded queue is full
  | 'underMaintenance' // reading only, or nothing at all, until it ends: what waits should wait on
  // rights and existence: "noSuch…" is also the answer where the actor may not know of it
  | 'noSuchAccount'
  | 'noSuchMailbox'
  | 'noSuchEmail'
  | 'noSuchBlob'
  | 'noSuchThread'
  | 'noSuchIdentity'
  | 'noSuchSubmission'
  | 'noSuchPerson'
  | 'noSuchUnit'
  | 'noSuchGroup'
  | 'noSuchClient'
  | 'noSuchDomain'
  | 'noSuchRecipient'
  | 'noSuchJob'
  | 'noSuchScript'
  | 'mayNot'
  | 'readOnlyAccount'
  // state
  | 'alreadyExists'
  | 'mailboxHasChild'
  | 'mailboxHasEmail'
  | 'wouldLoop' // a mailbox or unit below itself; a message that went round too often
  | 'stateMismatch'
  | 'cannotCalculateChanges'
  | 'cannotUnsend'
  | 'scriptIsActive'
  // limits
  | 'overQuota'
  | 'tooLarge'
  | 'tooMany'
  | 'rateLimited'
  // content
  | 'invalidProperties'
  | 'invalidArguments'
  | 'invalidEmail'
  | 'noRecipients'
  | 'invalidRecipients'
  | 'forbiddenFrom'
  | 'forbiddenMailFrom'
  | 'unsupportedFilter'
  | 'unsupportedSort'
  | 'anchorNotFound'
  | 'weakPassword'
  | 'invalidScript'
  | 'rejected'; // by the recipient's own rules, in their words

export type Said = Readonly<Record<Reason, unknown>>;

export interface RefusalDetails {
  /** JMAP property names at fault (RFC 8620 §5.3). */
  readonly properties?: readonly string[];
  /** For programs and logs, in English; heads have their own words for people. */
  readonly description?: string;
  /** When it is worth trying again, in seconds. */
  readonly retryAfterSeconds?: number;
  /** For awaitsApproval: until when it waits. For underMaintenance: the end that was announced, in milliseconds since 1970; null where none was. */
  readonly endsAt?: number | null;
  /** For alreadyExists and awaitsApproval: the id of what is there. */
  readonly existingId?: string;
  /** For tooLarge and tooMany: the limit that stood in the way. */
  readonly limit?: number;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: Reason;
  readonly details: RefusalDetails;

  constructor(reason: Reason, details: RefusalDetails = {}) {
    super(details.description ?? reason);
    this.reason = reason;
    this.details = details;
  }
}
