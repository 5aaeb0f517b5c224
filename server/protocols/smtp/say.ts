/** Every answer of SMTP, submission and LMTP: code, enhanced code (RFC 3463, RFC 5248) and sentence. The only file with words. */
import type { Problem } from '#formats/smtp/bad-syntax.ts';
import type { Reply } from '#formats/smtp/reply.ts';
import type { Refusal, Said } from '#server/access/refusal.ts';

function say(code: number, enhanced: string | undefined, line: string): Reply {
  return { code, enhanced, lines: [line] };
}

const noSuch = say(550, '5.1.1', 'No such recipient here');
const notHere = say(554, '5.3.0', 'Cannot be done by mail');
const notAllowed = say(550, '5.7.1', 'Not allowed');

/** What verbs refuse. 4xx is for what may be otherwise later: the client keeps the message and comes again. */
const refused = {
  badCredentials: say(535, '5.7.8', 'User name or password is wrong'),
  tryLater: say(454, '4.7.0', 'Too many failures, try again later'),
  accountLocked: say(525, '5.7.13', 'This account may not be used now'),
  loginUnfinished: say(534, '5.7.9', 'Log in on the web page once first, and choose a password'),
  secondFactorNeeded: say(534, '5.7.9', 'Use an app password for this program'),
  stepUpNeeded: say(550, '5.7.1', 'This is done on the web'),
  awaitsApproval: say(550, '5.7.1', 'This is done on the web'),
  overtaken: say(550, '5.7.1', 'This is done on the web'),
  tooBusy: say(451, '4.3.2', 'Too busy, try again later'),
  underMaintenance: say(451, '4.3.2', 'Under maintenance, try again later'),
  noSuchAccount: noSuch,
  noSuchMailbox: noSuch,
  noSuchEmail: notHere,
  noSuchBlob: notHere,
  noSuchThread: notHere,
  noSuchIdentity: say(550, '5.7.1', 'This sender address is not one of yours'),
  noSuchSubmission: notHere,
  noSuchPerson: noSuch,
  noSuchUnit: noSuch,
  noSuchGroup: noSuch,
  noSuchClient: noSuch,
  noSuchDomain: say(550, '5.7.1', 'We do not relay for this domain'),
  noSuchRecipient: noSuch,
  noSuchJob: notHere,
  mayNot: notAllowed,
  readOnlyAccount: say(550, '5.2.1', 'This mailbox takes no mail now'),
  alreadyExists: notHere,
  mailboxHasChild: notHere,
  mailboxHasEmail: notHere,
  wouldLoop: say(554, '5.4.6', 'This message has gone round too often'),
  stateMismatch: say(451, '4.3.0', 'Try again'),
  cannotCalculateChanges: say(451, '4.3.0', 'Try again'),
  cannotUnsend: notHere,
  overQuota: say(452, '4.2.2', 'The mailbox is full'),
  tooLarge: say(552, '5.3.4', 'The message is too large'),
  tooMany: say(452, '4.5.3', 'Too many recipients'),
  rateLimited: say(450, '4.7.1', 'Too much at once, try again later'),
  invalidProperties: say(554, '5.6.0', 'The message is not well formed'),
  invalidArguments: say(554, '5.5.4', 'Not well formed'),
  invalidEmail: say(554, '5.6.0', 'The message is not well formed'),
  noRecipients: say(554, '5.5.1', 'No valid recipients'),
  invalidRecipients: say(553, '5.1.3', 'The recipient address is not well formed'),
  forbiddenFrom: say(550, '5.7.1', 'The From address is not one of yours'),
  forbiddenMailFrom: say(550, '5.7.1', 'This sender address is not one of yours'),
  unsupportedFilter: notHere,
  unsupportedSort: notHere,
  anchorNotFound: notHere,
  weakPassword: notAllowed,
  noSuchScript: notHere,
  scriptIsActive: notHere,
  invalidScript: notHere,
  rejected: say(550, '5.7.1', 'Refused by the recipient'),
} satisfies Said;

/** What readers refuse. */
const misread = {
  command: say(500, '5.5.2', 'No such command'),
  syntax: say(500, '5.5.2', 'Not well formed'),
  argument: say(501, '5.5.4', 'The argument or a parameter is not well formed'),
  senderAddress: say(501, '5.1.7', 'The sender address is not well formed'),
  recipientAddress: say(501, '5.1.3', 'The recipient address is not well formed'),
  parameter: say(555, '5.5.4', 'A parameter we did not offer'),
} satisfies Readonly<Record<Problem, Reply>>;

