/**
 * The ways JMAP says no: to a request (RFC 8620 §3.6.1), to a method (§3.6.2) and to one record of a /set (§5.3).
 * Readers throw the first two; the third is a value, for it stands beside the records that went well.
 */
import type { Json, JsonObject } from './json.ts';

export type RequestErrorType = 'unknownCapability' | 'notJSON' | 'notRequest' | 'limit';

/** The whole request is refused; nothing of it was done. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly type: RequestErrorType;
  /** For type `limit`: the name of the limit (RFC 8620 §2). */
  readonly limit: string | undefined;
  constructor(type: RequestErrorType, detail: string, limit?: string) {
    super(detail);
    this.type = type;
    this.limit = limit;
  }
}

/** The body of a refused request: a problem document (RFC 7807) with the URN of RFC 8620 §3.6.1. */
export function printProblem(error: RequestError): JsonObject {
  return {
    type: `urn:ietf:params:jmap:error:${error.type}`,
    status: 400,
    detail: error.message,
    ...(error.limit !== undefined && { limit: error.limit }),
  };
}

/** RFC 8620 §3.6.2, §5.1 to §5.6; RFC 9404 §4.3. Our own: `stepUpNeeded`, the person must prove again who they are;
 * `awaitsApproval`, kept until a second administrator agrees; `overtaken`, no longer as it was seen. */
export type MethodErrorType =
  | 'serverUnavailable'
  | 'serverFail'
  | 'serverPartialFail'
  | 'unknownMethod'
  | 'invalidArguments'
  | 'invalidResultReference'
  | 'forbidden'
  | 'accountNotFound'
  | 'accountNotSupportedByMethod'
  | 'accountReadOnly'
  | 'fromAccountNotFound'
  | 'fromAccountNotSupportedByMethod'
  | 'requestTooLarge'
  | 'cannotCalculateChanges'
  | 'stateMismatch'
  | 'anchorNotFound'
  | 'unsupportedSort'
  | 'unsupportedFilter'
  | 'tooManyChanges'
  | 'unknownDataType'
  | 'stepUpNeeded'
  | 'awaitsApproval'
  | 'overtaken';

/** One method is refused; those before it stand, those after it run. */
export class MethodError extends Error {
  override readonly name = 'MethodError';
  readonly type: MethodErrorType;
  constructor(type: MethodErrorType, description = '') {
    super(description);
    this.type = type;
  }
}

export function printMethodError(error: MethodError): JsonObject {
  return { type: error.type, ...(error.message !== '' && { description: error.message }) };
}

/** RFC 8620 §5.3, §5.4, §7.2; RFC 8621 §2.5, §4.6, §4.8, §6.3, §7.5; RFC 9661 §2.4. */
export type SetErrorType =
  | 'forbidden'
  | 'overQuota'
  | 'tooLarge'
  | 'rateLimit'
  | 'notFound'
  | 'invalidPatch'
  | 'willDestroy'
  | 'invalidProperties'
  | 'singleton'
  | 'alreadyExists'
  | 'stateMismatch'
  | 'serverFail'
  | 'mailboxHasChild'
  | 'mailboxHasEmail'
  | 'blobNotFound'
  | 'tooManyKeywords'
  | 'tooManyMailboxes'
  | 'invalidEmail'
  | 'tooManyRecipients'
  | 'noRecipients'
  | 'invalidRecipients'
  | 'forbiddenMailFrom'
  | 'forbiddenFrom'
  | 'forbiddenToSend'
  | 'cannotUnsend'
  | 'invalidSieve'
  | 'sieveIsActive'
  | 'stepUpNeeded'
  | 'awaitsApproval'
  | 'overtaken';

/** Why one record was not created, updated or destroyed. Further members as the type of error asks. */
export interface SetError {
  readonly type: SetErrorType;
  readonly description?: string;
  readonly properties?: readonly string[];
  readonly existingId?: string;
  /** For tooLarge and tooMany…: what the most would have been. */
  readonly limits?: Readonly<Record<string, Json>>;
}

export function printSetError({ limits, ...error }: SetError): JsonObject {
  return { ...error, ...limits };
}
