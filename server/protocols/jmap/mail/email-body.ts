/** Body parts and their texts (RFC 8621 §4.1.4, §4.2). */
import {
  aBoolean,
  anUnsignedInt,
  aString,
  type ArgumentsOf,
  listOf,
  optional,
  orNull,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { headerValue, readHeaderProperty } from '#formats/message/headers.ts';
import { allParts } from '#formats/message/slices.ts';
import type { HeaderField, MessagePart } from '#formats/message/types.ts';

import type { MessageSource } from './email-source.ts';

export const bodyArguments = {
  bodyProperties: orNull(listOf(aString)),
  fetchTextBodyValues: optional(aBoolean, false),
  fetchHTMLBodyValues: optional(aBoolean, false),
  fetchAllBodyValues: optional(aBoolean, false),
  maxBodyValueBytes: optional(anUnsignedInt, 0),
};

export type BodyArguments = ArgumentsOf<typeof bodyArguments>;

/** Characters of all texts in one answer: beyond, the client must ask for fewer emails or shorter texts. */
const maxTextCharacters = 30_000_000;

export interface TextBudget {
  leftCharacters: number;
}

export function textBudget(): TextBudget {
  return { leftCharacters: maxTextCharacters };
}

const printers: Readonly<Record<string, (part: MessagePart, source: MessageSource) => Json>> = {
  partId: ({ partId }) => partId,
  blobId: (part, source) => source.blobIdOf(part),
  size: ({ sizeOctets }) => sizeOctets,
  name: ({ name }) => name,
  type: ({ type, subtype }) => `${type}/${subtype}`,
  charset: ({ charset }) => charset,
  disposition: ({ disposition }) => disposition,
  cid: ({ cid }) => cid,
  language: ({ language }) => language,
  location: ({ location }) => location,
};

const defaultBodyProperties = Object.keys(printers);

/** What is asked of each part, checked once a call. */
export interface PartQuestion {
  readonly names: readonly string[];
  /** Whether the octets must be read for it. */
  readonly wantsFields: boolean;
  readonly wantsSubParts: boolean;
}

/** @throws {MethodError} `invalidArguments` for a property no part has. */
export function partQuestion({ bodyProperties }: Pick<BodyArguments, 'bodyProperties'>): PartQuestion {
  const names = bodyProperties ?? defaultBodyProperties;
  const isField = (name: string) => name === 'headers' || readHeaderProperty(name) !== null;
  const unknown = names.find((name) => name !== 'subParts' && !Object.hasOwn(printers, name) && !isField(name));
  if (unknown !== undefined) throw new MethodError('invalidArguments', `no body property ${unknown}`);
  return { names, wantsFields: names.some(isField), wantsSubParts: names.includes('subParts') };
}

/** @param isTree whether children are given in any case: without them a structure says nothing (bodyStructure). */
export async function printPart(
  source: MessageSource,
  part: MessagePart,
  question: PartQuestion,
  isTree: boolean,
): Promise<JsonObject> {
  const fields = question.wantsFields ? await (await source.open()).headerFields(part) : [];
  const members: [string, Json][] = [];
  for (const name of question.names) {
    if (name === 'subParts') continue;
    const print = printers[name];
    members.push([name, print ? print(part, source) : printField(fields, name)]);
  }
  const hasChildren = part.type === 'multipart';
  if (question.wantsSubParts || (isTree && hasChildren)) {
    const children: JsonObject[] = [];
    for (const child of part.subParts) children.push(await printPart(source, child, question, isTree));
    members.push(['subParts', hasChildren ? children : null]);
  }
  return Object.fromEntries(members);
}

/** `headers` and `header:…` of a message or a part (RFC 8621 §4.1.3). */
export function printField(fields: readonly HeaderField[], name: string): Json {
  if (name === 'headers') return fields.map((field) => ({ name: field.name, value: field.raw.replaceAll('\0', '') }));
  const property = readHeaderProperty(name);
  // A plain value of strings, lists and records: what JSON makes of it is itself.
  return property ? asJson(headerValue(fields, property)) : null;
}

type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

function asJson(value: unknown): Plain {
  if (typeof value === 'string' || value === null) return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
}

/** The texts asked for, by partId. @throws {MethodError} `requestTooLarge` where the answer would be. */
export async function printBodyValues(
  source: MessageSource,
  args: BodyArguments,
  budget: TextBudget,
): Promise<JsonObject> {
  const wanted = new Set<MessagePart>();
  if (args.fetchTextBodyValues) for (const part of source.lists().textBody) wanted.add(part);
  if (args.fetchHTMLBodyValues) for (const part of source.lists().htmlBody) wanted.add(part);
  if (args.fetchAllBodyValues) for (const part of allParts(source.structure())) wanted.add(part);
  const values: [string, Json][] = [];
  for (const part of wanted) {
    if (part.type !== 'text' || part.partId === null) continue;
    const { text, isEncodingProblem, isTruncated } = await (await source.open()).text(part, args.maxBodyValueBytes);
    budget.leftCharacters -= text.length;
    if (budget.leftCharacters < 0) throw new MethodError('requestTooLarge', 'ask for fewer or shorter texts');
    values.push([part.partId, { value: text, isEncodingProblem, isTruncated }]);
  }
  return Object.fromEntries(values);
}
