/**
 * Mailbox names on the wire (RFC 9051 §5.1): modified UTF-7, or UTF-8 once the client has enabled it. Inside they are Unicode, NFC, and `INBOX` is upper
 * case whichever way it was written.
 */
import { type Cursor, bad } from './cursor.ts';
import { printAstring, readAstring, readListMailbox } from './string.ts';
import { decodeUtf7, printUtf7 } from './utf7.ts';
import { decodeUtf8 } from './utf8.ts';

/** Octets of a name as sent; what the platform allows is less and the verbs' affair. */
const MAX_NAME = 4_096;

/** `mailbox`. */
export function readMailbox(cursor: Cursor): string {
  return readName(cursor, readAstring(cursor, 'Mailbox name'));
}

/** `list-mailbox`: a name with wildcards. */
export function readMailboxPattern(cursor: Cursor): string {
  return readName(cursor, readListMailbox(cursor));
}

/** `mailbox`. `isUtf8`: the client has enabled it. */
export function printMailbox(name: string, isUtf8: boolean): string {
  return printAstring(isUtf8 ? name : printUtf7(name), isUtf8);
}

function readName(cursor: Cursor, octets: string): string {
  if (octets.length > MAX_NAME) throw bad(cursor, 'Mailbox name too long', 'mailboxName');
  if (/^inbox$/i.test(octets)) return 'INBOX';
  const text = decodeUtf8(octets);
  if (text === undefined) throw bad(cursor, 'Mailbox name is not UTF-8', 'mailboxName');
  const name = cursor.isUtf8 ? text : decodeUtf7(octets === text ? octets : printUtf8AsUtf7(text));
  if (name === undefined) throw bad(cursor, 'Mailbox name is not valid modified UTF-7', 'mailboxName');
  return name.normalize('NFC');
}

/** UTF-8 sent before it was enabled (imaplib users, by name): `&` is still the sign of UTF-7 there. */
function printUtf8AsUtf7(text: string): string {
  return text.replace(/[^ -~]+/g, printUtf7);
}
