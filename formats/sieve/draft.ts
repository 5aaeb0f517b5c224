/**
 * The message as the script has changed it so far (RFC 5293, RFC 5703): header fields put in and taken out, parts replaced, the whole enclosed.
 * The octets are written anew only when an action or a later look needs them; what was not changed keeps its octets as they came.
 */
import { readHeaderFields } from '#formats/message/fields.ts';
import { parseMessage } from '#formats/message/parse.ts';
import type { HeaderField, MessagePart } from '#formats/message/types.ts';
import { joinOctets } from '#formats/octets/join.ts';
import { indexFields } from './message.ts';
import type { FieldValue, SieveMessage } from './types.ts';

/** A header field of the draft: one of the message, or one put in. */
export interface DraftField {
  readonly name: string;
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** The whole field with its line end, for one put in; null for one of the message. */
  readonly printed: string | null;
}

/** Octets and the parts that are offsets of them. A loop over parts goes on over its own, whatever becomes of the draft. */
export interface Base {
  readonly octets: Uint8Array;
  readonly structure: MessagePart;
  readonly partFields: Map<MessagePart, (name: string) => readonly FieldValue[]>;
}

export interface Draft {
  /** The message as it came. */
  readonly original: SieveMessage;
  base: Base;
  fields: readonly DraftField[];
  /** Fields of the current header by name (lower case). */
  fieldsNamed: (name: string) => readonly FieldValue[];
  /** Parts of the base that others stand for, not yet written. */
  readonly replaced: Map<MessagePart, Uint8Array>;
  hasEditedHeader: boolean;
  /** Whether anything has changed since the message came. */
  isEdited: boolean;
  /** The octets of the draft as it is now, once written. */
  written: Uint8Array | null;
}

const encoder = new TextEncoder();
const LINE_FEED = 0x0a;

export function openDraft(message: SieveMessage): Draft {
  return {
    original: message,
    base: { octets: message.octets, structure: message.structure, partFields: new Map() },
    // Offsets and names are all a draft adds to: the fields themselves serve until one changes.
    fields: EMPTY,
    fieldsNamed: message.fieldsNamed,
    replaced: new Map(),
    hasEditedHeader: false,
    isEdited: false,
    written: null,
  };
}

const EMPTY: readonly DraftField[] = [];

/** The current header, in order. */
export function draftFields(draft: Draft): readonly DraftField[] {
  if (draft.fields === EMPTY) draft.fields = asDraftFields(draft.original.fields);
  return draft.fields;
}

function asDraftFields(fields: readonly HeaderField[]): readonly DraftField[] {
  return fields.map(({ name, raw, start, end }) => ({ name, raw, start, end, printed: null }));
}

/** Puts other fields in the place of the current ones: those kept in their order, new ones before or after them. */
export function setFields(draft: Draft, fields: readonly DraftField[]): void {
  draft.fields = fields;
  draft.fieldsNamed = indexFields(fields);
  draft.hasEditedHeader = true;
  draft.isEdited = true;
  draft.written = null;
}

/** A field out of its printed form, `Name: value` with its line end. */
export function printedField(printed: string): DraftField {
  const colon = printed.indexOf(':');
  return {
    name: printed.slice(0, colon),
    raw: printed.slice(colon + 1).replace(/\r?\n$/, ''),
    start: 0,
    end: 0,
    printed,
  };
}

/** Puts an entity (header, empty line, body) in the place of a part that is not the root. */
export function replacePart(draft: Draft, part: MessagePart, entity: Uint8Array): void {
  draft.replaced.set(part, entity);
  draft.isEdited = true;
  draft.written = null;
}

/** Puts other octets in the place of the whole message. */
export function replaceWhole(draft: Draft, octets: Uint8Array): void {
  draft.isEdited = true;
  rebase(draft, octets);
}

