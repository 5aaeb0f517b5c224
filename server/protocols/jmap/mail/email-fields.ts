/** Header fields a client gives at creation, under either of their names (RFC 8621 §4.6): `subject`, `header:Subject:asText`. */
import { aString, listOf, nullable, type Reader } from '#formats/jmap/arguments.ts';
import { isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import type { AddressGroup } from '#formats/address/types.ts';
import { type HeaderForm, readHeaderProperty } from '#formats/message/headers.ts';
import { BadField, type FieldSpec, printField } from '#formats/message/printfield.ts';

import { anEmailAddress } from './email-properties.ts';

/** The convenience properties (RFC 8621 §4.1.3), in the order in which fields are written. */
const convenience: ReadonlyMap<string, { readonly name: string; readonly form: HeaderForm }> = new Map([
  ['sentAt', { name: 'Date', form: 'Date' }],
  ['from', { name: 'From', form: 'Addresses' }],
  ['sender', { name: 'Sender', form: 'Addresses' }],
  ['replyTo', { name: 'Reply-To', form: 'Addresses' }],
  ['to', { name: 'To', form: 'Addresses' }],
  ['cc', { name: 'Cc', form: 'Addresses' }],
  ['bcc', { name: 'Bcc', form: 'Addresses' }],
  ['subject', { name: 'Subject', form: 'Text' }],
  ['messageId', { name: 'Message-ID', form: 'MessageIds' }],
  ['inReplyTo', { name: 'In-Reply-To', form: 'MessageIds' }],
  ['references', { name: 'References', form: 'MessageIds' }],
]);

const order = [...convenience.keys()];

/** The fields of an Email object; names of properties at fault go to `bad`. */
export function messageFields(record: JsonObject, bad: Set<string>): readonly FieldSpec[] {
  const members = Object.entries(record).filter(
    ([property, value]) => value !== null && (convenience.has(property) || property.startsWith('header:')),
  );
  const inOrder = members.toSorted(([a], [b]) => rankOf(a) - rankOf(b));
  return fieldsOf(inOrder, bad, (name) => !name.startsWith('content-') && name !== 'mime-version');
}

function rankOf(property: string): number {
  const rank = order.indexOf(property);
  return rank < 0 ? order.length : rank;
}

/** Fields of a part that say what other properties of it say, or what only we may. */
const ownPartFields: ReadonlySet<string> = new Set([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-language',
  'content-location',
  'mime-version',
]);

/** The `header:…` properties of an EmailBodyPart. */
export function partFields(part: JsonObject, bad: Set<string>): readonly FieldSpec[] {
  const members = Object.entries(part).filter(([property, value]) => property.startsWith('header:') && value !== null);
  return fieldsOf(members, bad, (name) => !ownPartFields.has(name));
}

function fieldsOf(
  members: readonly (readonly [string, Json])[],
  bad: Set<string>,
  mayBeGiven: (lowerCaseName: string) => boolean,
): readonly FieldSpec[] {
  const givenAs = new Map<string, string>();
  const fields: FieldSpec[] = [];
  for (const [property, value] of members) {
    const known = convenience.get(property) ?? readHeaderProperty(property);
    const name = known?.name.toLowerCase() ?? '';
    const other = givenAs.get(name);
    if (other !== undefined) bad.add(other);
    if (!known || other !== undefined || !mayBeGiven(name)) {
      bad.add(property);
      continue;
    }
    givenAs.set(name, property);
    const isAll = 'isAll' in known && known.isAll === true;
    const values: readonly Json[] | undefined = isAll ? listOf<Json>((item) => item)(value) : [value];
    const specs = values?.map((each) => specOf(known.name, known.form, each)) ?? [undefined];
    if (specs.every((spec) => spec !== undefined && isPrintable(spec))) {
      fields.push(...specs.filter((spec) => spec !== undefined));
    } else bad.add(property);
  }
  return fields;
}

const texts = listOf(aString);

const aGroup: Reader<AddressGroup> = (value) => {
  if (!isObject(value)) return undefined;
  const name = nullable(aString)(value['name'] ?? null);
  const addresses = listOf(anEmailAddress)(value['addresses'] ?? null);
  return name === undefined || addresses === undefined ? undefined : { name, addresses };
};

function specOf(name: string, form: HeaderForm, value: Json): FieldSpec | undefined {
  switch (form) {
    case 'Raw':
    case 'Text':
    case 'Date':
      return typeof value === 'string' ? { name, form, value } : undefined;
    case 'Addresses': {
      const addresses = listOf(anEmailAddress)(value);
      return addresses && { name, form, value: addresses };
    }
    case 'GroupedAddresses': {
      const groups = listOf(aGroup)(value);
      return groups && { name, form, value: groups };
    }
    case 'MessageIds':
    case 'URLs': {
      const ids = texts(value);
      return ids && { name, form, value: ids };
    }
    default:
      return form satisfies never;
  }
}

function isPrintable(spec: FieldSpec): boolean {
  try {
    printField(spec);
    return true;
  } catch (error) {
    if (error instanceof BadField) return false;
    throw error;
  }
}
