/**
 * Messages in a ZIP: .eml files in folders, and .mbox files. Nothing is unpacked to a disk; each entry is inflated
 * while it is read, no further than it may go, and all of them together no further than a mailbox can hold.
 */
import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

import { indexName, type IndexEntry, readIndexLine } from '#formats/mbox/index-file.ts';
import { withCrlf } from '#formats/mbox/lines.ts';
import { BadMbox, readMbox } from '#formats/mbox/read.ts';
import {
  BadZip,
  findDirectory,
  localOctets,
  readDirectory,
  readLocalHeader,
  type ZipEntry,
  zipTailOctets,
} from '#formats/zip/directory.ts';

import type { FoundMessage } from './found.ts';

/** Octets that can be read anywhere. */
export interface RandomAccess {
  readonly sizeOctets: number;
  bytes(start: number, end: number): Promise<Uint8Array>;
  stream(start: number, end: number): AsyncIterable<Uint8Array>;
}

export interface ZipReadLimits {
  readonly messageOctets: number;
  /** Of all entries together, inflated. */
  readonly totalOctets: number;
}

/** What honest mail deflates to at most is far below; a bomb is far above. */
const mostRatio = 200;
const indexOctets = 128 * 1024 * 1024;

/** @throws {BadZip} for what is no ZIP, or one made to harm. */
export async function* readZip(file: RandomAccess, limits: ZipReadLimits): AsyncGenerator<FoundMessage> {
  const tail = await file.bytes(Math.max(0, file.sizeOctets - zipTailOctets), file.sizeOctets);
  const place = findDirectory(tail, file.sizeOctets);
  const entries = readDirectory(await file.bytes(place.offset, place.offset + place.octets), place);
  const roof = Math.min(limits.totalOctets, 16 * 1024 * 1024 + file.sizeOctets * mostRatio);
  if (entries.reduce((sum, { sizeOctets }) => sum + sizeOctets, 0) > roof) throw new BadZip('too large when inflated');
  const index = await readIndex(file, entries);
  for (const entry of entries) {
    const [, folders = '', name = '', ending = ''] = /^(.*\/)?([^/]*?)(\.[^./]*)?$/s.exec(entry.name) ?? [];
    const folder = folders.split('/').filter((each) => each !== '' && each !== '.' && each !== '..');
    // What macOS puts beside the files.
    if (name === '' || name.startsWith('.') || folder[0] === '__MACOSX') continue;
    switch (ending.toLowerCase()) {
      case '.eml':
        yield await readEml(file, entry, folder, index.get(entry.name), limits);
        break;
      case '.mbox':
      case '.mbx':
        yield* readMboxEntry(file, entry, [...folder, name], limits);
        break;
    }
  }
}

async function readEml(
  file: RandomAccess,
  entry: ZipEntry,
  folder: readonly string[],
  said: IndexEntry | undefined,
  limits: ZipReadLimits,
): Promise<FoundMessage> {
  const message = entry.name;
  if (entry.sizeOctets > limits.messageOctets) return { kind: 'refused', folder, message, reason: 'tooLarge' };
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of inflated(file, entry)) pieces.push(piece);
  } catch (error) {
    if (!isOfTheFile(error)) throw error;
    return { kind: 'refused', folder, message, reason: 'unreadable' };
  }
  const octets = Buffer.concat(pieces);
  if (said) return { kind: 'message', folder, message, octets, receivedAt: said.receivedAt, flags: said.keywords };
  return { kind: 'message', folder, message, octets: withCrlf(octets), receivedAt: null, flags: [] };
}

async function* readMboxEntry(
  file: RandomAccess,
  entry: ZipEntry,
  folder: readonly string[],
  limits: ZipReadLimits,
): AsyncGenerator<FoundMessage> {
  let n = 0;
  yield { kind: 'folder', folder };
  try {
    for await (const one of readMbox(inflated(file, entry), limits)) {
      const message = `${entry.name} ${(n += 1)}`;
      if (one.kind === 'tooLarge') yield { kind: 'refused', folder, message, reason: 'tooLarge' };
      else yield { ...one, folder, message };
    }
  } catch (error) {
    if (!isOfTheFile(error) && !(error instanceof BadMbox)) throw error;
    yield { kind: 'refused', folder, message: entry.name, reason: 'unreadable' };
  }
}

/** zlib's complaints have a code that begins with Z_ or ERR_. */
function isOfTheFile(error: unknown): boolean {
  if (error instanceof BadZip) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

/** The octets of an entry, inflated. @throws {BadZip} when there are more than it claims. */
async function* inflated(file: RandomAccess, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const head = await file.bytes(entry.offset, entry.offset + localOctets);
  const start = entry.offset + readLocalHeader(head);
  const raw = file.stream(start, start + entry.compressedOctets);
  let octets = 0;
  const plain = entry.method === 'stored' ? raw : inflate(raw);
  for await (const piece of plain) {
    octets += piece.length;
    if (octets > entry.sizeOctets) throw new BadZip('more than it claims');
    yield piece;
  }
}

function inflate(raw: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const inflater = createInflateRaw();
  // Errors of either reach the reader of the inflater.
  pipeline(Readable.from(raw, { objectMode: false }), inflater, () => undefined);
  return inflater;
}

async function readIndex(file: RandomAccess, entries: readonly ZipEntry[]): Promise<ReadonlyMap<string, IndexEntry>> {
  const found = new Map<string, IndexEntry>();
  const entry = entries.find(({ name }) => name === indexName);
  if (!entry || entry.sizeOctets > indexOctets) return found;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of inflated(file, entry)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const said = readIndexLine(line);
      if (said) found.set(said.path, said);
    }
  }
  return found;
}
