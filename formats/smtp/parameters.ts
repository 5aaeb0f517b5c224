/**
 * ESMTP parameters of MAIL and RCPT (RFC 5321 §4.1.1.11). Each is read once, a second one of the same name is refused,
 * and one we do not know is refused too: a client may only use what EHLO offered.
 */
import { BadSyntax } from './bad-syntax.ts';
import { type Cursor, expect, expectEnd, expectMatch, isAtEnd, openCursor, take } from './cursor.ts';
import { type ReversePath, readMailbox } from './path.ts';
import { readXtext } from './xtext.ts';

const MAX_PARAMETERS = 16;
/** RFC 3461 §4.4 and §4.2. */
const MAX_ENVID_CHARACTERS = 100;
const MAX_ORCPT_CHARACTERS = 500;

/** RFC 4865 §5: an interval from now, or an instant (milliseconds since 1970). */
export type Hold =
  | { readonly kind: 'for'; readonly seconds: number }
  | { readonly kind: 'until'; readonly instantMs: number };

export interface MailParameters {
  /** RFC 1870: the client's own estimate, a promise of nothing. */
  readonly sizeOctets: number | undefined;
  readonly body: '7BIT' | '8BITMIME' | undefined;
  /** RFC 6531 §3.4 */
  readonly isUtf8: boolean;
  /** RFC 3461 §4.3 */
  readonly ret: 'FULL' | 'HDRS' | undefined;
  /** RFC 3461 §4.4, decoded */
  readonly envid: string | undefined;
  readonly hold: Hold | undefined;
  /** RFC 4954 §5; believed only from a peer the verbs trust. */
  readonly auth: ReversePath | undefined;
}

export type NotifyWhen = 'success' | 'failure' | 'delay';

/** RFC 3461 §4.2: `address` is decoded; for `utf-8` also the `\x{…}` of RFC 6533 §3. */
export interface OriginalRecipient {
  readonly addressType: string;
  readonly address: string;
}

export interface RcptParameters {
  /** RFC 3461 §4.1; `never` is the empty list, undefined leaves the choice to us. */
  readonly notify: readonly NotifyWhen[] | undefined;
  readonly orcpt: OriginalRecipient | undefined;
}

interface Value {
  readonly text: string | undefined;
  readonly offset: number;
}

/** Reads ` KEYWORD[=value]`… to the end of the line for MAIL. @throws {BadSyntax} `parameter` or `argument`. */
export function readMailParameters(cursor: Cursor): MailParameters {
  const values = readParameters(cursor, MAIL_KEYWORDS);
  const holdFor = values.get('HOLDFOR');
  const holdUntil = values.get('HOLDUNTIL');
  if (holdFor && holdUntil) throw new BadSyntax('argument', holdUntil.offset);
  const utf8 = values.get('SMTPUTF8');
  if (utf8?.text !== undefined) throw new BadSyntax('argument', utf8.offset);
  return {
    sizeOctets: read(values.get('SIZE'), readSize),
    body: read(values.get('BODY'), (text, offset) => readWord(text, offset, ['7BIT', '8BITMIME'])),
    isUtf8: utf8 !== undefined,
    ret: read(values.get('RET'), (text, offset) => readWord(text, offset, ['FULL', 'HDRS'])),
    envid: read(values.get('ENVID'), readEnvid),
    hold: read(holdFor, readHoldFor) ?? read(holdUntil, readHoldUntil),
    auth: read(values.get('AUTH'), readAuth),
  };
}

/** The same for RCPT. */
export function readRcptParameters(cursor: Cursor): RcptParameters {
  const values = readParameters(cursor, RCPT_KEYWORDS);
  return { notify: read(values.get('NOTIFY'), readNotify), orcpt: read(values.get('ORCPT'), readOrcpt) };
}

const MAIL_KEYWORDS = ['SIZE', 'BODY', 'SMTPUTF8', 'RET', 'ENVID', 'HOLDFOR', 'HOLDUNTIL', 'AUTH'];
const RCPT_KEYWORDS = ['NOTIFY', 'ORCPT'];

