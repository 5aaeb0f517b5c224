/**
 * The body of a thread that searches texts for substrings. Signatures tell which segments may hold what is looked for;
 * their texts are inflated, and kept for the next question as far as there is room; what is due for the index is read
 * from the messages themselves. The answer is therefore exact at every moment.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { type AccountId, asModseq, type EmailId } from '#server/store/ids.ts';
import type { StoreOptions } from '#server/store/open.ts';
import type { KeptTexts, SearchTexts, SegmentToSearch, TextPart, TextSnapshot } from '#server/store/search.ts';
import { openKeptTexts, openThreadStore } from '#server/store/search-open.ts';
import { read } from '#server/store/store.ts';
import {
  decompress,
  entryNumbers,
  entryNumbersOf,
  mayHold,
  readEntries,
  unpackTail,
} from '#server/store/text-segment.ts';

import { type Due, type Indexable, selectDueOf, selectEmailIds, selectIndexable } from './queries.ts';
import { isOfThisMessage, openStoredMessage } from './stored-message.ts';
import { readSubstringTexts } from './substring-text.ts';
import type { SubstringAnswer, SubstringOrder } from './substring-threads.ts';

/** Octets of inflated texts one thread keeps. */
const keptOctets = 48 * 1024 * 1024;
/** What nobody asked for so long makes room. */
const unusedMs = 30_000;
const dueAtMost = 10_000_000;
const duePerRead = 250;
const idsPerRead = 5_000;

const port = parentPort;
if (!port) throw new Error('substring-thread.ts is the body of a worker');
const options: StoreOptions = workerData;
const store = await openThreadStore(options);
let texts: KeptTexts | undefined;
let last: Promise<void> = Promise.resolve();

// One after the other: they share a connection, and the one that came first is answered first.
port.on('message', (order: SubstringOrder) => {
  last = last.then(() => answer(order));
});

async function answer(order: SubstringOrder): Promise<void> {
  let said: SubstringAnswer;
  try {
    const moment = newMoment();
    const emailIds = await search(order, moment);
    said = { kind: 'found', id: order.id, emailIds: Uint32Array.from(emailIds), moment: moment.value() };
  } catch (error) {
    said = { kind: 'failed', id: order.id, message: error instanceof Error ? error.message : String(error) };
  }
  port?.postMessage(said, said.kind === 'found' ? [said.emailIds.buffer] : []);
}

async function search(order: SubstringOrder, moment: Moment): Promise<readonly number[]> {
  const { accountId, candidates } = order;
  // Before the index is looked at: what is not due by now is in it.
  const due = await read(store, (tx) => selectDueOf(tx, accountId, dueAtMost));
  for (const { emailId, modseq } of due) moment.add(emailId, modseq);
  const isDue = new Set<number>(due.map(({ emailId }) => emailId));
  texts ??= openKeptTexts(store, options);
  const looked = await texts?.read(accountId, (snapshot) => searchTexts(snapshot, order, moment));
  // Who is due has changed or is gone: the index is not asked.
  const found = (looked?.found ?? []).filter((emailId) => !isDue.has(emailId));
  const isRead = (emailId: number) => looked?.indexed.has(emailId) === true && !isDue.has(emailId);
  const unread = looked?.isComplete === true ? due : await selectUnread(accountId, isRead);
  const isWanted = wantedAmong(candidates);
  const mine = unread.filter(({ emailId }) => emailId % order.shares === order.share && isWanted(emailId));
  return mine.length === 0 ? found : [...found, ...(await searchDue(mine, order))];
}

/** While the index is new, what it does not hold is not yet due either. */
async function selectUnread(accountId: AccountId, isRead: (emailId: number) => boolean): Promise<readonly Due[]> {
  const unread: Due[] = [];
  for (let after: EmailId | undefined; ;) {
    const ids = await read(store, (tx) => selectEmailIds(tx, accountId, after, idsPerRead));
    for (const emailId of ids) if (!isRead(emailId)) unread.push({ accountId, emailId, modseq: asModseq(0) });
    after = ids.at(-1);
    if (after === undefined) return unread;
  }
}

