/**
 * The header fields that mail programs ask for when they list a mailbox, kept beside the message as they stand in it, so
 * that a listing opens no message. The names are part of what is stored: one added here is missing from every row
 * written before, so it comes with a migration that sets those rows to null.
 */
import { MAX_FIELDS } from './fields.ts';
import type { HeaderField } from './types.ts';

/** More than any honest message has in these fields; who has more is read from its octets. */
export const MAX_LISTED_OCTETS = 16_384;

const names: ReadonlySet<string> = new Set(
  [
    'from sender reply-to to cc bcc subject date message-id in-reply-to references newsgroups',
    'priority x-priority importance content-type content-transfer-encoding mime-version',
    'list-id list-post list-unsubscribe disposition-notification-to return-receipt-to return-path',
    'mail-followup-to mail-reply-to x-draft-info x-k9mail-identity',
  ].flatMap((some) => some.split(' ')),
);

/** Whether `listedFields` holds every field of this name, in any case of letters. */
export function isListedField(name: string): boolean {
  return names.has(name.toLowerCase());
}

/**
 * The octets of those fields in the order they stand, each with its folding and line end.
 *
 * @param bytes the message that `fields` were read from.
 * @returns null where they are too many or too long to be kept: the message must be read.
 */
export function listedFields(bytes: Uint8Array, fields: readonly HeaderField[]): Uint8Array | null {
  if (fields.length >= MAX_FIELDS) return null;
  const listed = fields.filter(({ name }) => isListedField(name));
  const octets = listed.reduce((sum, { start, end }) => sum + end - start, 0);
  if (octets > MAX_LISTED_OCTETS) return null;
  const kept = new Uint8Array(octets);
  let at = 0;
  for (const { start, end } of listed) {
    kept.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return kept;
}
