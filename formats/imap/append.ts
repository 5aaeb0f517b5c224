/** What APPEND brings (RFC 9051 §6.3.12, RFC 3502, RFC 4469, RFC 6855 §4). */
import { type Cursor, bad, expect, expectSpace, isAtEnd, peek, readFilledList, take } from './cursor.ts';
import { readDateTime } from './date.ts';
import { readFlagList } from './flag.ts';
import { readMailbox } from './mailbox.ts';
import { readAstring, takeLiteral } from './string.ts';
import type { LiteralOctets } from './literal.ts';

export interface AppendMessage {
  readonly flags: readonly string[];
  /** Since 1970; undefined: now. */
  readonly internalDateMs: number | undefined;
  readonly data: AppendData;
}

export type AppendData =
  | AppendLiteral
  /** CATENATE (RFC 4469): the parts one after the other. */
  | { readonly kind: 'catenate'; readonly parts: readonly CatenatePart[] };

export interface AppendLiteral {
  readonly kind: 'literal';
  readonly octets: LiteralOctets;
  /** `~{n}`: may hold NUL and 8-bit lines (RFC 3516). */
  readonly isBinary: boolean;
  /** `UTF8 (~{n})`: the header may hold UTF-8 (RFC 6855 §4). */
  readonly isUtf8: boolean;
}

export type CatenatePart = AppendLiteral | { readonly kind: 'url'; readonly url: string };

/** Messages of one MULTIAPPEND. */
const MAX_MESSAGES = 1_000;

/** What follows APPEND: `SP mailbox 1*append-message` (RFC 3502 §6). */
export function readAppend(cursor: Cursor): {
  readonly kind: 'append';
  readonly mailbox: string;
  readonly messages: readonly AppendMessage[];
} {
  expectSpace(cursor);
  const mailbox = readMailbox(cursor);
  const messages: AppendMessage[] = [];
  do {
    if (messages.length >= MAX_MESSAGES) throw bad(cursor, 'Too many messages in one APPEND', 'tooMuch');
    messages.push(readMessage(cursor));
  } while (!isAtEnd(cursor));
  return { kind: 'append', mailbox, messages };
}

/** `append-message`: `append-opts SP append-data`. */
function readMessage(cursor: Cursor): AppendMessage {
  expectSpace(cursor);
  const hasFlags = peek(cursor) === '(';
  const flags = hasFlags ? readFlagList(cursor) : [];
  if (hasFlags) expectSpace(cursor);
  const hasDate = peek(cursor) === '"';
  const internalDateMs = hasDate ? readDateTime(cursor) : undefined;
  if (hasDate) expectSpace(cursor);
  return { flags, internalDateMs, data: readData(cursor) };
}

function readData(cursor: Cursor): AppendData {
  if (take(cursor, 'UTF8 ')) return readUtf8Literal(cursor);
  if (!take(cursor, 'CATENATE ')) return readMessageLiteral(cursor, 'The message as a literal');
  return { kind: 'catenate', parts: readFilledList(cursor, readPart) };
}

/** `cat-part` (RFC 4469 §5). */
function readPart(cursor: Cursor): CatenatePart {
  if (take(cursor, 'URL ')) return { kind: 'url', url: readAstring(cursor, 'URL') };
  if (take(cursor, 'TEXT ')) return readMessageLiteral(cursor, 'Text as a literal');
  expect(cursor, 'UTF8 ');
  return readUtf8Literal(cursor);
}

/** `"(" literal8 ")"` after UTF8. */
function readUtf8Literal(cursor: Cursor): AppendLiteral {
  expect(cursor, '(');
  const literal = readMessageLiteral(cursor, 'A binary literal');
  expect(cursor, ')');
  return { ...literal, isUtf8: true };
}

function readMessageLiteral(cursor: Cursor, what: string): AppendLiteral {
  const literal = takeLiteral(cursor);
  if (literal === undefined) throw bad(cursor, `${what} expected`);
  return { kind: 'literal', octets: literal.octets, isBinary: literal.isBinary, isUtf8: false };
}
