/**
 * The copy that travels: without Bcc, completed where a mail program left gaps, with a Sender where somebody writes on
 * behalf of somebody else. Only header lines are cut out or put in front; every other octet stays as it was.
 */
import type { EmailAddress } from '#formats/address/types.ts';
import { readHeaderFields } from '#formats/message/fields.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { type FieldSpec, printField } from '#formats/message/printfield.ts';
import type { HeaderField } from '#formats/message/types.ts';

/** A mail program asks by it that the server file a copy in Sent: `X-Pli-Save-Sent: yes`. It never travels. */
export const saveSentField = 'x-pli-save-sent';

const hidden: readonly string[] = ['bcc', 'resent-bcc', saveSentField];

export interface Completion {
  readonly from: EmailAddress;
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Whether the header has something in it that must not travel. */
export function hasHidden(header: Uint8Array): boolean {
  return readHeaderFields(header, 0, header.length).some(isHidden);
}

/** The message without what must not travel; with `sender`, that Sender in the place of any other. */
export function withoutHidden(octets: Uint8Array, sender: EmailAddress | undefined): Uint8Array {
  const isGone = (field: HeaderField): boolean =>
    isHidden(field) || (sender !== undefined && field.name.toLowerCase() === 'sender');
  const added: readonly FieldSpec[] = sender ? [{ name: 'Sender', form: 'Addresses', value: [sender] }] : [];
  return rewritten(octets, isGone, added);
}

/**
 * Completes what a mail program handed in (RFC 6409 §8): Date, Message-ID and From where they are missing.
 * @returns the message as its sender keeps it, and whether a copy was asked for.
 */
export function complete(
  octets: Uint8Array,
  given: Completion,
): { readonly octets: Uint8Array; readonly wantsCopy: boolean } {
  const { headers } = parseMessage(octets);
  const has = (name: string): boolean => headers.some((field) => field.name.toLowerCase() === name);
  const added: FieldSpec[] = [];
  if (!has('from')) added.push({ name: 'From', form: 'Addresses', value: [given.from] });
  if (!has('date')) added.push({ name: 'Date', form: 'Date', value: new Date(given.at).toISOString() });
  if (!has('message-id')) added.push({ name: 'Message-ID', form: 'MessageIds', value: [given.messageId] });
  const asked = headers.filter((field) => field.name.toLowerCase() === saveSentField);
  const wantsCopy = asked.some((field) => field.raw.trim().toLowerCase() === 'yes');
  if (added.length === 0 && asked.length === 0) return { octets, wantsCopy };
  return { octets: rewritten(octets, (field) => field.name.toLowerCase() === saveSentField, added), wantsCopy };
}

function isHidden(field: HeaderField): boolean {
  return hidden.includes(field.name.toLowerCase());
}

function rewritten(
  octets: Uint8Array,
  isGone: (field: HeaderField) => boolean,
  added: readonly FieldSpec[],
): Uint8Array {
  const { headers, structure } = parseMessage(octets);
  const pieces: Uint8Array[] = [Buffer.from(added.map(printField).join(''))];
  // A body without any header needs the empty line before it.
  if (headers.length === 0 && structure.bodyStart === 0 && added.length > 0) pieces.push(Buffer.from('\r\n'));
  let from = 0;
  for (const field of headers) {
    if (!isGone(field)) continue;
    pieces.push(octets.subarray(from, field.start));
    from = field.end;
  }
  pieces.push(octets.subarray(from));
  return Buffer.concat(pieces);
}
