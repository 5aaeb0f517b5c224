/** The envelope: header fields every list shows, read once. Of a field written twice the last counts (RFC 8621 §4.1.2). */
import { readAddressGroups } from '#formats/address/read.ts';
import type { AddressGroup } from '#formats/address/types.ts';
import { readDate } from './date.ts';
import { unfold } from './fields.ts';
import type { Envelope, HeaderField } from './types.ts';
import { decodeWords } from './words.ts';

/** Message-IDs kept of one field. */
export const MAX_MESSAGE_IDS = 1_000;
/** Characters of a subject that are kept. */
const MAX_SUBJECT = 4_096;

const ENVELOPE_FIELDS: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'message-id',
  'in-reply-to',
  'references',
  'date',
]);

export function readEnvelope(fields: readonly HeaderField[]): Envelope {
  const raw = new Map<string, string>();
  for (const field of fields) {
    const name = field.name.toLowerCase();
    if (ENVELOPE_FIELDS.has(name)) raw.set(name, field.raw);
  }
  const addresses = (name: string): AddressGroup[] | null => {
    const groups = readAddressGroups(raw.get(name) ?? '');
    return groups.length === 0 ? null : groups;
  };
  const subject = raw.get('subject');
  return {
    from: addresses('from'),
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    subject: subject === undefined ? null : decodeText(subject).slice(0, MAX_SUBJECT).toWellFormed(),
    messageId: readMessageIds(raw.get('message-id') ?? ''),
    inReplyTo: readMessageIds(raw.get('in-reply-to') ?? ''),
    references: readMessageIds(raw.get('references') ?? ''),
    sentAt: readDate(unfold(raw.get('date') ?? '')),
  };
}

/** Unfolded, encoded-words decoded, NFC, outer white space gone (Text form, RFC 8621 §4.1.2.2). */
export function decodeText(raw: string): string {
  return decodeWords(unfold(raw)).trim().normalize('NFC');
}

/** `<id> <id>` without the brackets (RFC 5322 §3.6.4); what stands around them is passed over. Null where there is none. */
export function readMessageIds(raw: string): string[] | null {
  const ids: string[] = [];
  let open = raw.indexOf('<');
  while (open >= 0 && ids.length < MAX_MESSAGE_IDS) {
    const close = raw.indexOf('>', open);
    if (close < 0) break;
    const id = raw.slice(open + 1, close).replace(/[\s\0<]+/g, '');
    if (id !== '') ids.push(id);
    open = raw.indexOf('<', close);
  }
  if (ids.length > 0) return ids;
  // Programs that forget the brackets write nothing else.
  const bare = raw.trim();
  return bare.includes('@') && !/[\s<>\0]/.test(bare) ? [bare] : null;
}