/** Writes what waits and reads it again, so that parts are those of the message as it is now. Not within a loop over parts. */
export function settle(draft: Draft): void {
  if (draft.replaced.size > 0) rebase(draft, writeDraft(draft));
}

function rebase(draft: Draft, octets: Uint8Array): void {
  const { headers, structure } = parseMessage(octets);
  draft.base = { octets, structure, partFields: new Map() };
  draft.fields = asDraftFields(headers);
  draft.fieldsNamed = indexFields(headers);
  draft.replaced.clear();
  draft.hasEditedHeader = false;
  draft.written = octets;
}

/** All octets of the message as it is now; null where nothing has changed. The same array until something changes again. */
export function editedOctets(draft: Draft): Uint8Array | null {
  return draft.isEdited ? (draft.written ??= writeDraft(draft)) : null;
}

/** Octets the draft will have at most, without writing it. */
export function draftSize({ base, replaced }: Draft): number {
  return [...replaced.values()].reduce((sum, entity) => sum + entity.length, base.octets.length);
}

/** Fields of a part's own header, by name in lower case; of the draft's root, those of the message as it is now. */
export function partFieldsNamed(draft: Draft, base: Base, part: MessagePart, name: string): readonly FieldValue[] {
  if (part === draft.base.structure) return draft.fieldsNamed(name);
  let find = base.partFields.get(part);
  if (find === undefined) {
    find = indexFields(readHeaderFields(base.octets, part.headersStart, part.bodyStart));
    base.partFields.set(part, find);
  }
  return find(name);
}

/** The header as it is now, with the empty line that ends it. */
export function writtenHeader(draft: Draft): Uint8Array {
  const { octets, structure } = draft.base;
  if (!draft.hasEditedHeader) return octets.subarray(0, structure.bodyStart);
  const pieces: Uint8Array[] = [];
  writeHeader(draft, pieces);
  return joinOctets(pieces);
}

function writeDraft(draft: Draft): Uint8Array {
  const { octets, structure } = draft.base;
  const pieces = [writtenHeader(draft)];
  let at = structure.bodyStart;
  const edits = [...draft.replaced].toSorted(([a], [b]) => a.headersStart - b.headersStart);
  for (const [part, entity] of edits) {
    // A part within one that is replaced itself went with it.
    if (part.headersStart < at) continue;
    pieces.push(octets.subarray(at, part.headersStart), entity);
    at = part.bodyEnd;
  }
  pieces.push(octets.subarray(at));
  return joinOctets(pieces);
}

/** Kept fields as they stand, with whatever stood between them; new ones above the first and below the last. */
function writeHeader(draft: Draft, pieces: Uint8Array[]): void {
  const { octets, structure } = draft.base;
  const all = readHeaderFields(octets, structure.headersStart, structure.bodyStart);
  const kept = new Set(draft.fields.filter((field) => field.printed === null).map((field) => field.start));
  const firstKept = draft.fields.findIndex((field) => field.printed === null);
  const above = firstKept < 0 ? draft.fields : draft.fields.slice(0, firstKept);
  const below = firstKept < 0 ? [] : draft.fields.slice(firstKept).filter((field) => field.printed !== null);
  for (const field of above) pieces.push(encoder.encode(field.printed ?? ''));
  let at = 0;
  for (const field of all) {
    if (kept.has(field.start)) continue;
    pieces.push(octets.subarray(at, field.start));
    at = field.end;
  }
  const end = Math.max(at, all.at(-1)?.end ?? 0);
  pieces.push(octets.subarray(at, end));
  if (end > at && octets[end - 1] !== LINE_FEED) pieces.push(encoder.encode('\r\n'));
  for (const field of below) pieces.push(encoder.encode(field.printed ?? ''));
  // Without an empty line what was put in would be the body's beginning.
  if (structure.bodyStart <= end && structure.bodyStart < octets.length) pieces.push(encoder.encode('\r\n'));
  pieces.push(octets.subarray(end, structure.bodyStart));
}
