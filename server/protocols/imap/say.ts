/** Every tagged refusal of IMAP: response code (RFC 9051 §7.1, RFC 5530) and sentence. The only file with words for refusals. */
import type { BadSyntax, Problem } from '#formats/imap/bad-syntax.ts';
import { SEARCH_CHARSETS } from '#formats/imap/search-key.ts';
import type { Refusal, Said } from '#server/access/refusal.ts';

export interface Saying {
  readonly status: 'NO' | 'BAD';
  readonly code: string | undefined;
  readonly words: string;
}

function no(code: string | undefined, words: string): Saying {
  return { status: 'NO', code, words };
}

function bad(code: string | undefined, words: string): Saying {
  return { status: 'BAD', code, words };
}

const notHere = no('CANNOT', 'Cannot be done by IMAP');
const noSuchMailbox = no('NONEXISTENT', 'No such mailbox');

const refused = {
  badCredentials: no('AUTHENTICATIONFAILED', 'User name or password is wrong'),
  tryLater: no('UNAVAILABLE', 'Too many failures, try again later'),
  accountLocked: no('CONTACTADMIN', 'This account may not be used now'),
  loginUnfinished: no('AUTHORIZATIONFAILED', 'Log in on the web page once first, and choose a password'),
  secondFactorNeeded: no('AUTHORIZATIONFAILED', 'Use an app password for this program'),
  stepUpNeeded: no('NOPERM', 'This is done on the web'),
  awaitsApproval: no('NOPERM', 'This is done on the web'),
  overtaken: no('NOPERM', 'This is done on the web'),
  tooBusy: no('UNAVAILABLE', 'Too busy, try again later'),
  underMaintenance: no('UNAVAILABLE', 'Under maintenance, try again later'),
  noSuchAccount: noSuchMailbox,
  noSuchMailbox,
  noSuchEmail: no('EXPUNGEISSUED', 'Some of these messages are gone'),
  noSuchBlob: no('EXPUNGEISSUED', 'The message is gone'),
  noSuchThread: notHere,
  noSuchIdentity: notHere,
  noSuchSubmission: notHere,
  noSuchPerson: no('CANNOT', 'No such person'),
  noSuchUnit: notHere,
  noSuchGroup: notHere,
  noSuchClient: notHere,
  noSuchDomain: notHere,
  noSuchRecipient: notHere,
  noSuchJob: notHere,
  noSuchScript: notHere,
  mayNot: no('NOPERM', 'Not allowed'),
  readOnlyAccount: no('NOPERM', 'This account is read-only now'),
  alreadyExists: no('ALREADYEXISTS', 'There is a mailbox of this name'),
  mailboxHasChild: no('HASCHILDREN', 'There are mailboxes below this one'),
  mailboxHasEmail: no('CANNOT', 'The mailbox is not empty'),
  wouldLoop: no('CANNOT', 'A mailbox cannot be below itself'),
  stateMismatch: no('INUSE', 'Try again'),
  cannotCalculateChanges: no('INUSE', 'Try again'),
  cannotUnsend: notHere,
  scriptIsActive: notHere,
  overQuota: no('OVERQUOTA', 'The account is full'),
  tooLarge: no('TOOBIG', 'The message is too large'),
  tooMany: no('LIMIT', 'Too many'),
  rateLimited: no('LIMIT', 'Too much at once, try again later'),
  invalidProperties: no('CANNOT', 'No mailbox can be made so'),
  invalidArguments: bad('CLIENTBUG', 'Not well formed'),
  invalidEmail: no(undefined, 'The message is not well formed'),
  invalidScript: notHere,
  noRecipients: notHere,
  invalidRecipients: notHere,
  forbiddenFrom: notHere,
  forbiddenMailFrom: notHere,
  unsupportedFilter: no('LIMIT', 'This search is not possible here'),
  unsupportedSort: no('CANNOT', 'This order is not possible here'),
  anchorNotFound: notHere,
  weakPassword: notHere,
  rejected: notHere,
} satisfies Said;

/** What readers refuse; the sentence is the reader's. */
const misread = {
  syntax: { status: 'BAD', code: undefined },
  command: { status: 'BAD', code: undefined },
  charset: { status: 'NO', code: `BADCHARSET (${SEARCH_CHARSETS.join(' ')})` },
  mailboxName: { status: 'NO', code: 'CANNOT' },
  tooMuch: { status: 'NO', code: 'LIMIT' },
} as const satisfies Readonly<Record<Problem, Omit<Saying, 'words'>>>;

/** What the protocol itself says. */
export const own = {
  notNow: bad('CLIENTBUG', 'Not in this state'),
  lineTooLong: bad(undefined, 'The command is too long'),
  bareLineEnd: bad(undefined, 'A line ends with CR LF'),
  literalTooLong: no('TOOBIG', 'The literal is too large'),
  tooBusy: no('LIMIT', 'Too much at once, try again later'),
  noTag: bad(undefined, 'A command begins with a tag'),
  needsTls: no('PRIVACYREQUIRED', 'Start TLS before giving a password'),
  tlsAlready: bad(undefined, 'TLS is already on'),
  noSuchMechanism: no('CANNOT', 'No such mechanism'),
  authCancelled: bad(undefined, 'Cancelled'),
  badBase64: bad(undefined, 'Not well formed'),
  tooManyForPerson: no('LIMIT', 'Too many connections of yours'),
  notifiesTooMuch: no('NOTIFICATIONOVERFLOW', 'Fewer mailboxes can be watched'),
  readOnly: no('READ-ONLY', 'The mailbox is opened for reading only'),
  compressed: no('COMPRESSIONACTIVE', 'Compression is already on'),
  fault: no('SERVERBUG', 'Something went wrong here'),
  unavailable: no('UNAVAILABLE', 'Not possible now, try again later'),
} satisfies Readonly<Record<string, Saying>>;

/** A tagged NO or BAD that a command decides itself. */
export class Told extends Error {
  override readonly name = 'Told';
  readonly saying: Saying;

  constructor(saying: Saying) {
    super(saying.words);
    this.saying = saying;
  }
}

export function tellNo(code: string | undefined, words: string): Told {
  return new Told(no(code, words));
}

export function tellBad(words: string): Told {
  return new Told(bad(undefined, words));
}

export function sayRefusal(refusal: Refusal): Saying {
  return refused[refusal.reason];
}

/** With the octet of the command at which it stops fitting, from 1: whoever writes a client finds the fault by it. */
export function sayProblem({ problem, message, offset }: BadSyntax): Saying {
  return { ...misread[problem], words: `${message}, at octet ${offset + 1}` };
}

/** @param tag `*` where none could be read. */
export function printSaying(tag: string, { status, code, words }: Saying): string {
  return `${tag} ${status} ${code === undefined ? '' : `[${code}] `}${words}\r\n`;
}
