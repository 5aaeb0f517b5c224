/**
 * Reading a message (RFC 5322, RFC 2045–2049) into its tree of parts, with offsets. Never throws, whatever the octets: what
 * exceeds a limit or makes no sense is kept as text. Each octet is looked at a bounded number of times: boundaries of all open
 * multiparts are looked for in one pass, by table.
 */
import { bodyLists, hasOfferedAttachment } from './bodies.ts';
import { readEnvelope } from './envelope.ts';
import { isFieldStart, MAX_HEADER_OCTETS, readHeaderFields } from './fields.ts';
import { childNumber, makePart, nameOf } from './part.ts';
import type { PartPlace } from './part.ts';
import { previewOf } from './preview.ts';
import { decodedOctets, isIdentity } from './transfer.ts';
import type { HeaderField, MessagePart, NestedMessage, ParsedMessage } from './types.ts';

/** Parts of one message; the one that reaches the limit keeps all that follows. */
export const MAX_PARTS = 1_000;
/** Multiparts and messages within one another; deeper ones are not split. */
export const MAX_DEPTH = 64;
/** Octets of a boundary line that are looked at: RFC 2046 allows 70, programs write some more. */
const MAX_BOUNDARY_LINE = 512;

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const DASH = 0x2d;

/** Where the octets of one entity end. */
interface Delimiter {
  /** Which open multipart it belongs to; -1 at the end of the message. */
  readonly level: number;
  readonly isClose: boolean;
  /** First octet of the boundary line. */
  readonly start: number;
  /** After the boundary line. */
  readonly next: number;
}

interface Scan {
  readonly bytes: Uint8Array;
  /** Boundary → index of the innermost open multipart that has it. */
  readonly open: Map<string, number>;
  levels: number;
  parts: number;
  /** Line feeds before `countedTo`: asked in almost ascending order, so counted once. */
  lines: number;
  countedTo: number;
}

interface Entity {
  readonly part: MessagePart;
  readonly fields: readonly HeaderField[];
  readonly end: Delimiter;
}

/** Who an entity is: its number, whether it is a whole message, its depth, its type where none is declared. */
interface Position {
  readonly number: string;
  readonly isMessage: boolean;
  readonly depth: number;
  readonly isInDigest: boolean;
}

/** Reads a whole message. */
export function parseMessage(bytes: Uint8Array): ParsedMessage {
  const { fields, part: structure } = readEntity(newScan(bytes), 0, {
    number: '',
    isMessage: true,
    depth: 0,
    isInDigest: false,
  });
  const lists = bodyLists(structure);
  return {
    sizeOctets: bytes.length,
    headers: fields,
    envelope: readEnvelope(fields),
    structure,
    ...lists,
    hasAttachment: hasOfferedAttachment(lists.attachments),
    preview: previewOf(bytes, lists),
  };
}

function newScan(bytes: Uint8Array): Scan {
  return { bytes, open: new Map(), levels: 0, parts: 0, lines: 0, countedTo: 0 };
}

function readEntity(scan: Scan, start: number, position: Position): Entity {
  scan.parts++;
  const header = endOfHeader(scan, start, position.isMessage);
  const fields = readHeaderFields(scan.bytes, start, header.bodyStart);
  const place: PartPlace = { ...position, headersStart: start, bodyStart: header.bodyStart };
  const part = makePart(fields, place);
  if (header.end !== null) {
    const leaf = part.type === 'multipart' ? asPlainText(part, position) : part;
    return { part: finishLeaf(scan, leaf, header.end), fields, end: header.end };
  }
  const isTooDeep = position.depth >= MAX_DEPTH;
  if (part.type === 'multipart') {
    const boundary = isTooDeep ? '' : (part.params['boundary'] ?? '').trimEnd();
    return { ...readMultipart(scan, part, boundary, position), fields };
  }
  if (part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global')) {
    if (!isTooDeep && isIdentity(part.encoding)) return { ...readNested(scan, part, position), fields };
  }
  const end = nextDelimiter(scan, header.bodyStart);
  return { part: finishLeaf(scan, part, end), fields, end };
}

