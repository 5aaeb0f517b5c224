/**
 * Reading mbox, any of its kinds (mboxrd, mboxo, mboxcl, mboxcl2), piece by piece: memory stays bounded by the largest
 * message allowed. A message begins at a line `From … date` at the start or after an empty line. A length that the
 * header claims is believed only where another message, or the end, follows exactly there.
 */
import { readDate } from '#formats/message/date.ts';
import { readHeaderFields } from '#formats/message/fields.ts';
import type { HeaderField } from '#formats/message/types.ts';

import { withCrlf } from './lines.ts';
import { isFromAt, unquoteFrom } from './quote.ts';
import { readStatus } from './status.ts';

export type MboxMessage =
  | {
      readonly kind: 'message';
      readonly octets: Uint8Array;
      /** Milliseconds since 1970; null where the From_ line says no date. */
      readonly receivedAt: number | null;
      readonly flags: readonly string[];
    }
  | { readonly kind: 'tooLarge' };

export interface MboxLimits {
  readonly messageOctets: number;
}

/** @throws {BadMbox} when the first line is no From_ line. */
export class BadMbox extends Error {
  override readonly name = 'BadMbox';
}

const LF = 0x0a;
const CR = 0x0d;
const CAPITAL_S = 0x53;
const headerOctets = 256 * 1024;
/** A From_ line that is longer is none. */
const longestFrom = 1000;
const latin1 = new TextDecoder('latin1');

/** Gives the messages in order. What Thunderbird marked deleted is left out. @throws {BadMbox} */
export async function* readMbox(pieces: AsyncIterable<Uint8Array>, limits: MboxLimits): AsyncGenerator<MboxMessage> {
  const window = windowOver(pieces);
  if (!(await window.fill(6)) || !isFromAt(window.octets(), 0)) {
    if (window.octets().length === 0) return;
    throw new BadMbox('the file does not begin with a From_ line');
  }
  for (;;) {
    const line = await readFromLine(window);
    if (line === undefined) return;
    const message = await readMessage(window, line, limits);
    if (message) yield message;
  }
}

/** The octets at hand, from where reading stands. */
interface Window {
  octets(): Uint8Array;
  /** Reads on until there are `wanted` octets. @returns false at the end of the file before that. */
  fill(wanted: number): Promise<boolean>;
  drop(count: number): void;
}

function windowOver(pieces: AsyncIterable<Uint8Array>): Window {
  const iterator = pieces[Symbol.asyncIterator]();
  let store = new Uint8Array(128 * 1024);
  let [start, end] = [0, 0];
  let isEnded = false;
  const add = (piece: Uint8Array): void => {
    if (end + piece.length > store.length) {
      const held = end - start;
      // Twice as large when needed, so that a message costs what it is long, not its square.
      const grown = held + piece.length > store.length / 2 ? new Uint8Array((held + piece.length) * 2) : store;
      grown.set(store.subarray(start, end));
      [store, start, end] = [grown, 0, held];
    }
    store.set(piece, end);
    end += piece.length;
  };
  return {
    octets: () => store.subarray(start, end),
    async fill(wanted) {
      const isShort = (): boolean => end - start < wanted;
      while (isShort() && !isEnded) {
        const next = await iterator.next();
        if (next.done === true) isEnded = true;
        else add(next.value);
      }
      return !isShort();
    },
    drop(count) {
      start += count;
    },
  };
}

/** Takes the From_ line. @returns its text; undefined at the end. */
async function readFromLine(window: Window): Promise<string | undefined> {
  await window.fill(longestFrom);
  const octets = window.octets();
  if (octets.length === 0) return undefined;
  const end = octets.subarray(0, longestFrom).indexOf(LF);
  const length = end < 0 ? Math.min(octets.length, longestFrom) : end + 1;
  const text = latin1.decode(octets.subarray(0, length));
  window.drop(length);
  return text;
}

