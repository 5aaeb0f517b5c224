/**
 * Header fields in the forms of RFC 8621 §4.1.2 (Raw, Text, Addresses, GroupedAddresses, MessageIds, Date, URLs), and the properties that
 * ask for them: `header:Subject:asText:all`. A value that does not parse is null, never an error.
 */
import { flattenGroups, readAddressGroups } from '#formats/address/read.ts';
import type { AddressGroup, EmailAddress } from '#formats/address/types.ts';
import { readDate } from './date.ts';
import { decodeText, readMessageIds } from './envelope.ts';
import { unfold } from './fields.ts';
import type { HeaderField } from './types.ts';

export type HeaderForm = 'Raw' | 'Text' | 'Addresses' | 'GroupedAddresses' | 'MessageIds' | 'Date' | 'URLs';

/** What one field is in one form. */
export type HeaderValue = string | readonly string[] | readonly EmailAddress[] | readonly AddressGroup[] | null;

export interface HeaderProperty {
  /** As asked for; fields are matched without regard to case. */
  readonly name: string;
  readonly form: HeaderForm;
  /** Every instance in order, instead of the last one. */
  readonly isAll: boolean;
}

/** URLs kept of one field. */
const MAX_URLS = 1_000;

const ADDRESS_FORMS: readonly HeaderForm[] = ['Raw', 'Addresses', 'GroupedAddresses'];
const ID_FORMS: readonly HeaderForm[] = ['Raw', 'MessageIds'];
const DATE_FORMS: readonly HeaderForm[] = ['Raw', 'Date'];
const TEXT_FORMS: readonly HeaderForm[] = ['Raw', 'Text'];
const URL_FORMS: readonly HeaderForm[] = ['Raw', 'URLs'];
const RAW_ONLY: readonly HeaderForm[] = ['Raw'];
const ALL_FORMS: readonly HeaderForm[] = ['Raw', 'Text', 'Addresses', 'GroupedAddresses', 'MessageIds', 'Date', 'URLs'];

/** Fields of RFC 5322 and RFC 2369, which have one meaning; all others may be asked for in any form. */
const ALLOWED: ReadonlyMap<string, readonly HeaderForm[]> = new Map([
  ...named(
    ADDRESS_FORMS,
    'from sender reply-to to cc bcc resent-from resent-sender resent-reply-to resent-to resent-cc resent-bcc',
  ),
  ...named(ID_FORMS, 'message-id in-reply-to references resent-message-id'),
  ...named(DATE_FORMS, 'date resent-date'),
  ...named(TEXT_FORMS, 'subject comments keywords'),
  ...named(URL_FORMS, 'list-help list-unsubscribe list-subscribe list-post list-owner list-archive'),
  ...named(RAW_ONLY, 'return-path received'),
]);

function named(forms: readonly HeaderForm[], names: string): [string, readonly HeaderForm[]][] {
  return names.split(' ').map((name) => [name, forms]);
}

/**
 * Reads `header:{name}[:as{form}][:all]` (RFC 8621 §4.1.3).
 *
 * @returns null where `property` is no such property, the form is unknown, or not allowed for that field.
 */
export function readHeaderProperty(property: string): HeaderProperty | null {
  const [prefix, name = '', ...suffixes] = property.split(':', 5);
  if (prefix !== 'header' || !/^[!-9;-~]+$/.test(name)) return null;
  const isAll = suffixes.at(-1) === 'all';
  if (isAll) suffixes.pop();
  if (suffixes.length > 1) return null;
  const [as] = suffixes;
  const form = as === undefined ? 'Raw' : ALL_FORMS.find((form) => as === `as${form}`);
  return form === undefined || !isFormAllowed(name, form) ? null : { name, form, isAll };
}

export function isFormAllowed(name: string, form: HeaderForm): boolean {
  return (ALLOWED.get(name.toLowerCase()) ?? ALL_FORMS).includes(form);
}

/** The value a header property asks for: with `isAll` a list, else the last instance's value, null where there is none. */
export function headerValue(
  fields: readonly HeaderField[],
  property: HeaderProperty,
): HeaderValue | readonly HeaderValue[] {
  const name = property.name.toLowerCase();
  const found = fields.filter((field) => field.name.toLowerCase() === name);
  if (property.isAll) return found.map((field) => readHeaderForm(field.raw, property.form));
  const last = found.at(-1);
  return last === undefined ? null : readHeaderForm(last.raw, property.form);
}

/** A raw field value in one form (RFC 8621 §4.1.2.1 to §4.1.2.7). */
export function readHeaderForm(raw: string, form: HeaderForm): HeaderValue {
  switch (form) {
    case 'Raw':
      return raw.replaceAll('\0', '');
    case 'Text':
      return decodeText(raw);
    case 'Addresses':
      return flattenGroups(readAddressGroups(raw));
    case 'GroupedAddresses':
      return readAddressGroups(raw);
    case 'MessageIds':
      return readMessageIds(raw);
    case 'Date':
      return readDate(unfold(raw));
    case 'URLs':
      return readUrls(raw);
  }
}

/** `<url>, <url>` (RFC 2369 §2), comments passed over; null where there is none. */
export function readUrls(raw: string): string[] | null {
  const urls: string[] = [];
  let open = raw.indexOf('<');
  while (open >= 0 && urls.length < MAX_URLS) {
    const close = raw.indexOf('>', open);
    if (close < 0) break;
    const url = raw.slice(open + 1, close).replace(/\s+/g, '');
    if (url !== '') urls.push(url);
    open = raw.indexOf('<', close);
  }
  return urls.length === 0 ? null : urls;
}
