/**
 * The texts of an account's emails as they are kept for substrings: some hundred emails in one compressed segment, with
 * a directory and signatures that tell most segments from those worth opening. What came last waits in a tail, an email
 * a row, until it makes a segment. Both engines keep the same octets.
 */
import { randomBytes } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** One email's texts, see SearchTexts. */
export interface TextDocument {
  readonly emailId: number;
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** A segment as it is kept. Emails ascend in `entries`: five numbers each, see `entryAt`. */
export interface Segment {
  readonly firstId: number;
  readonly lastId: number;
  readonly emails: number;
  /** Octets of all texts, and of those of emails that still are. */
  readonly octets: number;
  readonly liveOctets: number;
  readonly entries: Uint8Array;
  readonly headSigns: Uint8Array;
  readonly bodySigns: Uint8Array;
  readonly heads: Uint8Array;
  readonly bodies: Uint8Array;
}

/** Where one email's texts stand in the segment's own. */
export interface Entry {
  readonly emailId: number;
  readonly headStart: number;
  readonly headEnd: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

export const entryNumbers = 5;

/** Never given twice, so that whoever keeps a segment's texts may know them by it. */
export function newSegmentId(): number {
  return randomBytes(6).readUIntBE(0, 6);
}

/** @param documents by ascending emailId, at least one. */
export function packSegment(documents: readonly TextDocument[]): Segment {
  const heads = joined(documents.map(({ head }) => head));
  const bodies = joined(documents.map(({ body }) => body));
  const entries = new Uint32Array(documents.length * entryNumbers);
  let headStart = 0;
  let bodyStart = 0;
  for (const [index, { emailId, head, body }] of documents.entries()) {
    const entry = [emailId, headStart, headStart + head.length, bodyStart, bodyStart + body.length];
    entries.set(entry, index * entryNumbers);
    headStart += head.length + 1;
    bodyStart += body.length + 1;
  }
  const octets = heads.length + bodies.length;
  return {
    firstId: documents[0]?.emailId ?? 0,
    lastId: documents.at(-1)?.emailId ?? 0,
    emails: documents.length,
    octets,
    liveOctets: octets,
    entries: octetsOf(entries),
    headSigns: sign(heads),
    bodySigns: sign(bodies),
    heads: compress(heads, segmentLevel),
    bodies: compress(bodies, segmentLevel),
  };
}

export function unpackSegment(segment: Pick<Segment, 'entries' | 'heads' | 'bodies'>): readonly TextDocument[] {
  const heads = decompress(segment.heads);
  const bodies = decompress(segment.bodies);
  return readEntries(segment.entries).map(({ emailId, headStart, headEnd, bodyStart, bodyEnd }) => ({
    emailId,
    head: heads.subarray(headStart, headEnd),
    body: bodies.subarray(bodyStart, bodyEnd),
  }));
}

export function readEntries(octets: Uint8Array): readonly Entry[] {
  const numbers = entryNumbersOf(octets);
  return Array.from({ length: numbers.length / entryNumbers }, (_, index) => entryAt(numbers, index));
}

export function entryAt(numbers: Uint32Array, index: number): Entry {
  const at = index * entryNumbers;
  return {
    emailId: numbers[at] ?? 0,
    headStart: numbers[at + 1] ?? 0,
    headEnd: numbers[at + 2] ?? 0,
    bodyStart: numbers[at + 3] ?? 0,
    bodyEnd: numbers[at + 4] ?? 0,
  };
}

/** The directory as numbers; a database's octets begin anywhere. */
export function entryNumbersOf(octets: Uint8Array): Uint32Array {
  const aligned = octets.byteOffset % 4 === 0 ? octets : Uint8Array.from(octets);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** All emails of an account, ascending: those of its tail and those in the directories of its segments. */
export function emailsWithTexts(tail: readonly number[], directories: readonly unknown[]): Uint32Array<ArrayBuffer> {
  const found = [...tail];
  for (const octets of directories) {
    if (octets instanceof Uint8Array) found.push(...readEntries(octets).map(({ emailId }) => emailId));
  }
  return Uint32Array.from(found).sort();
}

/** The same directory without these emails. */
export function withoutEntries(
  segment: Pick<Segment, 'entries'>,
  isGone: (emailId: number) => boolean,
): Pick<Segment, 'entries' | 'emails' | 'liveOctets'> {
  const left = readEntries(segment.entries).filter(({ emailId }) => !isGone(emailId));
  const numbers = left.flatMap((entry) => [
    entry.emailId,
    entry.headStart,
    entry.headEnd,
    entry.bodyStart,
    entry.bodyEnd,
  ]);
  let liveOctets = 0;
  for (const entry of left) liveOctets += entry.headEnd - entry.headStart + entry.bodyEnd - entry.bodyStart + 2;
  return { entries: octetsOf(Uint32Array.from(numbers)), emails: left.length, liveOctets };
}

/** A row of the tail: the length of the head, then head and body, compressed where that helps. */
export function packTail({ head, body }: TextDocument): Uint8Array {
  const whole = new Uint8Array(4 + head.length + body.length);
  new DataView(whole.buffer).setUint32(0, head.length, true);
  whole.set(head, 4);
  whole.set(body, 4 + head.length);
  return compress(whole, tailLevel);
}

export function unpackTail(emailId: number, packed: Uint8Array): TextDocument {
  const whole = decompress(packed);
  const headEnd = 4 + new DataView(whole.buffer, whole.byteOffset, 4).getUint32(0, true);
  return { emailId, head: whole.subarray(4, headEnd), body: whole.subarray(headEnd) };
}

const segmentLevel = 3;
const tailLevel = 1;

/** The length, then zstd: whoever inflates it takes the room at once. */
function compress(octets: Uint8Array, level: number): Uint8Array {
  const packed = zstdCompressSync(octets, { params: { [constants.ZSTD_c_compressionLevel]: level } });
  const whole = new Uint8Array(4 + packed.length);
  new DataView(whole.buffer).setUint32(0, octets.length, true);
  whole.set(packed, 4);
  return whole;
}

/** @throws {RangeError} for octets that are not what `packSegment` made. */
export function decompress(packed: Uint8Array): Uint8Array {
  if (packed.length < 4) throw new RangeError('no compressed texts');
  const length = new DataView(packed.buffer, packed.byteOffset, 4).getUint32(0, true);
  // One piece for all of it, with room left: zlib takes another when one is full.
  return zstdDecompressSync(packed.subarray(4), { chunkSize: length + 64 });
}

/** Each text ended by an octet that stands in none. */
function joined(texts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(texts.reduce((sum, text) => sum + text.length + 1, 0));
  let at = 0;
  for (const text of texts) {
    whole.set(text, at);
    at += text.length + 1;
  }
  return whole;
}

function octetsOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

const signBits = { least: 12, most: 18 };
/** Octets of text a bit of its signature: a text has far fewer different runs of three than octets. */
const octetsPerBit = 8;

/** A bit for each run of three octets. */
function sign(text: Uint8Array): Uint8Array {
  const wanted = Math.ceil(Math.log2(Math.max(1, text.length / octetsPerBit)));
  const bits = Math.min(signBits.most, Math.max(signBits.least, wanted));
  // An octet a bit first: setting bits one by one takes three times as long.
  const isThere = new Uint8Array(2 ** bits);
  const shift = 32 - bits;
  let run = (text[0] ?? 0) | ((text[1] ?? 0) << 8);
  for (let at = 2; at < text.length; at += 1) {
    run |= (text[at] ?? 0) << 16;
    isThere[Math.imul(run, multiplier) >>> shift] = 1;
    run >>>= 8;
  }
  const signs = new Uint8Array(isThere.length / 8);
  for (let bit = 0; bit < isThere.length; bit += 1) {
    if (isThere[bit] === 1) signs[bit >>> 3] = (signs[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
  return signs;
}

/** Knuth's: the golden ratio of 2^32. */
const multiplier = 0x9e37_79b1;

/** False only where no text of the segment holds `needle`. */
export function mayHold(signs: Uint8Array, needle: Uint8Array): boolean {
  const shift = 32 - Math.log2(signs.length * 8);
  for (let at = 2; at < needle.length; at += 1) {
    const run = (needle[at - 2] ?? 0) | ((needle[at - 1] ?? 0) << 8) | ((needle[at] ?? 0) << 16);
    const bit = Math.imul(run, multiplier) >>> shift;
    if (((signs[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
