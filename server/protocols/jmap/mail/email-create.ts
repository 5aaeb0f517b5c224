/**
 * Reading an Email object that is to be created (RFC 8621 §4.6): its fields, and a tree of parts made of bodyStructure,
 * or of textBody, htmlBody and attachments. What breaks a rule is named; nothing is guessed.
 */
import { randomUUID } from 'node:crypto';

import { aString, listOf, nullable } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { type BlobName, readBlobId } from '#formats/jmap/id.ts';
import { isArray, isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import type { PartDeclaration } from '#formats/message/print.ts';
import type { FieldSpec } from '#formats/message/printfield.ts';
import type { Draft, DraftPart } from '#server/mail/emails/compose.ts';

import { type CreatedIds, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { messageFields, partFields } from './email-fields.ts';

const maxParts = 500;
const typeForm = /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/;

/** What the reader gathers on its way. */
interface Reading {
  readonly bodyValues: JsonObject;
  readonly created: CreatedIds;
  /** Names of properties at fault. */
  readonly bad: Set<string>;
  readonly blobIds: Map<BlobName, string>;
  readonly missing: Set<string>;
  parts: number;
}

export interface ReadDraft {
  readonly draft: Draft;
  /** As the client wrote them: for blobNotFound. */
  readonly blobIds: ReadonlyMap<BlobName, string>;
}

/**
 * @param at milliseconds since 1970, for a message without a date.
 * @throws {SetFailure} `invalidProperties`, `blobNotFound` for what can be no blob.
 */
export function readDraft(record: JsonObject, created: CreatedIds, hostName: string, at: number): ReadDraft {
  const bad = new Set<string>();
  const given = record['bodyValues'];
  const bodyValues = isObject(given) ? given : {};
  if (!Object.values(bodyValues).every(isBodyValue)) bad.add('bodyValues');
  const reading: Reading = { bodyValues, created, bad, blobIds: new Map(), missing: new Set(), parts: 0 };
  const fields = messageFields(record, bad);
  const body = readBody(record, reading, new Set(fields.map(({ name }) => name.toLowerCase())));
  if (bad.size > 0) throw new SetFailure({ type: 'invalidProperties', properties: [...bad] });
  if (reading.missing.size > 0) throw blobNotFound([...reading.missing]);
  return { draft: { fields: withOwnFields(fields, hostName, at), body }, blobIds: reading.blobIds };
}

export function blobNotFound(ids: readonly string[]): SetFailure {
  return new SetFailure({ type: 'blobNotFound', limits: { notFound: [...ids] } });
}

/** EmailBodyValue (RFC 8621 §4.1.4): at creation nothing can be wrong with it yet. */
function isBodyValue(value: Json): boolean {
  if (!isObject(value) || typeof value['value'] !== 'string') return false;
  const { value: _, isEncodingProblem = false, isTruncated = false, ...rest } = value;
  return isEncodingProblem === false && isTruncated === false && Object.keys(rest).length === 0;
}

function withOwnFields(fields: readonly FieldSpec[], hostName: string, at: number): readonly FieldSpec[] {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()));
  const own: FieldSpec[] = [];
  if (!names.has('date')) own.push({ name: 'Date', form: 'Date', value: printUtcDate(at - (at % 1000)) });
  if (!names.has('message-id')) {
    own.push({ name: 'Message-ID', form: 'MessageIds', value: [`${randomUUID()}@${hostName}`] });
  }
  return [...own, ...fields];
}

function readBody(record: JsonObject, reading: Reading, fieldNames: ReadonlySet<string>): DraftPart {
  const { bodyStructure = null, textBody = null, htmlBody = null, attachments = null } = record;
  const { bad } = reading;
  if (bodyStructure !== null) {
    for (const [name, value] of Object.entries({ textBody, htmlBody, attachments })) if (value !== null) bad.add(name);
    const root = readPart(bodyStructure, 'text/plain', 'bodyStructure', reading);
    if (root.fields?.some(({ name }) => fieldNames.has(name.toLowerCase()))) bad.add('bodyStructure');
    return root;
  }
  const text = readOnly(textBody, 'text/plain', 'textBody', reading);
  const html = readOnly(htmlBody, 'text/html', 'htmlBody', reading);
  const files = isArray(attachments) ? attachments : [];
  const read = files.map((file) => readPart(file, 'application/octet-stream', 'attachments', reading));
  return assemble(text, html, read);
}

