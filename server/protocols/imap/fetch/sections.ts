/** Octets of a message for BODY[…] and BINARY[…] (RFC 9051 §6.4.5), found by its stored structure, read and said in pieces. */
import type { FetchBinary, FetchSection, OctetRange } from '#formats/imap/fetch.ts';
import { readStructure } from '#formats/message/pack.ts';
import { findSection, type SectionText, sectionSlice, type Slice } from '#formats/message/slices.ts';
import { decodeTransfer, isKnownEncoding } from '#formats/message/transfer.ts';
import type { MessagePart } from '#formats/message/types.ts';
import type { DetailWants, EmailDetails } from '#server/mail/view/details.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import type { Blob } from '#server/store/blobs/store.ts';
import type { Connection } from '#server/protocols/connection.ts';
import { tellNo } from '#server/protocols/imap/say.ts';

import { listedHeader } from './fields.ts';
import type { OctetItem } from './plan.ts';
import { wholeOf } from './whole.ts';

/** Read in one piece up to here; beyond, frame by frame as the client takes it. */
const wholeOctets = 256 * 1024;

/** One email's message while its items are said: its structure is read once at most. */
export interface Opened {
  readonly details: EmailDetails;
  /** For what was not read with the others. */
  readonly readMore: (wants: DetailWants) => Promise<EmailDetails>;
  more: Promise<EmailDetails> | undefined;
  structure: MessagePart | undefined;
  whole: Promise<Uint8Array> | undefined;
  isWithinLiteral: boolean;
}

export function opened(details: EmailDetails, readMore: Opened['readMore']): Opened {
  return { details, readMore, more: undefined, structure: undefined, whole: undefined, isWithinLiteral: false };
}

/** Says one item, its name first. */
export async function saySection(connection: Connection, message: Opened, item: OctetItem): Promise<void> {
  switch (item.kind) {
    case 'binarySize': {
      const part = await partOf(message, item.path);
      connection.say(`${item.label} ${part ? sizeOf(part, item.path) : 0}`);
      return;
    }
    case 'binary':
      return sayBinary(connection, message, item);
    case 'section':
      return sayPart(connection, message, item);
  }
}

async function sayPart(connection: Connection, message: Opened, item: FetchSection): Promise<void> {
  const { section, partial, label } = item;
  const { text, path } = section;
  if (text.kind === 'headerFields' || text.kind === 'headerFieldsNot') {
    const slice = await sliceOf(message, path, 'HEADER');
    if (!slice) return connection.say(`${label} NIL`);
    const header = await octetsOf(message, slice);
    const picked = Buffer.from(listedHeader(header, text.names, text.kind === 'headerFieldsNot'), 'latin1');
    return sayLiteral(connection, label, cut(picked, partial));
  }
  const slice = await sliceOf(message, path, names[text.kind]);
  if (!slice) return connection.say(`${label} NIL`);
  const start = Math.min(slice.end, slice.start + (partial?.offset ?? 0));
  const end = partial ? Math.min(slice.end, start + partial.length) : slice.end;
  const blob = await blobOf(message);
  if (blob.sizeOctets <= wholeOctets) return sayLiteral(connection, label, await octetsOf(message, { start, end }));
  connection.say(`${label} {${end - start}}\r\n`);
  message.isWithinLiteral = true;
  for await (const piece of blob.stream(start, end)) {
    connection.sayOctets(piece);
    if (connection.isFull) await connection.flush();
  }
  message.isWithinLiteral = false;
}

const names = { all: null, header: 'HEADER', text: 'TEXT', mime: 'MIME' } as const satisfies Record<
  string,
  SectionText
>;

async function sayBinary(connection: Connection, message: Opened, item: FetchBinary): Promise<void> {
  const { path, partial, label } = item;
  const part = await partOf(message, path);
  if (!part) return connection.say(`${label} NIL`);
  // A multipart and the message itself are in no encoding of their own.
  const encoding = path.length === 0 || part.type === 'multipart' ? 'binary' : part.encoding;
  if (!isKnownEncoding(encoding)) throw tellNo('UNKNOWN-CTE', `The encoding ${encoding} is not known here`);
  const slice = await sliceOf(message, path, null);
  if (!slice) return connection.say(`${label} NIL`);
  const octets = cut(decodeTransfer(await octetsOf(message, slice), encoding), partial);
  connection.say(`${label} ${octets.includes(0) ? '~' : ''}{${octets.length}}\r\n`);
  connection.sayOctets(octets);
}

function sayLiteral(connection: Connection, label: string, octets: Uint8Array): void {
  connection.say(`${label} {${octets.length}}\r\n`);
  connection.sayOctets(octets);
}

function sizeOf(part: MessagePart, path: readonly number[]): number {
  return path.length === 0 || part.type === 'multipart' ? part.bodyEnd - part.bodyStart : part.sizeOctets;
}

async function partOf(message: Opened, path: readonly number[]): Promise<MessagePart | null> {
  const root = await structureOf(message);
  return path.length === 0 ? root : findSection(root, path);
}

async function sliceOf(message: Opened, path: readonly number[], text: SectionText): Promise<Slice | null> {
  if (path.length === 0 && text === null) return { start: 0, end: (await blobOf(message)).sizeOctets };
  return sectionSlice(await structureOf(message), path, text);
}

async function structureOf(message: Opened): Promise<MessagePart> {
  const { details } = message;
  const stored = details.structure === '' ? (await allOf(message)).structure : details.structure;
  return (message.structure ??= readStructure(stored));
}

async function blobOf(message: Opened): Promise<Blob> {
  const blob = message.details.blob ?? (await allOf(message)).blob;
  if (!blob) throw new MissingObject('the octets of an email');
  return blob;
}

/** Listed fields that were not kept with their message need all of it: it is the exception. */
function allOf(message: Opened): Promise<EmailDetails> {
  const wants = { envelope: false, structure: true, preview: false, headerFields: false, blob: true };
  return (message.more ??= message.readMore(wants));
}

async function octetsOf(message: Opened, { start, end }: Slice): Promise<Uint8Array> {
  const blob = await blobOf(message);
  if (blob.sizeOctets > wholeOctets) return blob.bytes(start, end);
  message.whole ??= wholeOf(blob);
  const whole = await message.whole;
  return start === 0 && end === whole.length ? whole : whole.subarray(start, end);
}

function cut(octets: Uint8Array, partial: OctetRange | undefined): Uint8Array {
  return partial ? octets.subarray(partial.offset, partial.offset + partial.length) : octets;
}
