/**
 * A text within one field of the header (RFC 9051 §6.4.4, HEADER, FROM, SUBJECT …): decoded, by i;unicode-casemap. The index of texts names the emails that
 * hold the text anywhere; only their fields are read, from what is kept of them beside the message where that is enough.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { decodeText } from '#formats/message/envelope.ts';
import { readHeaderFields } from '#formats/message/fields.ts';
import { isListedField } from '#formats/message/listed.ts';
import { readStructure } from '#formats/message/pack.ts';
import { casemapOctets } from '#formats/text/casemap.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type EmailDetails, readDetails } from '#server/mail/view/details.ts';
import { messageOver } from '#server/mail/emails/content.ts';
import { searchSubstring } from '#server/search/substring.ts';

import type { Criterion } from './criterion.ts';
import { emailIdsOf, type Mask, type Search, withIds } from './mask.ts';

/** Messages whose header is read for one condition. */
const maxOpened = 20_000;
const perBatch = 200;

type HeaderCriterion = Extract<Criterion, { readonly kind: 'header' }>;

/** @throws {Refusal} `unsupportedFilter` for a field that is not kept, among too many emails. */
export async function matchHeader(search: Search, { field, text }: HeaderCriterion, among: Mask): Promise<Mask> {
  const { store, actor, sight } = search;
  const { accountId } = sight;
  let ids: ArrayLike<number> = emailIdsOf(sight, among);
  // Every decoded field stands in those texts as `Name: value`.
  if (text !== '') ids = await searchSubstring(store, accountId, { where: 'text', needle: text }, ids);
  const isListed = isListedField(field);
  if (!isListed) ids = await searchSubstring(store, accountId, { where: 'text', needle: `${field}:` }, ids);
  if (!isListed && ids.length > maxOpened) {
    throw new Refusal('unsupportedFilter', { description: `this field is looked for in ${maxOpened} emails at most` });
  }
  const needle = Buffer.from(casemapOctets(text));
  const found = new Set<number>();
  for (let at = 0; at < ids.length; at += perBatch) {
    const batch = Array.from({ length: Math.min(perBatch, ids.length - at) }, (_, index) => ids[at + index] ?? 0);
    const details = await readDetails(store, actor, accountId, batch, isListed ? keptOnly : whole);
    const unkept: number[] = [];
    for (const [id, each] of details) {
      if (isListed && each.headerFields === null) unkept.push(id);
      else if (holds(await headerOf(each, isListed), field, needle)) found.add(id);
    }
    const opened = unkept.length === 0 ? [] : await readDetails(store, actor, accountId, unkept, whole);
    for (const [id, each] of opened) if (holds(await headerOf(each, false), field, needle)) found.add(id);
    await nextTurn();
  }
  return withIds(sight, among, found);
}

const keptOnly = { envelope: false, structure: false, preview: false, headerFields: true, blob: false };
const whole = { envelope: false, structure: true, preview: false, headerFields: false, blob: true };

/** The octets of the fields; of a message the store has lost, none. */
async function headerOf({ headerFields, structure, blob }: EmailDetails, isKept: boolean): Promise<Uint8Array> {
  if (isKept && headerFields !== null) return headerFields;
  if (!blob) return new Uint8Array();
  const { headersStart, bodyStart } = readStructure(structure);
  return messageOver(blob).raw(headersStart, bodyStart);
}

function holds(octets: Uint8Array, field: string, needle: Buffer): boolean {
  return readHeaderFields(octets, 0, octets.length).some(
    ({ name, raw }) =>
      name.length === field.length &&
      name.toLowerCase() === field &&
      (needle.length === 0 || Buffer.from(casemapOctets(decodeText(raw))).includes(needle)),
  );
}
