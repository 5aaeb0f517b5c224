/**
 * The structure as short JSON, to be stored with every message: an array per part, what follows from the rest or is usual left out.
 * `readStructure(printStructure(x))` gives x again.
 */
import { childNumber, nameOf } from './part.ts';
import { readStoredEnvelope } from './packenvelope.ts';
import type { MessagePart } from './types.ts';

/** A stored structure that cannot be read: the row is damaged, or of another version. */
export class BadStructure extends Error {
  override readonly name = 'BadStructure';
}

/** Deepest nesting read back; what `parseMessage` makes is less. */
const MAX_NESTING = 200;

export function printStructure(root: MessagePart): string {
  return JSON.stringify(packPart(root));
}

/** @throws {BadStructure} when `text` was not printed by `printStructure`. */
export function readStructure(text: string): MessagePart {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new BadStructure('not JSON', { cause });
  }
  return unpackPart(stored, '', true, 0);
}

/** Offsets, sizes, type and encoding first; then what few parts have, up to the last thing there is. */
function packPart(part: MessagePart): unknown[] {
  const packed: unknown[] = [
    part.headersStart,
    part.bodyStart - part.headersStart,
    part.bodyEnd - part.bodyStart,
    part.sizeOctets,
    part.lineCount,
    `${part.type}/${part.subtype}`,
    part.encoding === '7bit' ? 0 : part.encoding,
    emptyAsZero(part.params),
    part.subParts.length === 0 ? 0 : part.subParts.map(packPart),
    part.disposition ?? 0,
    emptyAsZero(part.dispositionParams),
    part.cid ?? 0,
    part.language ?? 0,
    part.location ?? 0,
    part.description ?? 0,
    part.md5 ?? 0,
    part.message === null ? 0 : [part.message.envelope, packPart(part.message.root)],
  ];
  while (packed.at(-1) === 0) packed.pop();
  return packed;
}

function emptyAsZero(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> | 0 {
  return Object.keys(params).length === 0 ? 0 : params;
}

function unpackPart(stored: unknown, number: string, isMessage: boolean, depth: number): MessagePart {
  const packed = listOf(stored);
  if (depth > MAX_NESTING) throw new BadStructure('too deep');
  const headersStart = numberOf(packed[0]);
  const bodyStart = headersStart + numberOf(packed[1]);
  const encodedOctets = numberOf(packed[2]);
  const [type = '', subtype = ''] = (textOf(packed[5]) ?? '').split('/', 2);
  const params = paramsOf(packed[7]);
  const dispositionParams = paramsOf(packed[10]);
  const own = isMessage ? childNumber(number, 1) : number;
  const [envelope, root] = packed[16] ? listOf(packed[16]) : [];
  return {
    partId: type === 'multipart' ? null : own,
    headersStart,
    bodyStart,
    bodyEnd: bodyStart + encodedOctets,
    encodedOctets,
    sizeOctets: numberOf(packed[3]),
    lineCount: numberOf(packed[4] ?? 0),
    type,
    subtype,
    params,
    charset: params['charset'] ?? (type === 'text' ? 'us-ascii' : null),
    disposition: textOf(packed[9]),
    dispositionParams,
    name: nameOf(params, dispositionParams),
    cid: textOf(packed[11]),
    language: packed[12] ? listOf(packed[12]).map((tag) => textOf(tag) ?? '') : null,
    location: textOf(packed[13]),
    description: textOf(packed[14]),
    md5: textOf(packed[15]),
    encoding: textOf(packed[6]) ?? '7bit',
    subParts: packed[8]
      ? listOf(packed[8]).map((child, index) => unpackPart(child, childNumber(number, index + 1), false, depth + 1))
      : [],
    message:
      root === undefined
        ? null
        : { envelope: readStoredEnvelope(envelope), root: unpackPart(root, own, true, depth + 1) },
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadStructure('list expected');
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new BadStructure('number expected');
  return value;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function paramsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, textOf(text) ?? '']));
}