async function searchDue(due: readonly Due[], order: SubstringOrder): Promise<readonly number[]> {
  const found: number[] = [];
  for (let from = 0; from < due.length; from += duePerRead) {
    const emails = await read(store, (tx) => selectIndexable(tx, due.slice(from, from + duePerRead)));
    for (const email of emails) if (await holdsStored(email, order)) found.push(email.emailId);
  }
  return found;
}

async function holdsStored({ tenantId, hash }: Indexable, order: SubstringOrder): Promise<boolean> {
  try {
    // Whoever keeps the index tells of damage.
    const { structure, readOctets } = await openStoredMessage(store, tenantId, hash, () => undefined);
    return holdsIn(await readSubstringTexts(structure, readOctets), order);
  } catch (error) {
    if (isOfThisMessage(error)) return false;
    throw error;
  }
}

function holdsIn({ head, body }: SearchTexts, { where, field, needle }: SubstringOrder): boolean {
  if (field) return holdsInField(bufferOver(head), field, needle);
  return holds(body, needle) || (where === 'text' && holds(head, needle));
}

function holds(text: Uint8Array, needle: Uint8Array): boolean {
  return bufferOver(text).includes(needle);
}

function bufferOver(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

const partsOf = { text: ['heads', 'bodies'], body: ['bodies'], field: ['heads'] } as const satisfies Readonly<
  Record<SubstringOrder['where'], readonly TextPart[]>
>;

interface Looked {
  readonly found: readonly number[];
  readonly isComplete: boolean;
  /** All emails the index holds, where it is not complete. */
  readonly indexed: ReadonlySet<number>;
}

async function searchTexts(snapshot: TextSnapshot, order: SubstringOrder, moment: Moment): Promise<Looked> {
  const isWanted = wantedAmong(order.candidates);
  const found: number[] = [];
  const isComplete = await snapshot.isComplete();
  const indexed = new Set<number>();
  moment.add(isComplete ? 1 : 0);
  for (const { emailId, texts: packed } of await snapshot.tail()) {
    moment.add(emailId, packed.length);
    if (!isComplete) indexed.add(emailId);
    if (order.share === 0 && isWanted(emailId) && holdsIn(unpackTail(emailId, packed), order)) found.push(emailId);
  }
  const parts = partsOf[order.where];
  const left = new Map<number, Uint8Array>();
  for (const part of parts) {
    for (const segment of await snapshot.segments(part)) {
      moment.add(segment.id, segment.entries.length);
      if (!isComplete) for (const { emailId } of readEntries(segment.entries)) indexed.add(emailId);
      if (segment.id % order.shares !== order.share) continue;
      const numbers = entryNumbersOf(segment.entries);
      const wanted = left.get(segment.id) ?? maskOf(numbers, isWanted);
      left.set(segment.id, wanted);
      await searchSegment(snapshot, part, segment, numbers, wanted, order, found);
    }
  }
  return { found, isComplete, indexed };
}

/** A bit for each id, as far as that is little; ids beyond are looked up. */
function wantedAmong(candidates: Uint32Array | undefined): (emailId: number) => boolean {
  if (!candidates) return () => true;
  let most = 0;
  for (const emailId of candidates) if (emailId > most) most = emailId;
  if (most > bitsAtMost) {
    const isIn = new Set(candidates);
    return (emailId) => isIn.has(emailId);
  }
  const bits = new Uint8Array((most >>> 3) + 1);
  for (const emailId of candidates) bits[emailId >>> 3] = (bits[emailId >>> 3] ?? 0) | (1 << (emailId & 7));
  return (emailId) => ((bits[emailId >>> 3] ?? 0) & (1 << (emailId & 7))) !== 0;
}

const bitsAtMost = 200_000_000;

/** 1 for each email of the directory that is still to be found. */
function maskOf(numbers: Uint32Array, isWanted: (emailId: number) => boolean): Uint8Array {
  const mask = new Uint8Array(numbers.length / entryNumbers);
  for (let index = 0; index < mask.length; index += 1) {
    mask[index] = isWanted(numbers[index * entryNumbers] ?? 0) ? 1 : 0;
  }
  return mask;
}

/** Adds to `found` the wanted emails of a segment whose texts hold the needle; they are then wanted no more. */
async function searchSegment(
  snapshot: TextSnapshot,
  part: TextPart,
  segment: SegmentToSearch,
  numbers: Uint32Array,
  wanted: Uint8Array,
  order: SubstringOrder,
  found: number[],
): Promise<void> {
  if (!wanted.includes(1) || !mayHold(segment.signs, order.needle)) return;
  if (order.field && !mayHold(segment.signs, order.field)) return;
  const { octets, isKept } = await inflated(snapshot, part, segment.id);
  searchOctets(octets, part, numbers, wanted, order, found);
  if (!isKept) release(octets);
}

function searchOctets(
  octets: Buffer,
  part: TextPart,
  numbers: Uint32Array,
  wanted: Uint8Array,
  { needle, field }: SubstringOrder,
  found: number[],
): void {
  let next = wanted.indexOf(1);
  const from = part === 'heads' ? 1 : 3;
  while (next >= 0) {
    const at = octets.indexOf(needle, numbers[next * entryNumbers + from] ?? 0);
    if (at < 0) return;
    let holder = next;
    // To the email in whose text it stands, or the first behind it where that email is gone.
    while (holder < wanted.length && (numbers[holder * entryNumbers + from + 1] ?? 0) < at + needle.length) holder += 1;
    if (holder === wanted.length) return;
    const start = numbers[holder * entryNumbers + from] ?? 0;
    const end = numbers[holder * entryNumbers + from + 1] ?? 0;
    const isHeld = at >= start && wanted[holder] === 1;
    if (isHeld && (!field || holdsInField(octets.subarray(start, end), field, needle))) {
      found.push(numbers[holder * entryNumbers] ?? 0);
      wanted[holder] = 0;
    }
    next = wanted.indexOf(1, at >= start ? holder + 1 : holder);
  }
}

const lineEnd = 0x0a;
const headerEnd = 0;

/** Whether a line of the message's own header that begins with `field` holds the needle behind that. */
function holdsInField(head: Buffer, field: Uint8Array, needle: Uint8Array): boolean {
  const ownEnd = head.indexOf(headerEnd);
  const own = ownEnd < 0 ? head : head.subarray(0, ownEnd);
  for (let at = own.indexOf(field); at >= 0; at = own.indexOf(field, at + 1)) {
    if (at > 0 && own[at - 1] !== lineEnd) continue;
    const next = own.indexOf(lineEnd, at);
    if (own.subarray(at + field.length, next < 0 ? own.length : next).includes(needle)) return true;
  }
  return false;
}

type Moment = ReturnType<typeof newMoment>;

/** A number that is the same for the same due rows, tail and segments in the same order, and hardly for others. */
function newMoment() {
  let value = 0;
  return {
    add(...numbers: readonly number[]): void {
      for (const number of numbers) value = Math.imul(value ^ (number % 0x1_0000_0000), 0x0100_0193) ^ (value >>> 15);
    },
    value: (): number => value,
  };
}

interface Kept {
  readonly octets: Buffer;
  usedAt: number;
}

const kept = new Map<string, Kept>();
let total = 0;

/** Segments under one id never change. When all room is taken, what comes is not kept: a large account would push itself out. */
async function inflated(
  snapshot: TextSnapshot,
  part: TextPart,
  id: number,
): Promise<{ readonly octets: Buffer; readonly isKept: boolean }> {
  const key = `${part} ${id}`;
  const known = kept.get(key);
  const now = performance.now();
  if (known) {
    known.usedAt = now;
    kept.delete(key);
    kept.set(key, known); // the least recently used first
    return { octets: known.octets, isKept: true };
  }
  const octets = bufferOver(decompress(await snapshot.octets(part, id)));
  for (const [other, { octets: old, usedAt }] of kept) {
    if (total + octets.length <= keptOctets || usedAt > now - unusedMs) break;
    kept.delete(other);
    total -= old.length;
    release(old);
  }
  const isKept = total + octets.length <= keptOctets;
  if (isKept) {
    kept.set(key, { octets, usedAt: now });
    total += octets.length;
  }
  return { octets, isKept };
}

/** Gives the memory back now: a search of a large account inflates gigabytes before they would be collected. */
function release({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > pooledOctets) buffer.transfer(0);
}

/** What is smaller may lie in a buffer that others share. */
const pooledOctets = 64 * 1024;
