/** Rows of the two tables of texts, as either engine gives them, become values. */
import type { SegmentToSearch } from './search.ts';
import type { Segment } from './text-segment.ts';
import type { SegmentHead, TailEmail } from './text-tables.ts';

/** By column. A number may come as text or as a bigint, octets as a Buffer. */
export type TextRow = Readonly<Record<string, unknown>>;

/** Of `count(*) as emails` and the sum of `octets`. */
export function tailSizeOf(row: TextRow | undefined): { readonly emails: number; readonly octets: number } {
  return { emails: Number(row?.['emails']), octets: Number(row?.['octets']) };
}

export function tailEmailOf(row: TextRow): TailEmail {
  return { emailId: Number(row['email_id']), texts: octetsOf(row['texts']) };
}

export function segmentHeadOf(row: TextRow): SegmentHead {
  return {
    id: Number(row['id']),
    firstId: Number(row['first_id']),
    lastId: Number(row['last_id']),
    emails: Number(row['emails']),
    octets: Number(row['octets']),
    liveOctets: Number(row['live_octets']),
  };
}

export function segmentTextsOf(row: TextRow | undefined): Pick<Segment, 'entries' | 'heads' | 'bodies'> {
  return { entries: octetsOf(row?.['entries']), heads: octetsOf(row?.['heads']), bodies: octetsOf(row?.['bodies']) };
}

export function segmentToSearchOf(row: TextRow): SegmentToSearch {
  return { id: Number(row['id']), entries: octetsOf(row['entries']), signs: octetsOf(row['signs']) };
}

/** No octets where there is no such row. */
export function octetsOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