async function readMessage(window: Window, fromLine: string, limits: MboxLimits): Promise<MboxMessage | undefined> {
  const head = await readHead(window);
  const length = await trustedLength(window, head, limits);
  const [content, isQuoted] =
    length === undefined ? await takeToSeparator(window, limits) : await takeLength(window, length);
  if (content === undefined) return { kind: 'tooLarge' };
  const { flags, isExpunged } = readStatus(head.fields);
  if (isExpunged) return undefined;
  const plain = isQuoted ? unquoteFrom(content) : content;
  const receivedAt = dateOf(fromLine);
  // With our own length the octets are exactly those that were exported.
  return { kind: 'message', octets: head.ownLength === undefined ? withCrlf(plain) : plain, receivedAt, flags };
}

interface Head {
  readonly fields: readonly HeaderField[];
  /** What our four fields say; they are no part of the message. */
  readonly ownLength: number | undefined;
  /** From here to the end of the body, as Content-Length has it. */
  readonly claimed: number | undefined;
}

/** As printMboxMessage writes them: a message may begin with what would fold a field. */
const ownHead = /^Status: [^\n]*\nX-Status: [^\n]*\nX-Keywords: [^\n]*\nX-Pli-Length: \d{1,12}\n/;

/** Looks at the header, and takes our own fields off its top. */
async function readHead(window: Window): Promise<Head> {
  for (let wanted = 4096; ; wanted *= 4) {
    const isWhole = !(await window.fill(wanted));
    const octets = window.octets();
    const end = headerEnd(octets);
    if (end === undefined && !isWhole && wanted < headerOctets) continue;
    const isMaybeOwn = octets[0] === CAPITAL_S;
    const lead = isMaybeOwn ? (ownHead.exec(latin1.decode(octets.subarray(0, headerOctets)))?.[0].length ?? 0) : 0;
    if (lead > 0) {
      const fields = readHeaderFields(octets, 0, lead);
      window.drop(lead);
      return { fields, ownLength: readLength(fields[3]), claimed: undefined };
    }
    const fields = readHeaderFields(octets, 0, end ?? Math.min(octets.length, headerOctets));
    const length = readLength(fields.find(({ name }) => name.toLowerCase() === 'content-length'));
    const claimed = length === undefined || end === undefined ? undefined : end + length;
    return { fields, ownLength: undefined, claimed };
  }
}

/** Where the empty line after the header ends. */
function headerEnd(octets: Uint8Array): number | undefined {
  const limit = Math.min(octets.length, headerOctets);
  for (let at = 0; at < limit;) {
    const end = octets.indexOf(LF, at);
    if (end < 0 || end >= limit) return undefined;
    if (end === at || (end === at + 1 && octets[at] === CR)) return end + 1;
    // A separator before any empty line: a message that is all header.
    if (isFromAt(octets, end + 1)) return undefined;
    at = end + 1;
  }
  return undefined;
}

