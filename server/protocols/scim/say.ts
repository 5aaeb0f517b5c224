/** How SCIM says what the house refuses (RFC 7644 §3.12). What may not be known of is not found. */
import { RequestError } from '#formats/jmap/errors.ts';
import { ScimError, type ScimType } from '#formats/scim/error.ts';
import { type Reason, Refusal, type Said } from '#server/access/refusal.ts';

type Saying = readonly [status: number, scimType?: ScimType];

const gone: Saying = [404];
const badValue: Saying = [400, 'invalidValue'];

const sayings = {
  badCredentials: [401],
  tryLater: [429],
  accountLocked: [403],
  loginUnfinished: [401],
  secondFactorNeeded: [401],
  stepUpNeeded: [403],
  awaitsApproval: [403],
  overtaken: [409],
  tooBusy: [503],
  underMaintenance: [503],
  noSuchAccount: gone,
  noSuchMailbox: gone,
  noSuchEmail: gone,
  noSuchBlob: gone,
  noSuchThread: gone,
  noSuchIdentity: gone,
  noSuchSubmission: gone,
  noSuchPerson: gone,
  noSuchUnit: badValue,
  noSuchGroup: gone,
  noSuchClient: gone,
  noSuchDomain: badValue,
  noSuchRecipient: badValue,
  noSuchJob: gone,
  noSuchScript: gone,
  mayNot: [403],
  readOnlyAccount: [403],
  alreadyExists: [409, 'uniqueness'],
  mailboxHasChild: [409],
  mailboxHasEmail: [409],
  wouldLoop: badValue,
  stateMismatch: [412],
  cannotCalculateChanges: [409],
  cannotUnsend: [409],
  scriptIsActive: [409],
  overQuota: [507],
  tooLarge: [413],
  tooMany: [400, 'tooMany'],
  rateLimited: [429],
  invalidProperties: badValue,
  invalidArguments: badValue,
  invalidEmail: badValue,
  noRecipients: badValue,
  invalidRecipients: badValue,
  forbiddenFrom: [403],
  forbiddenMailFrom: [403],
  unsupportedFilter: [400, 'invalidFilter'],
  unsupportedSort: [400, 'invalidPath'],
  anchorNotFound: gone,
  weakPassword: badValue,
  invalidScript: badValue,
  rejected: [403],
} as const satisfies Said & Readonly<Record<Reason, Saying>>;

/** @returns undefined for a fault of ours. */
export function scimErrorOf(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error;
  if (error instanceof RequestError) return new ScimError(400, 'invalidSyntax', error.message);
  if (!(error instanceof Refusal)) return undefined;
  const [status, scimType]: Saying = sayings[error.reason];
  const { properties, description } = error.details;
  const names = properties?.join(', ');
  const detail = [names, description].filter((text) => text !== undefined).join(': ');
  return new ScimError(status, scimType, detail === '' ? error.reason : detail);
}
