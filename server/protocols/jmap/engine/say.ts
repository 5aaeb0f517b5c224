/** Every refusal of the verbs in JMAP's words: as the error of a method (RFC 8620 §3.6.2) and of a record (§5.3). */
import { MethodError, type MethodErrorType, type SetError, type SetErrorType } from '#formats/jmap/errors.ts';
import type { Reason, Refusal } from '#server/access/refusal.ts';
import type { Said } from '#server/access/refusal.ts';

export const setErrorType = {
  badCredentials: 'forbidden',
  tryLater: 'rateLimit',
  accountLocked: 'forbidden',
  loginUnfinished: 'forbidden',
  secondFactorNeeded: 'forbidden',
  stepUpNeeded: 'stepUpNeeded',
  tooBusy: 'rateLimit',
  underMaintenance: 'forbidden',
  noSuchAccount: 'notFound',
  noSuchMailbox: 'notFound',
  noSuchEmail: 'notFound',
  noSuchBlob: 'blobNotFound',
  noSuchThread: 'notFound',
  noSuchIdentity: 'notFound',
  noSuchSubmission: 'notFound',
  noSuchPerson: 'notFound',
  noSuchUnit: 'notFound',
  noSuchClient: 'notFound',
  noSuchDomain: 'notFound',
  noSuchRecipient: 'invalidRecipients',
  noSuchJob: 'notFound',
  mayNot: 'forbidden',
  readOnlyAccount: 'forbidden',
  alreadyExists: 'alreadyExists',
  mailboxHasChild: 'mailboxHasChild',
  mailboxHasEmail: 'mailboxHasEmail',
  wouldLoop: 'invalidProperties',
  stateMismatch: 'stateMismatch',
  cannotCalculateChanges: 'serverFail',
  cannotUnsend: 'cannotUnsend',
  overQuota: 'overQuota',
  tooLarge: 'tooLarge',
  tooMany: 'tooManyRecipients',
  rateLimited: 'rateLimit',
  invalidProperties: 'invalidProperties',
  invalidArguments: 'invalidProperties',
  invalidEmail: 'invalidEmail',
  noRecipients: 'noRecipients',
  invalidRecipients: 'invalidRecipients',
  forbiddenFrom: 'forbiddenFrom',
  forbiddenMailFrom: 'forbiddenMailFrom',
  unsupportedFilter: 'invalidProperties',
  unsupportedSort: 'invalidProperties',
  anchorNotFound: 'invalidProperties',
  weakPassword: 'invalidProperties',
  noSuchScript: 'notFound',
  scriptIsActive: 'sieveIsActive',
  invalidScript: 'invalidSieve',
  rejected: 'forbidden',
} as const satisfies Said & Record<Reason, SetErrorType>;

export const methodErrorType = {
  badCredentials: 'forbidden',
  tryLater: 'serverUnavailable',
  accountLocked: 'forbidden',
  loginUnfinished: 'forbidden',
  secondFactorNeeded: 'forbidden',
  stepUpNeeded: 'stepUpNeeded',
  tooBusy: 'serverUnavailable',
  underMaintenance: 'serverUnavailable',
  noSuchAccount: 'accountNotFound',
  noSuchMailbox: 'invalidArguments',
  noSuchEmail: 'invalidArguments',
  noSuchBlob: 'invalidArguments',
  noSuchThread: 'invalidArguments',
  noSuchIdentity: 'invalidArguments',
  noSuchSubmission: 'invalidArguments',
  noSuchPerson: 'invalidArguments',
  noSuchUnit: 'invalidArguments',
  noSuchClient: 'invalidArguments',
  noSuchDomain: 'invalidArguments',
  noSuchRecipient: 'invalidArguments',
  noSuchJob: 'invalidArguments',
  mayNot: 'forbidden',
  readOnlyAccount: 'accountReadOnly',
  alreadyExists: 'invalidArguments',
  mailboxHasChild: 'forbidden',
  mailboxHasEmail: 'forbidden',
  wouldLoop: 'invalidArguments',
  stateMismatch: 'stateMismatch',
  cannotCalculateChanges: 'cannotCalculateChanges',
  cannotUnsend: 'forbidden',
  overQuota: 'forbidden',
  tooLarge: 'requestTooLarge',
  tooMany: 'requestTooLarge',
  rateLimited: 'serverUnavailable',
  invalidProperties: 'invalidArguments',
  invalidArguments: 'invalidArguments',
  invalidEmail: 'invalidArguments',
  noRecipients: 'invalidArguments',
  invalidRecipients: 'invalidArguments',
  forbiddenFrom: 'forbidden',
  forbiddenMailFrom: 'forbidden',
  unsupportedFilter: 'unsupportedFilter',
  unsupportedSort: 'unsupportedSort',
  anchorNotFound: 'anchorNotFound',
  weakPassword: 'invalidArguments',
  noSuchScript: 'invalidArguments',
  scriptIsActive: 'forbidden',
  invalidScript: 'invalidArguments',
  rejected: 'forbidden',
} as const satisfies Said & Record<Reason, MethodErrorType>;

export function saySetError({ reason, details }: Refusal): SetError {
  return {
    type: setErrorType[reason],
    ...(details.description !== undefined && { description: details.description }),
    ...(details.properties && { properties: details.properties }),
    ...(details.existingId !== undefined && { existingId: details.existingId }),
    ...(details.limit !== undefined && limitMember(reason, details.limit)),
  };
}

/** The member in which each error says its limit (RFC 8621 §7.5). */
function limitMember(reason: Reason, limit: number): Pick<SetError, 'limits'> {
  if (reason === 'tooLarge') return { limits: { maxSize: limit } };
  return reason === 'tooMany' ? { limits: { maxRecipients: limit } } : {};
}

export function sayMethodError({ reason, details }: Refusal): MethodError {
  return new MethodError(methodErrorType[reason], details.description);
}