function readMultipart(scan: Scan, part: MessagePart, boundary: string, position: Position): Omit<Entity, 'fields'> {
  const shadowed = scan.open.get(boundary);
  const level = scan.levels;
  if (boundary !== '') {
    scan.open.set(boundary, level);
    scan.levels++;
  }
  let end = nextDelimiter(scan, part.bodyStart);
  const subParts: MessagePart[] = [];
  while (end.level === level && !end.isClose) {
    const child = readEntity(scan, end.next, {
      number: childNumber(position.number, subParts.length + 1),
      isMessage: false,
      depth: position.depth + 1,
      isInDigest: part.subtype === 'digest',
    });
    subParts.push(child.part);
    end = child.end;
  }
  if (boundary !== '') {
    if (shadowed === undefined) scan.open.delete(boundary);
    else scan.open.set(boundary, shadowed);
    scan.levels--;
  }
  // Text after the closing boundary belongs to the multipart, up to the boundary of one further out.
  if (end.level === level && end.isClose) end = nextDelimiter(scan, end.next);
  if (subParts.length === 0) return { part: finishLeaf(scan, asPlainText(part, position), end), end };
  return { part: finishPart(scan, part, end, { subParts, message: null }), end };
}

function readNested(scan: Scan, part: MessagePart, position: Position): Omit<Entity, 'fields'> {
  // Asked before the parts within are read, so that the count only ever goes forward.
  const firstLine = linesBefore(scan, part.bodyStart);
  const nested = readEntity(scan, part.bodyStart, {
    number: part.partId ?? position.number,
    isMessage: true,
    depth: position.depth + 1,
    isInDigest: false,
  });
  const message = { envelope: readEnvelope(nested.fields), root: nested.part };
  const finished = finishPart(scan, part, nested.end, { subParts: [], message });
  return { part: { ...finished, lineCount: linesBefore(scan, finished.bodyEnd) - firstLine }, end: nested.end };
}

/** A multipart that cannot be split is shown as the text it is. */
function asPlainText(part: MessagePart, position: Position): MessagePart {
  const partId = position.isMessage ? childNumber(position.number, 1) : position.number;
  const name = nameOf({}, part.dispositionParams);
  return { ...part, partId, type: 'text', subtype: 'plain', params: {}, charset: 'us-ascii', name };
}

function finishLeaf(scan: Scan, part: MessagePart, end: Delimiter): MessagePart {
  const finished = finishPart(scan, part, end, { subParts: [], message: null });
  const { bodyStart, bodyEnd } = finished;
  return {
    ...finished,
    sizeOctets: decodedOctets(scan.bytes, bodyStart, bodyEnd, part.encoding),
    lineCount: part.type === 'text' || part.type === 'message' ? countLineFeeds(scan.bytes, bodyStart, bodyEnd) : 0,
  };
}

function finishPart(
  scan: Scan,
  part: MessagePart,
  end: Delimiter,
  children: { readonly subParts: readonly MessagePart[]; readonly message: NestedMessage | null },
): MessagePart {
  // A header cut short by a boundary keeps the line end before it, so a child may end later than its parent would.
  const last = children.message?.root ?? children.subParts.at(-1) ?? part;
  const bodyEnd = Math.max(last.bodyEnd, end.level < 0 ? end.start : beforeLineEnd(scan.bytes, end.start));
  const encodedOctets = bodyEnd - part.bodyStart;
  return { ...part, ...children, bodyEnd, encodedOctets, sizeOctets: encodedOctets };
}

/** Finds the empty line, within the limit; without one, the header ends before the first line that is no field. */
function endOfHeader(
  scan: Scan,
  start: number,
  isMessage: boolean,
): { readonly bodyStart: number; readonly end: Delimiter | null } {
  const { bytes } = scan;
  const stop = Math.min(bytes.length, start + MAX_HEADER_OCTETS);
  let firstStray = -1;
  let at = start;
  while (at < stop) {
    const lineFeed = bytes.indexOf(LINE_FEED, at);
    const next = lineFeed < 0 ? bytes.length : lineFeed + 1;
    let content = at;
    while (bytes[content] === RETURN) content++;
    if (content === lineFeed) return { bodyStart: next, end: null };
    if (bytes[at] === DASH && bytes[at + 1] === DASH && mayDivide(scan)) {
      const end = readDelimiter(scan, at);
      if (end !== null) return { bodyStart: at, end };
    }
    const first = bytes[at];
    if (firstStray < 0 && !((first === 0x20 || first === 0x09) && at > start) && !isFieldStart(bytes, at, next)) {
      // A message that begins with no field is all text; an mbox line before it is passed over.
      if (at === start && !(isMessage && isMboxLine(bytes, at))) return { bodyStart: start, end: null };
      if (at > start) firstStray = at;
    }
    at = next;
  }
  return { bodyStart: firstStray < 0 ? Math.min(at, bytes.length) : firstStray, end: null };
}

