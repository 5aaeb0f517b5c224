/**
 * Reverse and forward paths: the addresses of the envelope (RFC 5321 §4.1.2, RFC 6531 §3.3). A local part is held
 * without its quotes, so `"a.b"@x` and `a.b@x` are the same mailbox; printMailbox puts quotes back where they are needed.
 */
import { BadSyntax } from './bad-syntax.ts';
import { type Cursor, expect, expectMatch, take, takeMatch } from './cursor.ts';

/** RFC 5321 §4.5.3.1.1 says 64, but SRS and VERP senders (Mailman, Amazon SES) are longer every day. */
const MAX_LOCAL_PART_OCTETS = 255;
const MAX_DOMAIN_OCTETS = 255;
const MAX_LABEL_OCTETS = 63;

/** `domain` is as it came: a name (ASCII or U-labels), or an address literal in its brackets, `[192.0.2.1]`. */
export interface Mailbox {
  readonly kind: 'mailbox';
  readonly localPart: string;
  readonly domain: string;
}
/** `<>`, the sender of bounces (RFC 5321 §4.5.5). */
export interface NullPath {
  readonly kind: 'null';
}
/** `<Postmaster>` without a domain, which every server must accept (RFC 5321 §4.1.1.3). */
export interface PostmasterPath {
  readonly kind: 'postmaster';
}
export type ReversePath = Mailbox | NullPath;
export type ForwardPath = Mailbox | PostmasterPath;

// atext (RFC 5322 §3.2.3) and UTF8-non-ascii without the C1 controls. A dot may stand anywhere: NTT docomo and au gave
// out addresses such as `a..b.@docomo.ne.jp` until 2009 and they are still in use.
const DOT_STRING = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.\u00a0-\u{10ffff}]+/uy;
const QUOTED_STRING = /"(?:[ !#-[\]-~\u00a0-\u{10ffff}]|\\[ -~])*"/uy;
const NEEDS_NO_QUOTES =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u00a0-\u{10ffff}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u00a0-\u{10ffff}]+)*$/u;
// The underscore is not in the grammar but in the host names of Docker Compose and Windows machines.
const DOMAIN_TEXT = /[A-Za-z0-9_\-.\u00a0-\u{10ffff}]+/uy;
const LITERAL_TEXT = /\[[A-Za-z0-9:.]{1,60}\]/y;
const NON_ASCII = /[\u0080-\u{10ffff}]/u;

/** Reads `Reverse-path`. @throws {BadSyntax} `senderAddress`. */
export function readReversePath(cursor: Cursor): ReversePath {
  cursor.problem = 'senderAddress';
  return take(cursor, '<>') ? { kind: 'null' } : readBracketed(cursor);
}

/** Reads `"<" Postmaster ">" / Forward-path`. @throws {BadSyntax} `recipientAddress`. */
export function readForwardPath(cursor: Cursor): ForwardPath {
  cursor.problem = 'recipientAddress';
  return take(cursor, '<postmaster>') ? { kind: 'postmaster' } : readBracketed(cursor);
}

/** Reads `Mailbox`, without brackets, as in AUTH= and in addresses typed by people. */
export function readMailbox(cursor: Cursor): Mailbox {
  const localPart = readLocalPart(cursor);
  expect(cursor, '@');
  return { kind: 'mailbox', localPart, domain: readDomain(cursor) };
}

/** Prints `Mailbox`, or nothing for the null path. */
export function printMailbox(path: ReversePath | ForwardPath): string {
  if (path.kind === 'null') return '';
  if (path.kind === 'postmaster') return 'postmaster';
  const { localPart, domain } = path;
  return `${NEEDS_NO_QUOTES.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`}@${domain}`;
}

/** Whether the path may travel only in an SMTPUTF8 transaction (RFC 6531 §3.2). */
export function isInternational(path: ReversePath | ForwardPath): boolean {
  return path.kind === 'mailbox' && (NON_ASCII.test(path.localPart) || NON_ASCII.test(path.domain));
}

function readBracketed(cursor: Cursor): Mailbox {
  expect(cursor, '<');
  // A source route is read and forgotten (RFC 5321 §4.1.1.3, appendix C).
  if (cursor.text[cursor.offset] === '@') {
    do {
      expect(cursor, '@');
      readDomain(cursor);
    } while (take(cursor, ','));
    expect(cursor, ':');
  }
  const mailbox = readMailbox(cursor);
  expect(cursor, '>');
  return mailbox;
}

function readLocalPart(cursor: Cursor): string {
  const start = cursor.offset;
  const quoted = takeMatch(cursor, QUOTED_STRING);
  const localPart =
    quoted === undefined ? expectMatch(cursor, DOT_STRING) : quoted.slice(1, -1).replace(/\\(.)/g, '$1');
  if (localPart.length === 0 || octets(localPart) > MAX_LOCAL_PART_OCTETS) throw new BadSyntax(cursor.problem, start);
  return localPart;
}

/** Reads `Domain / address-literal`; an address is checked, not rewritten. */
export function readDomain(cursor: Cursor): string {
  const start = cursor.offset;
  const literal = takeMatch(cursor, LITERAL_TEXT);
  if (literal !== undefined) {
    if (!isAddressLiteral(literal)) throw new BadSyntax(cursor.problem, start);
    return literal;
  }
  const domain = expectMatch(cursor, DOMAIN_TEXT);
  if (octets(domain) > MAX_DOMAIN_OCTETS || !domain.split('.').every(isLabel))
    throw new BadSyntax(cursor.problem, start);
  return domain;
}

function isLabel(label: string): boolean {
  return label !== '' && label.length <= MAX_LABEL_OCTETS && !label.startsWith('-') && !label.endsWith('-');
}

/** `[IPv4]` or `[IPv6:…]` (RFC 5321 §4.1.3); no general literal was ever registered. */
function isAddressLiteral(literal: string): boolean {
  const inner = literal.slice(1, -1);
  return /^ipv6:/i.test(inner) ? isIpv6(inner.slice(5)) : isIpv4(inner);
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const endsInIpv4 = last !== undefined && isIpv4(last);
  const hexGroups = endsInIpv4 ? groups.slice(0, -1) : groups;
  if (!hexGroups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = hexGroups.length + (endsInIpv4 ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}

function octets(text: string): number {
  return NON_ASCII.test(text) ? new TextEncoder().encode(text).length : text.length;
}
