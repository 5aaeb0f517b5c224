/** Items of a FETCH answer (RFC 9051 §7.5.2): octets, put together as `* 12 FETCH (` … `)` with one space between. Sizes are octets, always exact. */
import { printDateTime } from './date.ts';
import { printString } from './string.ts';

/** `items` printed already. */
export function printFetch(number: number, items: readonly string[]): string {
  return `* ${number} FETCH (${items.join(' ')})\r\n`;
}

/** Before the octets of a section. The octets follow as they are; literal8 where they may hold NUL (RFC 3516 §4.2). */
export function printLiteralHead(label: string, sizeOctets: number, isBinary = false): string {
  return `${label} ${isBinary ? '~' : ''}{${sizeOctets}}\r\n`;
}

export function printInternalDate(atMs: number): string {
  return `INTERNALDATE ${printDateTime(atMs)}`;
}

/** RFC 8514 §4.3 */
export function printSaveDate(atMs: number | null): string {
  return `SAVEDATE ${atMs === null ? 'NIL' : printDateTime(atMs)}`;
}

/** RFC 8970 §3: text in UTF-8, whatever the client has enabled, so a literal where it is not ASCII. Null: not made yet. */
export function printPreview(preview: string | null): string {
  return `PREVIEW ${preview === null ? 'NIL' : printString(preview)}`;
}