/** `From ` and `>From ` as mailbox files put them before messages. */
function isMboxLine(bytes: Uint8Array, at: number): boolean {
  const from = bytes[at] === 0x3e ? at + 1 : at;
  return (
    bytes[from] === 0x46 &&
    bytes[from + 1] === 0x72 &&
    bytes[from + 2] === 0x6f &&
    bytes[from + 3] === 0x6d &&
    bytes[from + 4] === 0x20
  );
}

/** The next boundary line of any open multipart, from `from`, which begins a line. */
function nextDelimiter(scan: Scan, from: number): Delimiter {
  const { bytes } = scan;
  let at = mayDivide(scan) ? from : bytes.length;
  while (at < bytes.length) {
    // Base64 has no dash, so an attachment is crossed in one search.
    const dash = bytes.indexOf(DASH, at);
    if (dash < 0) break;
    if (bytes[dash + 1] === DASH && (dash === from || bytes[dash - 1] === LINE_FEED)) {
      const found = readDelimiter(scan, dash);
      if (found !== null) return found;
    }
    const lineFeed = bytes.indexOf(LINE_FEED, dash);
    at = lineFeed < 0 ? bytes.length : lineFeed + 1;
  }
  return { level: -1, isClose: false, start: bytes.length, next: bytes.length };
}

/** Whether boundary lines count: some multipart is open, and there may be more parts. */
function mayDivide(scan: Scan): boolean {
  return scan.levels > 0 && scan.parts < MAX_PARTS;
}

/** Reads `--boundary` or `--boundary--` with white space after it (RFC 2046 §5.1.1); null where the line is something else. */
function readDelimiter(scan: Scan, start: number): Delimiter | null {
  const { bytes } = scan;
  const window = Math.min(bytes.length, start + MAX_BOUNDARY_LINE);
  let end = start + 2;
  while (end < window && bytes[end] !== LINE_FEED) end++;
  if (end === window && window < bytes.length) return null;
  const next = Math.min(end + 1, bytes.length);
  while (end > start + 2 && (bytes[end - 1] ?? 0) <= 0x20) end--;
  let text = '';
  for (let at = start + 2; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  const level = scan.open.get(text);
  if (level !== undefined) return { level, isClose: false, start, next };
  const closed = text.endsWith('--') ? scan.open.get(text.slice(0, -2).trimEnd()) : undefined;
  return closed === undefined ? null : { level: closed, isClose: true, start, next };
}

function beforeLineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at - 1] !== LINE_FEED) return at;
  return bytes[at - 2] === RETURN ? at - 2 : at - 1;
}

/** Line feeds before `offset`, counted on from where the last question stood. */
function linesBefore(scan: Scan, offset: number): number {
  if (offset >= scan.countedTo) scan.lines += countLineFeeds(scan.bytes, scan.countedTo, offset);
  else scan.lines -= countLineFeeds(scan.bytes, offset, scan.countedTo);
  scan.countedTo = offset;
  return scan.lines;
}

/** Four octets at a time: of a long message this is the one pass over all of it in our own code. */
function countLineFeeds(bytes: Uint8Array, start: number, end: number): number {
  const aligned = Math.min(end, start + (-(bytes.byteOffset + start) & 3));
  const words = new Uint32Array(bytes.buffer, aligned < end ? bytes.byteOffset + aligned : 0, (end - aligned) >> 2);
  let count = countOneByOne(bytes, start, aligned);
  for (let index = 0; index < words.length; index++) {
    // An octet of `rest` is zero where the word has a line feed; borrows may name one too many, never one too few.
    const rest = (words[index] ?? 0) ^ 0x0a0a0a0a;
    if (((rest - 0x01010101) & ~rest & 0x80808080) === 0) continue;
    const at = aligned + 4 * index;
    count += countOneByOne(bytes, at, at + 4);
  }
  return count + countOneByOne(bytes, aligned + 4 * words.length, end);
}

function countOneByOne(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (bytes[at] === LINE_FEED) count++;
  return count;
}
