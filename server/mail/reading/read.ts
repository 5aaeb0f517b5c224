/**
 * What the house keeps of a message besides its octets, and all that can be decided before any transaction. It needs no
 * store, so it may be done on any thread, and its result sent to another.
 */
import { listedFields } from '#formats/message/listed.ts';
import { printStructure } from '#formats/message/pack.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { baseSubject } from '#formats/message/subject.ts';
import type { Envelope, ParsedMessage } from '#formats/message/types.ts';
import { type StagedBlob, stageSmallBlob } from '#server/store/blobs/stage.ts';
import { asMilliseconds, type Milliseconds } from '#server/store/ids.ts';

import { threadKeys } from '#server/mail/threads/keys.ts';

/** A message read and staged once, however many accounts it is filed in. */
export interface ReadMessage {
  readonly staged: StagedBlob;
  readonly envelopeText: string;
  readonly structureText: string;
  readonly preview: string;
  readonly hasAttachment: boolean;
  /** See formats/message/listed.ts. */
  readonly headerFields: Uint8Array | null;
  readonly threadKeys: readonly number[];
  readonly sentAt: Milliseconds | null;
  readonly subjectKey: string;
  readonly fromKey: string;
  readonly toKey: string;
}

const sortKeyCharacters = 64;

/** Everything that can be decided before any transaction. */
export function readyToFile(octets: Uint8Array, parsed: ParsedMessage, staged: StagedBlob): ReadMessage {
  const { envelope } = parsed;
  const sentAt = envelope.sentAt === null ? NaN : Date.parse(envelope.sentAt);
  return {
    staged,
    envelopeText: JSON.stringify(envelope),
    structureText: printStructure(parsed.structure),
    preview: parsed.preview,
    hasAttachment: parsed.hasAttachment,
    headerFields: listedFields(octets, parsed.headers),
    threadKeys: threadKeys(envelope),
    sentAt: Number.isNaN(sentAt) ? null : asMilliseconds(sentAt),
    subjectKey: sortKey(baseSubject(envelope.subject ?? '')),
    fromKey: sortKey(addresseeOf(envelope.from)),
    toKey: sortKey(addresseeOf(envelope.to)),
  };
}

/** Reads and stages a message small enough to be kept in a row; undefined for others. */
export function readSmall(octets: Uint8Array): ReadMessage | undefined {
  const staged = stageSmallBlob(octets);
  return staged && readyToFile(octets, parseMessage(octets), staged);
}

function addresseeOf(groups: Envelope['from']): string {
  const first = groups?.[0]?.addresses[0];
  return first?.name ?? first?.email ?? '';
}

/**
 * Sorts as people expect without a locale: no accents, no case (the i;unicode-casemap of RFC 5051 in spirit). Nor U+0000,
 * which a word in UTF-16 brings and a text of PostgreSQL cannot hold.
 */
function sortKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\0]/gu, '')
    .toLowerCase()
    .slice(0, sortKeyCharacters)
    .toWellFormed();
}
