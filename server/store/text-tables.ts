/** How the texts of one account are changed, on either engine: into the tail, from there into segments, and out again. */
import type { SearchChange } from './search.ts';
import {
  packSegment,
  packTail,
  type Segment,
  type TextDocument,
  unpackSegment,
  unpackTail,
  withoutEntries,
} from './text-segment.ts';

/** A segment without its texts. */
export type SegmentHead = Pick<Segment, 'firstId' | 'lastId' | 'emails' | 'octets' | 'liveOctets'> & {
  readonly id: number;
};

/** An email that is in no segment yet. */
export interface TailEmail {
  readonly emailId: number;
  /** As `packTail` makes them. */
  readonly texts: Uint8Array;
}

/** The two tables, for one account, inside a transaction that nobody else's changes of that account cross. */
export interface TextTables {
  /** Octets as compressed. */
  tailSize(): Promise<{ readonly emails: number; readonly octets: number }>;
  tail(): Promise<readonly TailEmail[]>;
  insertTail(rows: readonly TailEmail[]): Promise<void>;
  deleteTail(emailIds: readonly number[]): Promise<void>;
  /** Segments that reach to `emailId` or further. */
  segmentsFrom(emailId: number): Promise<readonly SegmentHead[]>;
  segment(id: number): Promise<Pick<Segment, 'entries' | 'heads' | 'bodies'>>;
  entries(id: number): Promise<Uint8Array>;
  insertSegment(segment: Segment): Promise<void>;
  updateEntries(id: number, left: Pick<Segment, 'entries' | 'emails' | 'liveOctets'>): Promise<void>;
  deleteSegments(ids: readonly number[]): Promise<void>;
}

/** The tail becomes a segment with this many emails or octets (compressed) … */
const tailEmails = 64;
const tailOctets = 256 * 1024;
/** … and small segments become one when there are so many. */
const smallOctets = 512 * 1024;
const smallSegments = 8;
/** Octets of a segment's texts: enough to compress well, few enough to open for one rare word. */
const segmentOctets = 1024 * 1024;
/** A segment is written anew when less than this share of its texts is of emails that still are. */
const liveShare = 0.7;

/** Puts texts in place of what was there; `undefined` takes an email out. The same change twice does no harm. */
export async function changeTexts(
  tables: TextTables,
  changes: readonly { readonly emailId: number; readonly texts: Omit<TextDocument, 'emailId'> | undefined }[],
): Promise<void> {
  const ids = changes.map(({ emailId }) => emailId);
  await takeOut(tables, new Set(ids));
  const added = changes.flatMap(({ emailId, texts }) => (texts ? [{ emailId, ...texts }] : []));
  if (added.length === 0) return;
  const waiting = await tables.tailSize();
  if (waiting.emails + added.length < tailEmails) {
    const packed = added.map((document) => ({ emailId: document.emailId, texts: packTail(document) }));
    const octets = packed.reduce((sum, { texts }) => sum + texts.length, waiting.octets);
    if (octets < tailOctets) return tables.insertTail(packed);
  }
  const tail = await tables.tail();
  await tables.deleteTail(tail.map(({ emailId }) => emailId));
  await insertSegments(tables, [...tail.map(({ emailId, texts }) => unpackTail(emailId, texts)), ...added]);
  await mergeSmall(tables);
}

/** What a change of the index says of an email's texts. */
export function textsOf({ emailId, content }: SearchChange): Parameters<typeof changeTexts>[1][number] {
  return { emailId, texts: content?.texts };
}

async function takeOut(tables: TextTables, ids: ReadonlySet<number>): Promise<void> {
  await tables.deleteTail([...ids]);
  const least = Math.min(...ids);
  const most = Math.max(...ids);
  // New emails have the largest ids: mostly there is no such segment.
  for (const { id, firstId, octets, emails } of await tables.segmentsFrom(least)) {
    if (firstId > most) continue;
    const left = withoutEntries({ entries: await tables.entries(id) }, (emailId) => ids.has(emailId));
    if (left.emails === emails) continue;
    if (left.emails > 0) await tables.updateEntries(id, left);
    if (left.emails > 0 && left.liveOctets >= octets * liveShare) continue;
    const documents = left.emails > 0 ? unpackSegment(await tables.segment(id)) : [];
    await tables.deleteSegments([id]);
    await insertSegments(tables, documents);
  }
}

async function insertSegments(tables: TextTables, documents: readonly TextDocument[]): Promise<void> {
  const ordered = documents.toSorted((a, b) => a.emailId - b.emailId);
  let from = 0;
  let octets = 0;
  for (const [index, { head, body }] of ordered.entries()) {
    octets += head.length + body.length;
    if (octets < segmentOctets && index < ordered.length - 1) continue;
    await tables.insertSegment(packSegment(ordered.slice(from, index + 1)));
    from = index + 1;
    octets = 0;
  }
}

async function mergeSmall(tables: TextTables): Promise<void> {
  const small = (await tables.segmentsFrom(0)).filter(({ liveOctets }) => liveOctets < smallOctets);
  if (small.length < smallSegments) return;
  const documents: TextDocument[] = [];
  for (const { id } of small) documents.push(...unpackSegment(await tables.segment(id)));
  await tables.deleteSegments(small.map(({ id }) => id));
  await insertSegments(tables, documents);
}