/** What the protocol itself says. */
export const own = {
  ok: say(250, '2.0.0', 'OK'),
  sender: say(250, '2.1.0', 'Sender OK'),
  recipient: say(250, '2.1.5', 'Recipient OK'),
  startMessage: say(354, undefined, 'Send the message, end it with a dot on a line of its own'),
  startTls: say(220, '2.0.0', 'Start TLS'),
  bye: say(221, '2.0.0', 'Bye'),
  help: say(214, '2.0.0', 'See RFC 5321'),
  cannotVerify: say(252, '2.5.0', 'Cannot verify, but send and we will try'),
  authenticated: say(235, '2.7.0', 'Welcome'),
  authCancelled: say(501, '5.7.0', 'Cancelled'),
  lineTooLong: say(500, '5.5.2', 'The line is too long'),
  bareLineEnd: say(500, '5.5.2', 'A line ends with CR LF'),
  notUtf8: say(500, '5.5.2', 'The line is not UTF-8'),
  notHere: say(502, '5.5.1', 'Not offered here'),
  helloFirst: say(503, '5.5.1', 'Say hello first'),
  helloByLmtp: say(500, '5.5.1', 'This is LMTP: say LHLO'),
  helloBySmtp: say(500, '5.5.1', 'This is SMTP: say EHLO'),
  mailFirst: say(503, '5.5.1', 'Say MAIL first'),
  mailAlready: say(503, '5.5.1', 'A message is under way: end it or say RSET'),
  noRecipients: say(554, '5.5.1', 'No valid recipients'),
  noRecipientsByLmtp: say(503, '5.5.1', 'No valid recipients'),
  dataOrBdat: say(503, '5.5.1', 'This message began with BDAT'),
  tlsAlready: say(503, '5.5.1', 'TLS is already on'),
  authAlready: say(503, '5.5.1', 'Already authenticated'),
  authInMessage: say(503, '5.5.1', 'Not while a message is under way'),
  authNeeded: say(530, '5.7.0', 'Authentication required'),
  authNeedsTls: say(538, '5.7.11', 'Start TLS before giving a password'),
  noSuchMechanism: say(504, '5.5.4', 'No such mechanism'),
  badBase64: say(501, '5.5.2', 'Not well formed'),
  badCredentials: refused.badCredentials,
  authFault: say(454, '4.7.0', 'Temporary failure, try again later'),
  utf8NotAnnounced: say(553, '5.6.7', 'Such an address needs SMTPUTF8'),
  parameter: misread.parameter,
  holdTooLong: say(501, '5.5.4', 'That is too far in the future'),
  tooManyRecipients: refused.tooMany,
  tooLarge: refused.tooLarge,
  bareInMessage: say(550, '5.6.11', 'The message has lines that do not end with CR LF'),
  noRoom: say(452, '4.3.1', 'No room for the message now, try again later'),
  fault: say(451, '4.3.0', 'Something went wrong here, try again later'),
  earlyTalker: say(554, '5.5.1', 'You talked before the greeting'),
  turnedAway: say(554, '5.7.1', 'No mail from you, thank you'),
  tooManyConnections: say(421, '4.3.2', 'Too many connections, come again later'),
  tooManyFromAddress: say(421, '4.7.0', 'Too many connections from your address'),
  tooManyErrors: say(421, '4.7.0', 'Too many errors'),
  tooManyCommands: say(421, '4.7.0', 'Too many commands'),
  tooManyMessages: say(421, '4.7.0', 'Enough for one connection, open another'),
  tooManyAuthFailures: say(421, '4.7.0', 'Too many failures'),
  tooSlow: say(421, '4.4.2', 'Timed out'),
  tooMuch: say(421, '4.3.0', 'The message does not end'),
  cannotCount: say(421, '4.5.4', 'Cannot tell where this chunk ends'),
  ended: say(421, '4.7.0', 'This access has ended'),
  closing: say(421, '4.3.2', 'The service is closing, come again later'),
} satisfies Readonly<Record<string, Reply>>;

export function replyTo({ reason, details }: Refusal): Reply {
  const reply = refused[reason];
  return reason === 'rejected' && details.description !== undefined
    ? { ...reply, lines: asciiLines(details.description) }
    : reply;
}

/** The recipient's own words (RFC 5429 §2.1.1), as far as a reply can hold them: accents go, lines are few and short. */
function asciiLines(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[’‘]/g, "'");
  const lines = plain.split(/\r?\n/).flatMap((line) => line.trim().match(/.{1,200}(?:\s|$)|.{1,200}/g) ?? []);
  return lines.length === 0 ? refused.rejected.lines : lines.slice(0, 20).map((line) => line.trim());
}

export function replyToProblem(problem: Problem): Reply {
  return misread[problem];
}

/** A chunk of BDAT that is not the last (RFC 3030 §2). */
export function chunkTaken(sizeOctets: number): Reply {
  return say(250, '2.0.0', `${sizeOctets} octets taken`);
}

export function messageTaken(reference: string | undefined): Reply {
  return say(250, '2.0.0', reference === undefined ? 'Message taken' : `Message taken as ${reference}`);
}

export function greeting(hostName: string, isLmtp: boolean): Reply {
  return say(220, undefined, `${hostName} ${isLmtp ? 'LMTP' : 'ESMTP'} Pli`);
}

/** RFC 4954 §4: base64 of what the mechanism asks. */
export function challenge(base64: string): Reply {
  return say(334, undefined, base64);
}
