/** A message as Sieve sees it: header fields found by name, each value decoded when first asked for and then kept. */
import { flattenGroups, readAddressGroups } from '#formats/address/read.ts';
import { unfold } from '#formats/message/fields.ts';
import type { HeaderField, ParsedMessage } from '#formats/message/types.ts';
import { decodeWords } from '#formats/message/words.ts';
import { asSubject, foldAscii } from './fold.ts';
import type { AddressValue, FieldValue, SieveMessage } from './types.ts';

/** RFC 5233 §4: what stands between the user and the detail of a local part. */
const SEPARATOR = '+';

/** Of the octets and what `parseMessage` (or the stored structure and `readHeaderFields`) says of them. */
export function sieveMessage(
  octets: Uint8Array,
  { headers, structure }: Pick<ParsedMessage, 'headers' | 'structure'>,
): SieveMessage {
  return { octets, sizeOctets: octets.length, fields: headers, structure, fieldsNamed: indexFields(headers) };
}

const NONE: readonly FieldValue[] = [];

/** Finds fields by name (lower case). The index is built at the first question, the values of a name when it is first asked for. */
export function indexFields(fields: readonly HeaderField[]): (name: string) => readonly FieldValue[] {
  let index: Map<string, HeaderField[]> | null = null;
  const values = new Map<string, readonly FieldValue[]>();
  return (name) => {
    const known = values.get(name);
    if (known !== undefined) return known;
    index ??= groupFields(fields);
    const found = index.get(name)?.map((field) => fieldValue(field.raw)) ?? NONE;
    values.set(name, found);
    return found;
  };
}

function groupFields(fields: readonly HeaderField[]): Map<string, HeaderField[]> {
  const groups = new Map<string, HeaderField[]>();
  for (const field of fields) {
    const name = field.name.toLowerCase();
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [field]);
    else group.push(field);
  }
  return groups;
}

/** A raw value in the forms tests want. */
export function fieldValue(raw: string): FieldValue {
  const text = decodeValue(raw);
  let addresses: readonly AddressValue[] | null = null;
  return { raw, text, folded: foldAscii(text), addresses: () => (addresses ??= readAddresses(raw)) };
}

function readAddresses(raw: string): readonly AddressValue[] {
  return flattenGroups(readAddressGroups(raw)).flatMap(({ email }) => addressValue(email) ?? []);
}

function decodeValue(raw: string): string {
  const text = unfold(raw);
  return text.includes('=?') ? decodeWords(text).trim() : text;
}

/** Null for what is no address: it has no parts (RFC 5228 §2.7.4). */
export function addressValue(email: string): AddressValue | null {
  const at = email.lastIndexOf('@');
  if (at <= 0) return null;
  const written = email.slice(0, at);
  const local = written.startsWith('"') ? written.slice(1, -1).replace(/\\([^])/g, '$1') : written;
  const separator = local.indexOf(SEPARATOR);
  const localPart = asSubject(local);
  return {
    all: asSubject(email),
    localPart,
    domain: asSubject(email.slice(at + 1)),
    user: separator < 0 ? localPart : asSubject(local.slice(0, separator)),
    detail: separator < 0 ? null : asSubject(local.slice(separator + SEPARATOR.length)),
  };
}
