/**
 * Ranges of octets of a message, from its stored structure alone: for IMAP's BODY[section] and BINARY[section], for JMAP's part blobs. Nothing
 * here reads the message.
 */
import type { MessagePart } from './types.ts';

/** Octets [start, end) of the message. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

export interface EncodedSlice extends Slice {
  /** Content-Transfer-Encoding still to be undone, lower case. */
  readonly encoding: string;
  /** Octets once it is undone. */
  readonly sizeOctets: number;
}

/** `section-text` (RFC 9051 §9). Null names the part itself. */
export type SectionText = 'HEADER' | 'TEXT' | 'MIME' | null;

/**
 * The octets of `BODY[1.2.MIME]` and the like (RFC 9051 §6.4.5.1). An empty path is the whole message.
 *
 * @returns null where there is no such section: the answer is then NIL.
 */
export function sectionSlice(root: MessagePart, path: readonly number[], text: SectionText): Slice | null {
  if (path.length === 0) {
    if (text === null) return { start: root.headersStart, end: root.bodyEnd };
    return text === 'MIME' ? null : headerOrBody(root, text);
  }
  const part = findSection(root, path);
  if (part === null) return null;
  if (text === null) return bodySlice(part);
  if (text === 'MIME') return { start: part.headersStart, end: part.bodyStart };
  return part.message === null ? null : headerOrBody(part.message.root, text);
}

/** The part that an IMAP section number names, multiparts too (RFC 9051 §6.4.5.1). */
export function findSection(root: MessagePart, path: readonly number[]): MessagePart | null {
  let part: MessagePart | null = null;
  // Numbers count within a multipart; a message counts as the multipart it holds, or as one part.
  let within: MessagePart = root;
  for (const number of path) {
    const siblings: readonly MessagePart[] = within.type === 'multipart' ? within.subParts : [within];
    if (part !== null && part === within && part.type !== 'multipart') return null;
    part = siblings[number - 1] ?? null;
    if (part === null) return null;
    within = part.message?.root ?? part;
  }
  return part;
}

/** The part that a JMAP partId names, also within carried messages; null where there is none. */
export function findPart(root: MessagePart, partId: string): MessagePart | null {
  if (!/^[1-9][0-9]{0,4}(?:\.[1-9][0-9]{0,4}){0,200}$/.test(partId)) return null;
  const part = findSection(root, partId.split('.').map(Number));
  return part?.partId === partId ? part : null;
}

/** The octets of a part's blob, still encoded (RFC 8621 §4.1.4, blobId). */
export function partSlice(part: MessagePart): EncodedSlice {
  return { ...bodySlice(part), encoding: part.encoding, sizeOctets: part.sizeOctets };
}

/** Every part of the tree in order, multiparts before their children; messages carried by others are not entered. */
export function* allParts(root: MessagePart): Generator<MessagePart> {
  yield root;
  for (const part of root.subParts) yield* allParts(part);
}

function bodySlice(part: MessagePart): Slice {
  return { start: part.bodyStart, end: part.bodyEnd };
}

function headerOrBody(root: MessagePart, text: 'HEADER' | 'TEXT'): Slice {
  return text === 'HEADER' ? { start: root.headersStart, end: root.bodyStart } : bodySlice(root);
}
