/** Every answer of ManageSieve: response code (RFC 5804 §1.3) and sentence. The only file with words. */
import type { Problem } from '#formats/managesieve/bad-syntax.ts';
import type { Response } from '#formats/managesieve/print.ts';
import type { Refusal, Said } from '#server/access/refusal.ts';

function no(code: string | undefined, words: string): Response {
  return { status: 'NO', code, words };
}

function bye(code: string | undefined, words: string): Response {
  return { status: 'BYE', code, words };
}

const notHere = no(undefined, 'Cannot be done here');
const notWellFormed = no(undefined, 'Not well formed');

/** What verbs refuse. */
const refused = {
  badCredentials: no(undefined, 'User name or password is wrong'),
  tryLater: no('TRYLATER', 'Too many failures, try again later'),
  accountLocked: no(undefined, 'This account may not be used now'),
  loginUnfinished: no(undefined, 'Log in on the web page once first, and choose a password'),
  secondFactorNeeded: no(undefined, 'Use an app password for this program'),
  stepUpNeeded: no(undefined, 'This is done on the web'),
  awaitsApproval: no(undefined, 'This is done on the web'),
  overtaken: no(undefined, 'This is done on the web'),
  tooBusy: no('TRYLATER', 'Too busy, try again later'),
  underMaintenance: no('TRYLATER', 'Under maintenance, try again later'),
  noSuchAccount: no(undefined, 'Not allowed'),
  noSuchMailbox: notHere,
  noSuchEmail: notHere,
  noSuchBlob: no('NONEXISTENT', 'There is no such script'),
  noSuchThread: notHere,
  noSuchIdentity: notHere,
  noSuchSubmission: notHere,
  noSuchPerson: notHere,
  noSuchUnit: notHere,
  noSuchGroup: notHere,
  noSuchClient: notHere,
  noSuchDomain: notHere,
  noSuchRecipient: notHere,
  noSuchJob: notHere,
  noSuchScript: no('NONEXISTENT', 'There is no such script'),
  mayNot: no(undefined, 'Not allowed'),
  readOnlyAccount: no(undefined, 'This account is read-only now'),
  alreadyExists: no('ALREADYEXISTS', 'There is a script of this name'),
  mailboxHasChild: notHere,
  mailboxHasEmail: notHere,
  wouldLoop: notHere,
  stateMismatch: no('TRYLATER', 'Try again'),
  cannotCalculateChanges: no('TRYLATER', 'Try again'),
  cannotUnsend: notHere,
  scriptIsActive: no('ACTIVE', 'The active script cannot be deleted'),
  overQuota: no('QUOTA/MAXSCRIPTS', 'There are too many scripts'),
  tooLarge: no('QUOTA/MAXSIZE', 'The script is too large'),
  tooMany: no('QUOTA/MAXSCRIPTS', 'There are too many scripts'),
  rateLimited: no('TRYLATER', 'Too much at once, try again later'),
  invalidProperties: no(undefined, 'A script cannot have this name'),
  invalidArguments: notWellFormed,
  invalidEmail: notHere,
  invalidScript: no(undefined, 'The script is not well formed'),
  noRecipients: notHere,
  invalidRecipients: notHere,
  forbiddenFrom: notHere,
  forbiddenMailFrom: notHere,
  unsupportedFilter: notHere,
  unsupportedSort: notHere,
  anchorNotFound: notHere,
  weakPassword: notHere,
  rejected: notHere,
} satisfies Said;

/** What readers refuse. */
const misread = {
  syntax: notWellFormed,
  command: no(undefined, 'No such command'),
  arguments: no(undefined, 'The arguments do not fit the command'),
  literalTooLong: no('QUOTA/MAXSIZE', 'The string is too long'),
  notUtf8: no(undefined, 'That is not UTF-8'),
} satisfies Readonly<Record<Problem, Response>>;

/** What the protocol itself says. */
export const own = {
  greeting: { status: 'OK', code: undefined, words: 'Pli' },
  done: { status: 'OK', code: undefined, words: 'Done' },
  bye: { status: 'OK', code: undefined, words: 'Bye' },
  startTls: { status: 'OK', code: undefined, words: 'Start TLS' },
  authenticated: { status: 'OK', code: undefined, words: 'Welcome' },
  room: { status: 'OK', code: undefined, words: 'There is room' },
  vacationIsOn: {
    status: 'OK',
    code: 'WARNINGS',
    words:
      'Kept. The absence answer set elsewhere is on: it answers after the active script, unless that answers itself.',
  },
  lineTooLong: no(undefined, 'The line is too long'),
  bareLineEnd: no(undefined, 'A line ends with CR LF'),
  loginFirst: no(undefined, 'Log in first'),
  loginDone: no(undefined, 'Already logged in'),
  tlsAlready: no(undefined, 'TLS is already on'),
  noTls: no(undefined, 'Not offered here'),
  needsTls: no('ENCRYPT-NEEDED', 'Start TLS before giving a password'),
  noSuchMechanism: no(undefined, 'No such mechanism'),
  badBase64: notWellFormed,
  cancelled: no(undefined, 'Cancelled'),
  fault: no('TRYLATER', 'Something went wrong here, try again later'),
  closing: bye('TRYLATER', 'The server is closing'),
  ended: bye(undefined, 'This access has ended'),
  tooSlow: bye(undefined, 'Too slow'),
  tooLarge: bye(undefined, 'That is too much'),
  tooManyErrors: bye(undefined, 'Too many errors'),
  tooManyAuthFailures: bye(undefined, 'Too many failures'),
  tooManyConnections: bye('TRYLATER', 'Too many connections, come again later'),
  tooManyFromAddress: bye('TRYLATER', 'Too many connections from your address'),
} as const satisfies Readonly<Record<string, Response>>;

/** A script's own error is said in its words: line, column, sentence. */
export function sayRefusal({ reason, details }: Refusal): Response {
  const said = refused[reason];
  return reason === 'invalidScript' && details.description !== undefined
    ? { ...said, words: details.description }
    : said;
}

export function sayProblem(problem: Problem): Response {
  return misread[problem];
}
