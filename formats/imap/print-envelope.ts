/**
 * ENVELOPE (RFC 9051 §7.5.2) from the stored JSON, straight into octets: lists of thousands ask for it. What is not ASCII becomes encoded-words (RFC 2047),
 * which every program reads, as the message itself most often had them. What is missing or damaged in the row is NIL.
 */
import { encodeWords } from '#formats/message/words.ts';
import { isQuotable, printString } from './string.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** Names return from message to message, and encoding is the dearest here: what was printed is kept for a while. */
const MAX_KEPT = 4_000;
const MAX_KEPT_LENGTH = 60;
const printedNames = new Map<string, string>();
const ADDED_BY_MONTH = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];

/**
 * @param stored `message.envelope`, the JSON of an Envelope.
 * @param isUtf8 the client has enabled UTF-8: addresses that are not ASCII may be quoted (RFC 6855 §3), else they are literals.
 */
export function printStoredEnvelope(stored: string, isUtf8 = false): string {
  return printEnvelope(parse(stored), isUtf8);
}

/** The same of the JSON value: an envelope within a stored structure. */
export function printEnvelope(envelope: unknown, isUtf8 = false): string {
  if (!isRecord(envelope)) return '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)';
  const from = printAddresses(envelope['from'], isUtf8);
  const sender = printAddresses(envelope['sender'], isUtf8);
  const replyTo = printAddresses(envelope['replyTo'], isUtf8);
  return (
    `(${printDate(envelope['sentAt'])} ${printEncoded(envelope['subject'])} ${from} ` +
    // these two are the author where nobody else is named
    `${sender === 'NIL' ? from : sender} ${replyTo === 'NIL' ? from : replyTo} ` +
    `${printAddresses(envelope['to'], isUtf8)} ${printAddresses(envelope['cc'], isUtf8)} ${printAddresses(envelope['bcc'], isUtf8)} ` +
    `${printIds(envelope['inReplyTo'])} ${printIds(envelope['messageId'])})`
  );
}

/** Unstructured text: encoded-words where it is not ASCII. */
export function printEncoded(text: unknown): string {
  if (typeof text !== 'string') return 'NIL';
  if (isQuotable(text)) return `"${text}"`;
  // oxlint-disable-next-line no-control-regex
  const isPlain = /^[\x20-\x7e]*$/.test(text);
  return printString(isPlain ? text : encodeWords(text.replace(/[\r\n\0]+/g, ' ')).join(' '));
}

function printName(name: unknown): string {
  if (typeof name !== 'string') return 'NIL';
  if (isQuotable(name)) return `"${name}"`;
  const known = printedNames.get(name);
  if (known !== undefined) return known;
  const printed = printEncoded(name);
  if (name.length <= MAX_KEPT_LENGTH) {
    if (printedNames.size >= MAX_KEPT) printedNames.clear();
    printedNames.set(name, printed);
  }
  return printed;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A damaged row answers NIL: a client must be able to list the others. */
function parse(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}

/** `2026-11-22T08:30:00+01:00` as `"Sun, 22 Nov 2026 08:30:00 +0100"` (RFC 5322 §3.3). */
function printDate(sentAt: unknown): string {
  if (typeof sentAt !== 'string' || sentAt.length < 20) return 'NIL';
  const year = Number(sentAt.slice(0, 4));
  const month = Number(sentAt.slice(5, 7));
  const day = Number(sentAt.slice(8, 10));
  // Sakamoto's rule: January and February count with the year before
  const y = month < 3 ? year - 1 : year;
  const weekday =
    (y + (y >> 2) - Math.floor(y / 100) + Math.floor(y / 400) + (ADDED_BY_MONTH[month - 1] ?? 0) + day) % 7;
  const zone = sentAt.endsWith('Z') ? '+0000' : sentAt.slice(-6, -3) + sentAt.slice(-2);
  return `"${WEEKDAYS[weekday] ?? ''}, ${day} ${MONTHS[month - 1] ?? ''} ${year} ${sentAt.slice(11, 19)} ${zone}"`;
}

/** `<a> <b>`; NIL where there is none. */
function printIds(ids: unknown): string {
  if (!Array.isArray(ids) || ids.length === 0) return 'NIL';
  return printString(`<${ids.join('> <')}>`);
}

/** `env-from` and the others: groups are two marks around their addresses. */
function printAddresses(groups: unknown, isUtf8: boolean): string {
  if (!Array.isArray(groups)) return 'NIL';
  let printed = '';
  for (const group of groups) {
    if (!isRecord(group)) continue;
    const name = group['name'];
    const isNamed = typeof name === 'string';
    if (isNamed) printed += `(NIL NIL ${printName(name)} NIL)`;
    const addresses = group['addresses'];
    if (Array.isArray(addresses)) for (const address of addresses) printed += printAddress(address, isUtf8);
    if (isNamed) printed += '(NIL NIL NIL NIL)';
  }
  return printed === '' ? 'NIL' : `(${printed})`;
}

/** `address`. NIL as mailbox or host would mark a group: what is missing is "" instead. */
function printAddress(address: unknown, isUtf8: boolean): string {
  if (!isRecord(address)) return '';
  const email = address['email'];
  const whole = typeof email === 'string' ? email : '';
  const at = whole.lastIndexOf('@');
  if (isQuotable(whole) && at >= 0)
    return `(${printName(address['name'])} NIL "${whole.slice(0, at)}" "${whole.slice(at + 1)}")`;
  const mailbox = at < 0 ? whole : whole.slice(0, at);
  const host = at < 0 ? '' : whole.slice(at + 1);
  return `(${printName(address['name'])} NIL ${printString(mailbox, isUtf8)} ${printString(host, isUtf8)})`;
}
