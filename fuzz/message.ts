/**
 * Fuzzing of the message reader: odd messages are changed at random, and what must hold of every message is checked. A run is its seed; what fails
 * is printed as base64, to be kept as a row of message.test.ts.
 *
 * `node fuzz/message.ts [seed] [runs]`
 */
import { htmlToText } from '#formats/message/html.ts';
import { decodePart, decodePartText } from '#formats/message/decode.ts';
import { readHeaderForm } from '#formats/message/headers.ts';
import { printStructure, readStructure } from '#formats/message/pack.ts';
import { MAX_DEPTH, MAX_PARTS, parseMessage } from '#formats/message/parse.ts';
import { findPart, sectionSlice } from '#formats/message/slices.ts';
import type { MessagePart } from '#formats/message/types.ts';
import { messageSeeds, octets } from './messageseeds.ts';

/** Pieces that break readers when they stand in the wrong place. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '--',
  '--b',
  '--b--\r\n',
  '\r\n--b\r\n',
  '\r\n\r\n',
  ': ',
  '=?utf-8?Q?',
  '?=',
  '=?',
  '"',
  '(',
  ')',
  '<',
  '>',
  ',',
  ';',
  '\\',
  '=',
  '=\r\n',
  '=C3',
  '\xff',
  '\xc3',
  '\xe9',
  '\u00ef\u00bb\u00bf',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  "name*0*=x'y'%",
  ' \r\n ',
  '\t',
  '&#x',
  '<!--',
  '<a href="',
].map(octets);

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A changed seed message. */
export function nextMessage(random: () => number, seeds: readonly Uint8Array[]): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit);
  let message = seeds[below(seeds.length)] ?? new Uint8Array(0);
  for (let count = below(6); count >= 0; count--) {
    const at = below(message.length + 1);
    const to = Math.min(message.length, at + below(random() < 0.2 ? 400 : 6));
    const other = seeds[below(seeds.length)] ?? message;
    const from = below(other.length + 1);
    const kind = below(5);
    if (kind === 0) message = splice(message, at, to, new Uint8Array(0));
    else if (kind === 1) message = splice(message, at, at, PIECES[below(PIECES.length)] ?? message);
    else if (kind === 2) message = splice(message, at, to, Uint8Array.of(below(256)));
    else if (kind === 3) message = splice(message, at, at, message.subarray(at, to));
    else message = splice(message, at, to, other.subarray(from, from + below(500)));
  }
  return message.subarray(0, 65_536);
}

function splice(bytes: Uint8Array, start: number, end: number, piece: Uint8Array): Uint8Array {
  const made = new Uint8Array(start + piece.length + bytes.length - end);
  made.set(bytes.subarray(0, start));
  made.set(piece, start);
  made.set(bytes.subarray(end), start + piece.length);
  return made;
}

/** What holds of every message. @returns the first thing that does not, or null. */
export function checkMessage(bytes: Uint8Array): string | null {
  const parsed = parseMessage(bytes);
  const { structure } = parsed;
  if (structure.headersStart !== 0 || structure.bodyEnd !== bytes.length) return 'the root is not the whole message';
  const seen = { parts: 0, ids: new Set<string>() };
  const fault = checkPart(bytes, structure, structure, 0, bytes.length, 0, seen);
  if (fault !== null) return fault;
  if (seen.parts > MAX_PARTS) return 'too many parts';
  let last = 0;
  for (const field of parsed.headers) {
    if (field.start < last || field.end <= field.start || field.end > structure.bodyStart)
      return 'a field outside the header';
    last = field.end;
    for (const form of ['Raw', 'Text', 'GroupedAddresses', 'MessageIds', 'Date', 'URLs'] as const)
      readHeaderForm(field.raw, form);
  }
  if (JSON.stringify(readStructure(printStructure(structure))) !== JSON.stringify(structure))
    return 'the stored structure differs';
  if (JSON.stringify(JSON.parse(JSON.stringify(parsed.envelope))) !== JSON.stringify(parsed.envelope))
    return 'the envelope is no JSON';
  if (parsed.preview.length > 256 || /[\r\n]/.test(parsed.preview) || !parsed.preview.isWellFormed())
    return 'a bad preview';
  return parsed.textBody.length + parsed.htmlBody.length + parsed.attachments.length > 0 ? null : 'nothing to show';
}

function checkPart(
  bytes: Uint8Array,
  root: MessagePart,
  part: MessagePart,
  start: number,
  end: number,
  depth: number,
  seen: { parts: number; readonly ids: Set<string> },
): string | null {
  seen.parts++;
  if (depth > MAX_DEPTH + 1) return 'too deep';
  if (
    part.headersStart < start ||
    part.bodyStart < part.headersStart ||
    part.bodyEnd < part.bodyStart ||
    part.bodyEnd > end
  ) {
    return `offsets of ${part.partId ?? 'a multipart'} out of bounds`;
  }
  if (part.encodedOctets !== part.bodyEnd - part.bodyStart) return 'encodedOctets';
  if (
    (part.type === 'multipart') !== (part.partId === null) ||
    (part.type === 'multipart') !== part.subParts.length > 0
  )
    return 'a multipart without parts, or parts without it';
  let from = part.bodyStart;
  for (const child of part.subParts) {
    const fault = checkPart(bytes, root, child, from, part.bodyEnd, depth + 1, seen);
    if (fault !== null) return fault;
    from = child.bodyEnd;
  }
  if (part.message !== null)
    return checkPart(bytes, root, part.message.root, part.bodyStart, part.bodyEnd, depth + 1, seen);
  if (part.partId === null) return null;
  if (seen.ids.has(part.partId)) return `part ${part.partId} twice`;
  seen.ids.add(part.partId);
  if (findPart(root, part.partId) !== part) return `part ${part.partId} is not found by its number`;
  const slice = sectionSlice(root, part.partId.split('.').map(Number), null);
  if (slice?.start !== part.bodyStart || slice.end !== part.bodyEnd) return `section ${part.partId}`;
  if (decodePart(bytes, part).length !== part.sizeOctets) return `size of ${part.partId}`;
  const { text } = decodePartText(bytes, part, 100);
  if (new TextEncoder().encode(text).length > 100) return 'cut too late';
  htmlToText(decodePartText(bytes, part).text, { maxCharacters: 10_000, hasLinks: true, hasQuotes: true });
  return null;
}

/** Runs `runs` messages of `seed`. @returns what failed, as base64, with why. */
export function fuzzMessages(seed: number, runs: number): string[] {
  const random = seededRandom(seed);
  const seeds = [...messageSeeds().values()];
  const failures: string[] = [];
  for (let run = 0; run < runs; run++) {
    const message = nextMessage(random, seeds);
    let fault: string | null;
    try {
      fault = checkMessage(message);
    } catch (error) {
      fault = String(error);
    }
    if (fault !== null) failures.push(`${fault}: ${message.toBase64()}`);
  }
  return failures;
}

if (import.meta.main) {
  const [seed = Date.now() % 1_000_000, runs = 100_000] = process.argv.slice(2).map(Number);
  const failures = fuzzMessages(seed, runs);
  for (const failure of failures.slice(0, 20)) console.log(failure);
  console.log(`seed ${seed}, ${runs} runs, ${failures.length} failures`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