/** textBody and htmlBody hold one part each, and of that type (RFC 8621 §4.6). */
function readOnly(value: Json, type: string, property: string, reading: Reading): DraftPart | undefined {
  if (value === null) return undefined;
  const [only, ...others] = isArray(value) ? value : [];
  const part = only === undefined ? undefined : readPart(only, type, property, reading);
  if (part === undefined || others.length > 0 || part.kind === 'multipart' || part.type !== type) {
    reading.bad.add(property);
    return undefined;
  }
  return part;
}

/** The usual nesting: mixed (alternative (text, related (html, images)), files). */
function assemble(
  text: DraftPart | undefined,
  html: DraftPart | undefined,
  attachments: readonly DraftPart[],
): DraftPart {
  const isShown = (part: DraftPart) => part.disposition === 'inline' && part.cid !== undefined;
  const images = html ? attachments.filter(isShown) : [];
  const files = html ? attachments.filter((part) => !isShown(part)) : attachments;
  const rich = html && (images.length > 0 ? multipart('related', [html, ...images]) : html);
  const shown = text && rich ? multipart('alternative', [text, rich]) : (rich ?? text);
  if (files.length === 0) return shown ?? { kind: 'text', type: 'text/plain', text: '' };
  return multipart('mixed', shown ? [shown, ...files] : files);
}

function multipart(subtype: string, parts: readonly DraftPart[]): DraftPart {
  return { kind: 'multipart', subtype, parts };
}

const nothing: DraftPart = { kind: 'text', type: 'text/plain', text: '' };

const partProperties: ReadonlySet<string> = new Set([
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
  'subParts',
]);

/** Reads an EmailBodyPart (RFC 8621 §4.1.4, §4.6); faults are filed under `property`. */
function readPart(value: Json, usualType: string, property: string, reading: Reading): DraftPart {
  const fail = (): DraftPart => {
    reading.bad.add(property);
    return nothing;
  };
  reading.parts += 1;
  if (!isObject(value) || reading.parts > maxParts) return fail();
  const isKnown = ([name, member]: readonly [string, Json]) =>
    partProperties.has(name) || name.startsWith('header:') || (name === 'headers' && member === null);
  if (!Object.entries(value).every(isKnown)) return fail();
  const { partId = null, blobId = null, charset = null, subParts = null } = value;
  const given = value['type'] ?? (isArray(subParts) ? 'multipart/mixed' : usualType);
  const type = typeof given === 'string' ? given.toLowerCase() : '';
  const declared = readDeclaration(value, reading);
  if (!typeForm.test(type) || !declared || (charset !== null && typeof charset !== 'string')) return fail();
  if (type.startsWith('multipart/')) {
    if (partId !== null || blobId !== null || !isArray(subParts) || subParts.length === 0) return fail();
    const parts = subParts.map((part) => readPart(part, 'text/plain', property, reading));
    return { ...declared, kind: 'multipart', subtype: type.slice('multipart/'.length), parts };
  }
  if (isArray(subParts) && subParts.length > 0) return fail();
  if (typeof partId === 'string' && blobId === null) {
    const body = Object.hasOwn(reading.bodyValues, partId) ? reading.bodyValues[partId] : undefined;
    const text = isObject(body) ? body['value'] : undefined;
    // The text is written in UTF-8, so no other charset can be asked for.
    return typeof text === 'string' && charset === null ? { ...declared, kind: 'text', type, text } : fail();
  }
  if (typeof blobId !== 'string' || partId !== null) return fail();
  const name = readBlobId(reading.created.resolve(blobId) ?? '');
  if (!name) {
    reading.missing.add(blobId);
    return nothing;
  }
  reading.blobIds.set(name, blobId);
  return { ...declared, ...(charset !== null && { params: { charset } }), kind: 'blob', type, blob: name };
}

function readDeclaration(part: JsonObject, reading: Reading): PartDeclaration | undefined {
  const bad = new Set<string>();
  const fields = partFields(part, bad);
  const text = (name: string): string | undefined => {
    const value = nullable(aString)(part[name] ?? null);
    if (value === undefined) bad.add(name);
    return value ?? undefined;
  };
  const [disposition, name, cid, location] = ['disposition', 'name', 'cid', 'location'].map(text);
  const language = nullable(listOf(aString))(part['language'] ?? null);
  if (bad.size > 0 || language === undefined || reading.parts > maxParts) return undefined;
  return {
    // A disposition nobody knows counts as attachment (RFC 2183 §2.8).
    ...(disposition !== undefined && { disposition: disposition.toLowerCase() === 'inline' ? 'inline' : 'attachment' }),
    ...(name !== undefined && { name }),
    ...(cid !== undefined && { cid }),
    ...(location !== undefined && { location }),
    ...(language !== null && { language }),
    ...(fields.length > 0 && { fields }),
  };
}