function readParameters(cursor: Cursor, known: readonly string[]): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  cursor.problem = 'argument';
  while (!isAtEnd(cursor)) {
    expectMatch(cursor, / +/y);
    const keywordAt = cursor.offset;
    const keyword = expectMatch(cursor, /[A-Za-z0-9][A-Za-z0-9-]*/y).toUpperCase();
    if (!known.includes(keyword)) throw new BadSyntax('parameter', keywordAt);
    if (values.has(keyword) || values.size >= MAX_PARAMETERS) throw new BadSyntax('argument', keywordAt);
    const hasValue = take(cursor, '=');
    const offset = cursor.offset;
    values.set(keyword, { text: hasValue ? expectMatch(cursor, /[!-<>-~\u00a0-\u{10ffff}]+/uy) : undefined, offset });
  }
  return values;
}

function read<T>(value: Value | undefined, reader: (text: string, offset: number) => T): T | undefined {
  if (value === undefined) return undefined;
  if (value.text === undefined) throw new BadSyntax('argument', value.offset);
  return reader(value.text, value.offset);
}

function readWord<W extends string>(text: string, offset: number, words: readonly W[]): W {
  const word = words.find((candidate) => candidate === text.toUpperCase());
  if (word === undefined) throw new BadSyntax('argument', offset);
  return word;
}

/** RFC 1870 §4 allows 20 digits; beyond 2^53 the exact number no longer matters, it is too large for everybody. */
function readSize(text: string, offset: number): number {
  if (!/^\d{1,20}$/.test(text)) throw new BadSyntax('argument', offset);
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

function readEnvid(text: string, offset: number): string {
  if (text.length > MAX_ENVID_CHARACTERS) throw new BadSyntax('argument', offset);
  return readXtext(text, offset);
}

function readHoldFor(text: string, offset: number): Hold {
  if (!/^\d{1,9}$/.test(text)) throw new BadSyntax('argument', offset);
  return { kind: 'for', seconds: Number(text) };
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

function readHoldUntil(text: string, offset: number): Hold {
  const instantMs = DATE_TIME.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN;
  if (Number.isNaN(instantMs)) throw new BadSyntax('argument', offset);
  return { kind: 'until', instantMs };
}

function readAuth(text: string, offset: number): ReversePath {
  const decoded = readXtext(text, offset);
  if (decoded === '<>') return { kind: 'null' };
  const cursor = openCursor(decoded, 'argument');
  try {
    const mailbox = readMailbox(cursor);
    expectEnd(cursor);
    return mailbox;
  } catch (error) {
    // the offset within the decoded value would point nowhere in the line
    throw error instanceof BadSyntax ? new BadSyntax('argument', offset) : error;
  }
}

function readNotify(text: string, offset: number): readonly NotifyWhen[] {
  const words = text.toUpperCase().split(',');
  if (words.length === 1 && words[0] === 'NEVER') return [];
  const when = words.map((word) => readWord<keyof typeof NOTIFY_WHEN>(word, offset, ['SUCCESS', 'FAILURE', 'DELAY']));
  if (new Set(when).size !== when.length) throw new BadSyntax('argument', offset);
  return when.map((word) => NOTIFY_WHEN[word]);
}

const NOTIFY_WHEN = { SUCCESS: 'success', FAILURE: 'failure', DELAY: 'delay' } as const;

function readOrcpt(text: string, offset: number): OriginalRecipient {
  if (text.length > MAX_ORCPT_CHARACTERS) throw new BadSyntax('argument', offset);
  const cursor = openCursor(text, 'argument');
  const addressType = takeType(cursor, offset);
  const address = readXtext(text.slice(cursor.offset), offset);
  return { addressType, address: addressType === 'utf-8' ? readEmbeddedUnicode(address, offset) : address };
}

function takeType(cursor: Cursor, offset: number): string {
  try {
    const addressType = expectMatch(cursor, /[A-Za-z0-9][A-Za-z0-9-]{0,30}/y).toLowerCase();
    expect(cursor, ';');
    return addressType;
  } catch (error) {
    throw error instanceof BadSyntax ? new BadSyntax('argument', offset) : error;
  }
}

/** EmbeddedUnicodeChar (RFC 6533 §3): `\x{E9}` for é, where the value had to stay ASCII. */
function readEmbeddedUnicode(text: string, offset: number): string {
  return text.replace(/\\x\{([0-9A-F]{2,6})\}/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    const isText =
      code > 0x1f && !(code >= 0x7f && code < 0xa0) && !(code >= 0xd800 && code < 0xe000) && code <= 0x10ffff;
    if (!isText) throw new BadSyntax('argument', offset);
    return String.fromCodePoint(code);
  });
}
