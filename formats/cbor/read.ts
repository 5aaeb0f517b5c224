/**
 * CBOR (RFC 8949) as far as WebAuthn and COSE need it: whole numbers, octets, text, arrays, maps, simple values, all of
 * definite length. Bounded in depth and count by what there is to read; anything else is refused.
 */
export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap;
export type CborMap = ReadonlyMap<number | string, Cbor>;

/** @property offset of the first octet that does not fit. */
export class BadCbor extends Error {
  override readonly name = 'BadCbor';
  readonly offset: number;
  constructor(offset: number, why: string) {
    super(`${why} at octet ${offset}`);
    this.offset = offset;
  }
}

/** CTAP2 nests four deep. */
const depthAtMost = 8;

/** Reads one item. @returns it, and where the next would begin. @throws {BadCbor} */
export function readCbor(octets: Uint8Array, offset = 0, depth = 0): { readonly value: Cbor; readonly end: number } {
  if (depth > depthAtMost) throw new BadCbor(offset, 'too deep');
  const { major, argument, end } = readHead(octets, offset);
  switch (major) {
    case 0:
      return { value: argument, end };
    case 1:
      return { value: -1 - argument, end };
    case 2:
    case 3: {
      if (end + argument > octets.length) throw new BadCbor(offset, 'a string that ends too soon');
      const content = octets.subarray(end, end + argument);
      return { value: major === 2 ? content : readText(content, offset), end: end + argument };
    }
    case 4:
      return readArray(octets, end, argument, depth);
    case 5:
      return readMap(octets, end, argument, depth);
    case 7: {
      const value = simple.get(argument);
      if (value !== undefined && end === offset + 1) return { value, end };
      break;
    }
  }
  throw new BadCbor(offset, 'a kind that is not taken');
}

const simple: ReadonlyMap<number, boolean | null> = new Map([
  [20, false],
  [21, true],
  [22, null],
]);

function readArray(octets: Uint8Array, from: number, count: number, depth: number): { value: Cbor; end: number } {
  const items: Cbor[] = [];
  let end = from;
  for (let index = 0; index < count; index += 1) {
    const item = readCbor(octets, end, depth + 1);
    items.push(item.value);
    end = item.end;
  }
  return { value: items, end };
}

function readMap(octets: Uint8Array, from: number, count: number, depth: number): { value: CborMap; end: number } {
  const members = new Map<number | string, Cbor>();
  let end = from;
  for (let index = 0; index < count; index += 1) {
    const key = readCbor(octets, end, depth + 1);
    if (typeof key.value !== 'number' && typeof key.value !== 'string')
      throw new BadCbor(end, 'a key of a strange kind');
    if (members.has(key.value)) throw new BadCbor(end, 'a key that was there');
    const member = readCbor(octets, key.end, depth + 1);
    members.set(key.value, member.value);
    end = member.end;
  }
  return { value: members, end };
}

/** RFC 8949 §3. */
function readHead(octets: Uint8Array, offset: number): { major: number; argument: number; end: number } {
  const first = octets[offset];
  if (first === undefined) throw new BadCbor(offset, 'an end too soon');
  const major = first >> 5;
  const low = first & 31;
  if (low < 24) return { major, argument: low, end: offset + 1 };
  const more = { 24: 1, 25: 2, 26: 4 }[low];
  // Nothing here is longer than four octets can say, and indefinite lengths are not canonical (CTAP 2.1 §8).
  if (more === undefined) throw new BadCbor(offset, 'a length of a strange kind');
  const end = offset + 1 + more;
  if (end > octets.length) throw new BadCbor(offset, 'an end too soon');
  let argument = 0;
  for (const octet of octets.subarray(offset + 1, end)) argument = argument * 256 + octet;
  return { major, argument, end };
}

function readText(content: Uint8Array, offset: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new BadCbor(offset, 'no UTF-8');
  }
}
