/**
 * The emails of one mailbox as columns of numbers, by ascending uid: forty octets an email instead of an object each.
 * The array of uids is shared with whoever keeps sequence numbers: it only ever grows at its end, and is replaced by
 * another when an email leaves. Searches hold the other columns as they were: what is held is not changed, but replaced.
 */
import type { Uid } from '#server/store/ids.ts';

export interface Columns {
  /** Emails; the arrays may have room for more. */
  length: number;
  uids: Uint32Array;
  /** Keyword bits, deletedBit, hasAttachmentBit. */
  flags: Uint32Array;
  /** Which of `keywordSets` the email carries beside its bits. */
  keywordSet: Uint32Array;
  emailIds: Float64Array;
  modseqs: Float64Array;
  /** Milliseconds since 1970. */
  receivedAt: Float64Array;
  sizesOctets: Uint32Array;
  /** Interned: the first is empty; each is sorted, lower case. Those that no email carries any more stay a while. */
  keywordSets: (readonly string[])[];
  setOf: Map<string, number>;
  /** What the sets take, and at how many octets they are gone through. */
  setsOctets: number;
  setsLimit: number;
  /** Whether some search holds the columns as they are now. */
  isHeld: boolean;
}

/** One email of a mailbox, on its way into the columns. */
export interface ViewRow {
  readonly uid: number;
  readonly emailId: number;
  readonly flags: number;
  readonly keywords: readonly string[];
  readonly modseq: number;
  readonly receivedAt: number;
  readonly sizeOctets: number;
}

export function emptyColumns(room: number): Columns {
  return {
    length: 0,
    uids: new Uint32Array(room),
    flags: new Uint32Array(room),
    keywordSet: new Uint32Array(room),
    emailIds: new Float64Array(room),
    modseqs: new Float64Array(room),
    receivedAt: new Float64Array(room),
    sizesOctets: new Uint32Array(room),
    keywordSets: [[]],
    setOf: new Map([['', 0]]),
    setsOctets: 0,
    setsLimit: leastSetsOctets,
    isHeld: false,
  };
}

/** Before a row is changed: whoever holds the columns keeps them. What never changes of an email stays shared. */
export function letGo(columns: Columns): void {
  if (!columns.isHeld) return;
  columns.flags = columns.flags.slice();
  columns.keywordSet = columns.keywordSet.slice();
  columns.modseqs = columns.modseqs.slice();
  columns.isHeld = false;
}

/** Octets the columns take. */
export function octetsOf(columns: Columns): number {
  return columns.uids.length * 40 + columns.setsOctets;
}

/** The place of `uid`, or of the next larger one: `length` when there is none. */
export function placeOf(uids: Uint32Array, length: number, uid: number): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((uids[middle] ?? 0) < uid) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The place of exactly this uid; -1 without one. */
export function findUid(columns: Columns, uid: Uid | number): number {
  const at = placeOf(columns.uids, columns.length, uid);
  return at < columns.length && columns.uids[at] === uid ? at : -1;
}

/** Puts rows in: those that are there are overwritten, new ones must have uids above all others. Ascending by uid. */
export function putRows(columns: Columns, rows: readonly ViewRow[]): void {
  for (const row of rows) {
    let at = findUid(columns, row.uid);
    if (at < 0) {
      at = columns.length;
      if (at > 0 && (columns.uids[at - 1] ?? 0) > row.uid) throw new Error(`uid ${row.uid} came after a larger one`);
      if (at === columns.uids.length) grow(columns);
      columns.uids[at] = row.uid;
      columns.length = at + 1;
    } else letGo(columns);
    // First: it may put other arrays in place.
    const set = internSet(columns, row.keywords);
    columns.flags[at] = row.flags;
    columns.keywordSet[at] = set;
    columns.emailIds[at] = row.emailId;
    columns.modseqs[at] = row.modseq;
    columns.receivedAt[at] = row.receivedAt;
    columns.sizesOctets[at] = row.sizeOctets;
  }
}

export function internSet(columns: Columns, keywords: readonly string[]): number {
  if (keywords.length === 0) return 0;
  const key = keywords.join(' ');
  const known = columns.setOf.get(key);
  if (known !== undefined) return known;
  if (columns.setsOctets > columns.setsLimit) forgetSets(columns);
  const index = columns.keywordSets.push(keywords) - 1;
  columns.setOf.set(key, index);
  // As a key, and word by word.
  columns.setsOctets += key.length * 2 + keywords.length * wordOctets + setOctets;
  return index;
}

const setOctets = 200;
const wordOctets = 40;
/** Sets of fewer octets are not worth a walk through the mailbox. */
const leastSetsOctets = 256 * 1024;

/** Keeps the sets that emails carry, in new lists: who marks one email ever otherwise must not fill the memory. */
function forgetSets(columns: Columns): void {
  letGo(columns);
  const { keywordSets: sets, keywordSet: before } = columns;
  columns.keywordSets = [[]];
  columns.setOf = new Map([['', 0]]);
  columns.setsOctets = 0;
  columns.setsLimit = Number.POSITIVE_INFINITY;
  for (let at = 0; at < columns.length; at += 1) {
    columns.keywordSet[at] = internSet(columns, sets[before[at] ?? 0] ?? []);
  }
  columns.setsLimit = Math.max(leastSetsOctets, columns.setsOctets * 2);
}

/** Takes emails out. The uids become a new array: whoever holds the old one still counts by it. */
export function removeUids(columns: Columns, gone: readonly number[]): void {
  const places = gone.map((uid) => findUid(columns, uid)).filter((at) => at >= 0);
  if (places.length === 0) return;
  const isGone = new Set(places);
  if (columns.isHeld) {
    letGo(columns);
    columns.emailIds = columns.emailIds.slice();
    columns.receivedAt = columns.receivedAt.slice();
    columns.sizesOctets = columns.sizesOctets.slice();
  }
  const uids = new Uint32Array(columns.uids.length);
  const first = places.reduce((least, at) => Math.min(least, at));
  uids.set(columns.uids.subarray(0, first));
  let to = first;
  for (let from = first; from < columns.length; from += 1) {
    if (isGone.has(from)) continue;
    uids[to] = columns.uids[from] ?? 0;
    columns.flags[to] = columns.flags[from] ?? 0;
    columns.keywordSet[to] = columns.keywordSet[from] ?? 0;
    columns.emailIds[to] = columns.emailIds[from] ?? 0;
    columns.modseqs[to] = columns.modseqs[from] ?? 0;
    columns.receivedAt[to] = columns.receivedAt[from] ?? 0;
    columns.sizesOctets[to] = columns.sizesOctets[from] ?? 0;
    to += 1;
  }
  columns.uids = uids;
  columns.length = to;
}

function grow(columns: Columns): void {
  const room = Math.max(64, Math.ceil(columns.uids.length * 1.25));
  columns.uids = copied(new Uint32Array(room), columns.uids);
  columns.flags = copied(new Uint32Array(room), columns.flags);
  columns.keywordSet = copied(new Uint32Array(room), columns.keywordSet);
  columns.sizesOctets = copied(new Uint32Array(room), columns.sizesOctets);
  columns.emailIds = copied(new Float64Array(room), columns.emailIds);
  columns.modseqs = copied(new Float64Array(room), columns.modseqs);
  columns.receivedAt = copied(new Float64Array(room), columns.receivedAt);
  columns.isHeld = false;
}

function copied<T extends Uint32Array | Float64Array>(to: T, from: T): T {
  to.set(from);
  return to;
}