function readLength(field: HeaderField | undefined): number | undefined {
  const text = field?.raw.trim() ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** A claimed length, where what follows bears it out. */
async function trustedLength(window: Window, head: Head, limits: MboxLimits): Promise<number | undefined> {
  const length = head.ownLength ?? head.claimed;
  if (length === undefined || length > limits.messageOctets) return undefined;
  const isMore = await window.fill(length + longestFrom);
  const octets = window.octets();
  if (octets.length < length) return undefined;
  let at = length;
  for (let lines = 0; lines < 2 && at < octets.length; lines += 1) {
    if (octets[at] === CR) at += 1;
    if (octets[at] === LF) at += 1;
  }
  return (at >= octets.length && !isMore) || isSeparator(octets, at, true) ? length : undefined;
}

/** Of a length that is borne out: a `From ` left as it is within says that nothing there was quoted (mboxcl2). */
async function takeLength(window: Window, length: number): Promise<readonly [Uint8Array, boolean]> {
  const content = window.octets().slice(0, length);
  window.drop(length);
  await skipEmptyLines(window);
  const isQuoted = !hasSeparator(content);
  return [content, isQuoted];
}

async function skipEmptyLines(window: Window): Promise<void> {
  for (;;) {
    await window.fill(2);
    const octets = window.octets();
    if (octets[0] === LF) window.drop(1);
    else if (octets[0] === CR && octets[1] === LF) window.drop(2);
    else return;
  }
}

function hasSeparator(octets: Uint8Array): boolean {
  for (let at = 0; at >= 0 && at < octets.length;) {
    if (isFromAt(octets, at)) return true;
    const end = octets.indexOf(LF, at);
    at = end < 0 ? -1 : end + 1;
  }
  return false;
}

/** Takes all up to the next separator, without the empty line that belongs to it. Undefined for what is too large. */
async function takeToSeparator(
  window: Window,
  limits: MboxLimits,
): Promise<readonly [Uint8Array | undefined, boolean]> {
  let isTooLarge = false;
  /** No line ends before: a line that goes on and on is looked at once. */
  let lookedTo = 0;
  for (let at = 0; ;) {
    const octets = window.octets();
    const end = octets.indexOf(LF, Math.max(at, lookedTo));
    if (end < 0 && octets.length > limits.messageOctets + longestFrom) {
      isTooLarge = true;
      // Two of its letters stay, so that its end is not taken for an empty line.
      window.drop(octets.length - 2);
      [at, lookedTo] = [0, 2];
      continue;
    }
    lookedTo = end < 0 ? octets.length : end;
    const next = end < 0 ? octets.length : end + 1;
    // A line is only judged once all of a From_ line after it is there.
    if (end < 0 || next + longestFrom > octets.length) {
      const isMore = await window.fill(octets.length + 64 * 1024);
      if (isMore || window.octets().length > octets.length) continue;
      if (end < 0) {
        const content = withoutEmptyLine(octets, octets.length);
        window.drop(octets.length);
        return [isTooLarge || content.length > limits.messageOctets ? undefined : content.slice(), true];
      }
    }
    const isAfterEmpty = end === at || (end === at + 1 && octets[at] === CR);
    if (isFromAt(octets, next) && isSeparator(octets, next, isAfterEmpty)) {
      const content = withoutEmptyLine(octets, next).slice();
      window.drop(next);
      return [isTooLarge || content.length > limits.messageOctets ? undefined : content, true];
    }
    at = next;
    if (at <= limits.messageOctets) continue;
    // Passed over line by line from here on; the line at hand stays, to be looked at.
    isTooLarge = true;
    window.drop(at);
    [at, lookedTo] = [0, 0];
  }
}

/** Whether a message begins at `at`: a From_ line with a date, after an empty line. */
function isSeparator(octets: Uint8Array, at: number, isAfterEmpty: boolean): boolean {
  if (!isAfterEmpty || !isFromAt(octets, at)) return false;
  const line = octets.subarray(at, at + longestFrom);
  const end = line.indexOf(LF);
  return dateOf(latin1.decode(end < 0 ? line : line.subarray(0, end))) !== null;
}

/** The content up to `end`, without an empty line at its end. */
function withoutEmptyLine(octets: Uint8Array, end: number): Uint8Array {
  if (octets[end - 1] !== LF) return octets.subarray(0, end);
  const isCrlf = octets[end - 2] === CR;
  const start = end - (isCrlf ? 2 : 1);
  return octets[start - 1] === LF ? octets.subarray(0, start) : octets.subarray(0, end);
}

const dateForm = /(?:\w{3},? )?(\w{3}) +(\d{1,2}) +(\d\d):(\d\d)(?::(\d\d))?(?: +(?:[A-Z]{3,4}|[+-]\d{4}))? +(\d{4})/;

/** The date of a From_ line, asctime's (UTC) or another that mail knows; null without. */
function dateOf(line: string): number | null {
  const match = dateForm.exec(line);
  const text = match
    ? `${match[2] ?? ''} ${match[1] ?? ''} ${match[6] ?? ''} ${match[3] ?? ''}:${match[4] ?? ''}:${match[5] ?? '00'} +0000`
    : line.replace(/^From \S*\s*/, '');
  const date = readDate(text);
  const at = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? null : at;
}
