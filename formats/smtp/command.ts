/**
 * Command lines of SMTP, submission and LMTP (RFC 5321 §4.1, RFC 2033 §4). One reader for the three: which verbs a
 * port serves, and in which order, is the head's affair. The line comes without its CRLF and is never changed.
 */
import { BadSyntax } from './bad-syntax.ts';
import { type Cursor, expect, expectEnd, expectMatch, isAtEnd, openCursor, take, takeMatch } from './cursor.ts';
import { type MailParameters, type RcptParameters, readMailParameters, readRcptParameters } from './parameters.ts';
import { type ForwardPath, type ReversePath, readForwardPath, readReversePath } from './path.ts';

/** RFC 5321 §4.5.3.1.4 asks for 512 and every extension adds to it (ORCPT 500, ENVID 100, AUTH= 500 …). */
export const MAX_COMMAND_LINE_OCTETS = 4096;
/** RFC 4954 §4: base64 lines of AUTH. */
export const MAX_AUTH_LINE_OCTETS = 12_288;
const MAX_HELLO_CHARACTERS = 255;

export type Command =
  | { readonly kind: 'hello'; readonly verb: 'HELO' | 'EHLO' | 'LHLO'; readonly name: string }
  | { readonly kind: 'mail'; readonly path: ReversePath; readonly parameters: MailParameters }
  | { readonly kind: 'rcpt'; readonly path: ForwardPath; readonly parameters: RcptParameters }
  | { readonly kind: 'bdat'; readonly sizeOctets: number; readonly isLast: boolean }
  | { readonly kind: 'auth'; readonly mechanism: string; readonly initialResponse: string | undefined }
  | { readonly kind: 'data' | 'rset' | 'quit' | 'starttls' | 'noop' | 'help' | 'vrfy' | 'expn' };

type Reader = (cursor: Cursor) => Command;

/** Reads one command. @throws {BadSyntax} `command` for a verb we do not have. */
export function readCommand(line: string): Command {
  // "Receivers SHOULD tolerate trailing white space before the terminating CRLF" (RFC 5321 §4.1.1).
  const cursor = openCursor(trimRight(line));
  const verb = takeMatch(cursor, /[A-Za-z][A-Za-z0-9]{0,11}(?![^ ])/y);
  const reader = verb === undefined ? undefined : READERS.get(verb.toUpperCase());
  if (reader === undefined) throw new BadSyntax('command', 0);
  const controlAt = cursor.text.search(/\p{Cc}/u);
  if (controlAt >= 0) throw new BadSyntax('syntax', controlAt);
  cursor.problem = 'argument';
  return reader(cursor);
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['HELO', (cursor) => readHello(cursor, 'HELO')],
  ['EHLO', (cursor) => readHello(cursor, 'EHLO')],
  ['LHLO', (cursor) => readHello(cursor, 'LHLO')],
  ['MAIL', readMail],
  ['RCPT', readRcpt],
  ['DATA', (cursor) => readBare(cursor, 'data')],
  ['BDAT', readBdat],
  ['AUTH', readAuthCommand],
  ['RSET', (cursor) => readBare(cursor, 'rset')],
  ['QUIT', (cursor) => readBare(cursor, 'quit')],
  ['STARTTLS', (cursor) => readBare(cursor, 'starttls')],
  // NOOP, HELP, VRFY and EXPN may carry a string we have no use for (RFC 5321 §4.1.1.6 to §4.1.1.9)
  ['NOOP', () => ({ kind: 'noop' })],
  ['HELP', () => ({ kind: 'help' })],
  ['VRFY', () => ({ kind: 'vrfy' })],
  ['EXPN', () => ({ kind: 'expn' })],
]);

/**
 * A hello may name itself as it likes: names with underscores or spaces come from real machines, and no decision stands on
 * it (RFC 5321 §4.1.4). Only its length is bounded, and control characters were refused before.
 */
function readHello(cursor: Cursor, verb: 'HELO' | 'EHLO' | 'LHLO'): Command {
  expect(cursor, ' ');
  const name = expectMatch(cursor, /[^ ].*/y).trim();
  if (name.length > MAX_HELLO_CHARACTERS) throw new BadSyntax('argument', cursor.offset);
  return { kind: 'hello', verb, name };
}

function readMail(cursor: Cursor): Command {
  expect(cursor, ' FROM:');
  // Scan-to-mail printers and hand-written scripts put a space here; Postfix takes it too.
  takeMatch(cursor, / ?/y);
  const path = readReversePath(cursor);
  return { kind: 'mail', path, parameters: readMailParameters(cursor) };
}

function readRcpt(cursor: Cursor): Command {
  expect(cursor, ' TO:');
  takeMatch(cursor, / ?/y);
  const path = readForwardPath(cursor);
  return { kind: 'rcpt', path, parameters: readRcptParameters(cursor) };
}

/** RFC 3030 §2. Fifteen digits stay exact; who announces more must be hung up on, for its octets cannot be counted. */
function readBdat(cursor: Cursor): Command {
  expect(cursor, ' ');
  const sizeOctets = Number(expectMatch(cursor, /\d{1,15}(?!\d)/y));
  const isLast = take(cursor, ' LAST');
  expectEnd(cursor);
  return { kind: 'bdat', sizeOctets, isLast };
}

/** RFC 4954 §4; `=` stands for an empty initial response and is answered as the empty string. */
function readAuthCommand(cursor: Cursor): Command {
  expect(cursor, ' ');
  const mechanism = expectMatch(cursor, /[A-Za-z0-9_-]{1,20}(?![^ ])/y).toUpperCase();
  if (isAtEnd(cursor)) return { kind: 'auth', mechanism, initialResponse: undefined };
  expect(cursor, ' ');
  const response = expectMatch(cursor, /=(?![^ ])|[A-Za-z0-9+/]+={0,2}/y);
  expectEnd(cursor);
  return { kind: 'auth', mechanism, initialResponse: response === '=' ? '' : response };
}

function readBare(cursor: Cursor, kind: 'data' | 'rset' | 'quit' | 'starttls'): Command {
  expectEnd(cursor);
  return { kind };
}

/** A loop, because a pattern such as / +$/ is quadratic on a line full of spaces. */
function trimRight(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end);
}
