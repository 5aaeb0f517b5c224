/**
 * What order and threads ask of an email's envelope (RFC 5256 §2.2, §3, RFC 5957 §3) as columns of numbers: each text and each message-id stands once in a
 * list and is a number everywhere else. Texts are octets as i;unicode-casemap compares them, one a character.
 */
import { randomInt } from 'node:crypto';

import { readBaseSubject } from '#formats/imap/base-subject.ts';
import type { AddressGroup } from '#formats/address/types.ts';
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { casemapOctets } from '#formats/text/casemap.ts';

/** Ancestors of one email that are looked at: the nearest. */
const maxReferences = 64;
/** Characters of a text that decide an order. */
const maxText = 256;

export const textKeys = ['subject', 'from', 'to', 'cc', 'displayFrom', 'displayTo'] as const;
export type TextKey = (typeof textKeys)[number];

export interface Keys {
  length: number;
  /** Ascending. */
  uids: Uint32Array;
  /** Places in `texts`; 0 is the empty text. */
  readonly text: Record<TextKey, Uint32Array>;
  isReply: Uint8Array;
  /** Numbers of message-ids, the email's own first (0: it has none), then its ancestors, the eldest first. */
  ids: Uint32Array;
  /** Where each row's begin in `ids`; one more than rows. */
  idsStart: Uint32Array;
  readonly texts: string[];
  readonly textNumbers: Map<string, number>;
  /** Message-ids by a number of 53 bits that nobody outside can aim at. */
  readonly idNumbers: Map<number, number>;
}

export function emptyKeys(): Keys {
  return {
    length: 0,
    uids: new Uint32Array(),
    text: {
      subject: new Uint32Array(),
      from: new Uint32Array(),
      to: new Uint32Array(),
      cc: new Uint32Array(),
      displayFrom: new Uint32Array(),
      displayTo: new Uint32Array(),
    },
    isReply: new Uint8Array(),
    ids: new Uint32Array(),
    idsStart: new Uint32Array(1),
    texts: [''],
    textNumbers: new Map([['', 0]]),
    idNumbers: new Map(),
  };
}

/** Adds rows whose uids are above all others. A damaged envelope gives a row without anything. */
export function addKeys(keys: Keys, rows: readonly { readonly uid: number; readonly envelope: string }[]): void {
  makeRoom(keys, rows.length);
  for (const { uid, envelope } of rows) {
    const row = keys.length;
    const { subject, from, to, cc, messageId, inReplyTo, references } = readStoredEnvelope(parse(envelope));
    const { base, isReplyOrForward } = readBaseSubject(subject ?? '');
    keys.uids[row] = uid;
    keys.isReply[row] = isReplyOrForward ? 1 : 0;
    keys.text.subject[row] = textNumber(keys, base);
    keys.text.from[row] = textNumber(keys, mailboxOf(from));
    keys.text.to[row] = textNumber(keys, mailboxOf(to));
    keys.text.cc[row] = textNumber(keys, mailboxOf(cc));
    keys.text.displayFrom[row] = textNumber(keys, displayOf(from));
    keys.text.displayTo[row] = textNumber(keys, displayOf(to));
    // RFC 5256 §3: without References the first of In-Reply-To is the parent
    const ancestors = references ?? inReplyTo?.slice(0, 1) ?? [];
    let at = keys.idsStart[row] ?? 0;
    keys.ids[at++] = messageId?.[0] === undefined ? 0 : idNumber(keys, messageId[0]);
    for (const id of ancestors.slice(-maxReferences)) keys.ids[at++] = idNumber(keys, id);
    keys.idsStart[row + 1] = at;
    keys.length = row + 1;
  }
}

/** `addr-mailbox` of the first address (RFC 5256 §2.2), which in a group is the group's name. */
function mailboxOf(groups: readonly AddressGroup[] | null): string {
  const first = groups?.[0];
  if (!first) return '';
  if (first.name !== null) return first.name;
  const email = first.addresses[0]?.email ?? '';
  const at = email.lastIndexOf('@');
  return at < 0 ? email : email.slice(0, at);
}

/** RFC 5957 §3: the name shown, or the address. */
function displayOf(groups: readonly AddressGroup[] | null): string {
  const first = groups?.[0];
  return first?.name ?? first?.addresses[0]?.name ?? first?.addresses[0]?.email ?? '';
}

function textNumber(keys: Keys, text: string): number {
  if (text === '') return 0;
  const octets = casemapOctets(text.slice(0, maxText));
  // In order capitals count (RFC 5051 §2): `[` comes after Z. What follows is all of one case, so equality stays.
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet >= 0x61 && octet <= 0x7a) octets[at] = octet - 0x20;
  }
  const key = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  const known = keys.textNumbers.get(key);
  if (known !== undefined) return known;
  const number = keys.texts.push(key) - 1;
  keys.textNumbers.set(key, number);
  return number;
}

function idNumber(keys: Keys, id: string): number {
  return keys.idNumbers.getOrInsert(hashOf(id), keys.idNumbers.size + 1);
}

const [seedLow, seedHigh] = [randomInt(2 ** 32), randomInt(2 ** 32)];

/** 53 bits by two running products of seeds of this process. */
function hashOf(text: string): number {
  let low = seedLow;
  let high = seedHigh;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 2_654_435_761);
    high = Math.imul(high ^ unit, 1_597_334_677);
  }
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

function parse(envelope: string): unknown {
  try {
    return JSON.parse(envelope);
  } catch {
    return null;
  }
}

function makeRoom(keys: Keys, rows: number): void {
  const needed = keys.length + rows;
  if (needed > keys.uids.length) {
    const room = Math.max(needed, Math.ceil(keys.uids.length * 1.5));
    keys.uids = grown(new Uint32Array(room), keys.uids);
    keys.isReply = grown(new Uint8Array(room), keys.isReply);
    keys.idsStart = grown(new Uint32Array(room + 1), keys.idsStart);
    for (const key of textKeys) keys.text[key] = grown(new Uint32Array(room), keys.text[key]);
  }
  const idsNeeded = (keys.idsStart[keys.length] ?? 0) + rows * (maxReferences + 1);
  if (idsNeeded > keys.ids.length) {
    keys.ids = grown(new Uint32Array(Math.max(idsNeeded, Math.ceil(keys.ids.length * 1.5))), keys.ids);
  }
}

function grown<T extends Uint32Array | Uint8Array>(to: T, from: T): T {
  to.set(from);
  return to;
}
