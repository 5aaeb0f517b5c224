/**
 * The directory of a ZIP (APPNOTE 4.3.12 to 4.3.16, with ZIP64), read from its last octets, and held against the tricks of hostile
 * archives: entries that overlap or lie outside, names beyond reason, more entries than allowed.
 */

export interface ZipEntry {
  /** Forward slashes, as it stands; nobody unpacks to it. */
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly compressedOctets: number;
  /** As it claims: whoever inflates keeps to it. */
  readonly sizeOctets: number;
  /** Of its local header. */
  readonly offset: number;
  /** Milliseconds since 1970; null where none is said. Local time of an unknown place, taken for UTC, where no other is there. */
  readonly modifiedAt: number | null;
}

export class BadZip extends Error {
  override readonly name = 'BadZip';
}

const endOctets = 22;
/** A comment may follow the end record. */
export const zipTailOctets = endOctets + 65_535 + 20 + 56;
export const zipLimits = { entries: 500_000, directoryOctets: 128 * 1024 * 1024, nameOctets: 4096 };

const marks = { end: 0x0605_4b50, locator: 0x0706_4b50, end64: 0x0606_4b50, entry: 0x0201_4b50, local: 0x0403_4b50 };

export interface DirectoryPlace {
  readonly entries: number;
  readonly offset: number;
  readonly octets: number;
}

/**
 * Finds the directory.
 * @param tail the last octets of the file, `zipTailOctets` or all of it; @param sizeOctets of the file.
 * @throws {BadZip}
 */
export function findDirectory(tail: Uint8Array, sizeOctets: number): DirectoryPlace {
  const view = viewOf(tail);
  const base = sizeOctets - tail.length;
  for (let at = tail.length - endOctets; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== marks.end || at + endOctets + view.getUint16(at + 20, true) > tail.length)
      continue;
    const entries = view.getUint16(at + 10, true);
    const octets = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    const isLarge = entries === 0xffff || octets === 0xffff_ffff || offset === 0xffff_ffff;
    const place = isLarge ? findDirectory64(view, at, base) : { entries, octets, offset };
    return checkPlace(place, sizeOctets);
  }
  throw new BadZip('no end of a directory');
}

function findDirectory64(view: DataView, end: number, base: number): DirectoryPlace {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== marks.locator) throw new BadZip('no ZIP64 locator');
  const at = readUint64(view, locator + 8) - base;
  if (at < 0 || at + 56 > view.byteLength || view.getUint32(at, true) !== marks.end64) throw new BadZip('no ZIP64 end');
  return { entries: readUint64(view, at + 32), octets: readUint64(view, at + 40), offset: readUint64(view, at + 48) };
}

function checkPlace(place: DirectoryPlace, sizeOctets: number): DirectoryPlace {
  const { entries, octets, offset } = place;
  if (entries > zipLimits.entries || octets > zipLimits.directoryOctets) throw new BadZip('too many entries');
  if (offset + octets > sizeOctets) throw new BadZip('the directory lies outside');
  return place;
}

/** Reads the entries, in the order of their octets. Folders are left out. @throws {BadZip} */
export function readDirectory(octets: Uint8Array, place: DirectoryPlace): readonly ZipEntry[] {
  const view = viewOf(octets);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let n = 0; n < place.entries; n += 1) {
    if (at + 46 > octets.length || view.getUint32(at, true) !== marks.entry) throw new BadZip('a broken directory');
    const nameOctets = view.getUint16(at + 28, true);
    const extraOctets = view.getUint16(at + 30, true);
    const end = at + 46 + nameOctets + extraOctets + view.getUint16(at + 32, true);
    if (end > octets.length || nameOctets > zipLimits.nameOctets) throw new BadZip('a broken directory');
    const entry = readEntry(octets, view, at, nameOctets, extraOctets);
    if (entry) entries.push(entry);
    at = end;
  }
  return checkOverlap(
    entries.sort((a, b) => a.offset - b.offset),
    place.offset,
  );
}

function readEntry(
  octets: Uint8Array,
  view: DataView,
  at: number,
  nameOctets: number,
  extraOctets: number,
): ZipEntry | undefined {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const nameAt = at + 46;
  const name = readName(octets.subarray(nameAt, nameAt + nameOctets), (flags & 0x800) !== 0).replaceAll('\\', '/');
  if (name.endsWith('/') || name === '') return undefined;
  // Encrypted, or of a method nobody uses for mail: as good as not there.
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) return undefined;
  const extra = extraFields(view, nameAt + nameOctets, extraOctets);
  const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)] as const;
  const large = extra.get(1);
  let next = large?.start ?? 0;
  const [sizeOctets, compressedOctets, offset] = sizes.map((value) => {
    if (value !== 0xffff_ffff || !large || next + 8 > large.end) return value;
    next += 8;
    return readUint64(view, next - 8);
  });
  if (sizeOctets === undefined || compressedOctets === undefined || offset === undefined) return undefined;
  const modifiedAt = modifiedOf(view, extra.get(0x5455), view.getUint16(at + 14, true), view.getUint16(at + 12, true));
  return { name, method: method === 0 ? 'stored' : 'deflated', sizeOctets, compressedOctets, offset, modifiedAt };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function extraFields(view: DataView, start: number, length: number): ReadonlyMap<number, Range> {
  const fields = new Map<number, Range>();
  for (let at = start; at + 4 <= start + length;) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > start + length) break;
    fields.set(view.getUint16(at, true), { start: at + 4, end });
    at = end;
  }
  return fields;
}

/** The time of Unix where the archive has it, else that of DOS. */
function modifiedOf(view: DataView, stamp: Range | undefined, date: number, time: number): number | null {
  if (stamp && stamp.start + 5 <= stamp.end && (view.getUint8(stamp.start) & 1) !== 0)
    return view.getUint32(stamp.start + 1, true) * 1000;
  if (date === 0) return null;
  const at = Date.UTC(
    1980 + (date >> 9),
    ((date >> 5) & 15) - 1,
    date & 31,
    time >> 11,
    (time >> 5) & 63,
    (time & 31) * 2,
  );
  return Number.isNaN(at) ? null : at;
}

/** Names are UTF-8 where they say so; else mostly too, or of an old PC. */
function readName(octets: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(octets);
  } catch {
    return new TextDecoder('windows-1252').decode(octets);
  }
}

/** Two entries over the same octets are how a small archive becomes endless. */
function checkOverlap(entries: readonly ZipEntry[], directory: number): readonly ZipEntry[] {
  let end = 0;
  for (const { offset, compressedOctets } of entries) {
    if (offset < end) throw new BadZip('entries overlap');
    end = offset + localOctets + compressedOctets;
    if (end > directory) throw new BadZip('an entry lies outside');
  }
  return entries;
}

/** Of a local header without name and extra field. */
export const localOctets = 30;

/** How far behind its beginning the octets of an entry stand. @throws {BadZip} */
export function readLocalHeader(octets: Uint8Array): number {
  const view = viewOf(octets);
  if (octets.length < localOctets || view.getUint32(0, true) !== marks.local) throw new BadZip('no local header');
  return localOctets + view.getUint16(26, true) + view.getUint16(28, true);
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

function readUint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BadZip('a number beyond reason');
  return Number(value);
}
