/** Messages on the operator's disk: mbox files, .eml files and maildirs, alone or in folders of folders. */
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import {
  maildirMarker,
  readFlagLetters,
  readFolderName,
  readFolderPart,
  readKeywordList,
} from '#formats/maildir/names.ts';
import { withCrlf } from '#formats/mbox/lines.ts';
import { BadMbox, readMbox } from '#formats/mbox/read.ts';

import type { FoundMessage } from './found.ts';
import { readZip } from './zip.ts';

export type DiskFormat = 'mbox' | 'eml' | 'maildir' | 'zip';

const deepest = 20;

/**
 * Finds the messages at `path`, folders in the order of their names.
 * @throws {BadMbox}, {BadZip}, and what the disk says.
 */
export function findOnDisk(format: DiskFormat, path: string, messageOctets: number): AsyncIterable<FoundMessage> {
  switch (format) {
    case 'mbox':
      return findMboxes(path, messageOctets);
    case 'eml':
      return findEml(path, [], messageOctets);
    case 'maildir':
      return findMaildirs(path, messageOctets);
    case 'zip':
      return findInZip(path, messageOctets);
    default:
      return format satisfies never;
  }
}

async function* findMboxes(path: string, messageOctets: number): AsyncGenerator<FoundMessage> {
  if ((await stat(path)).isFile()) {
    yield* readMboxFile(path, namesOfMbox(path.replace(/^.*\//, '')), messageOctets);
    return;
  }
  yield* mboxesIn(path, [], messageOctets, 0);
}

/** Thunderbird keeps sub-folders in `Name.sbd`, Apple Mail exports `Name.mbox/mbox`. */
async function* mboxesIn(
  path: string,
  folder: readonly string[],
  messageOctets: number,
  depth: number,
): AsyncGenerator<FoundMessage> {
  if (depth > deepest) return;
  for (const entry of await entriesOf(path)) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) {
      yield* mboxesIn(below, [...folder, entry.name.replace(/\.(?:sbd|mbox)$/i, '')], messageOctets, depth + 1);
      continue;
    }
    if (!entry.isFile() || /\.(?:msf|dat|html|json|sqlite)$/i.test(entry.name) || !(await isMbox(below))) continue;
    const isApple = entry.name === 'mbox' && path.endsWith('.mbox');
    yield* readMboxFile(below, isApple ? folder : [...folder, ...namesOfMbox(entry.name)], messageOctets);
  }
}

function namesOfMbox(fileName: string): readonly string[] {
  return [fileName.replace(/\.(?:mbox|mbx)$/i, '')];
}

async function isMbox(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0);
    return bytesRead === 0 || buffer.toString('latin1') === 'From ';
  } finally {
    await file.close();
  }
}

async function* readMboxFile(
  path: string,
  folder: readonly string[],
  messageOctets: number,
): AsyncGenerator<FoundMessage> {
  yield { kind: 'folder', folder };
  let n = 0;
  try {
    for await (const one of readMbox(createReadStream(path), { messageOctets })) {
      const message = String((n += 1));
      if (one.kind === 'tooLarge') yield { kind: 'refused', folder, message, reason: 'tooLarge' };
      else yield { ...one, folder, message };
    }
  } catch (error) {
    if (!(error instanceof BadMbox)) throw error;
    yield { kind: 'refused', folder, message: path, reason: 'unreadable' };
  }
}

async function* findEml(
  path: string,
  folder: readonly string[],
  messageOctets: number,
  depth = 0,
): AsyncGenerator<FoundMessage> {
  if ((await stat(path)).isFile()) {
    yield await readOne(path, { folder, flags: [], receivedAt: null, isExact: false }, messageOctets);
    return;
  }
  if (depth > deepest) return;
  const entries = await entriesOf(path);
  for (const entry of entries.filter((one) => one.isFile() && /^[^.].*\.eml$/i.test(one.name)))
    yield await readOne(join(path, entry.name), { folder, flags: [], receivedAt: null, isExact: false }, messageOctets);
  for (const entry of entries.filter((one) => one.isDirectory()))
    yield* findEml(join(path, entry.name), [...folder, entry.name], messageOctets, depth + 1);
}

interface Manner {
  readonly folder: readonly string[];
  readonly flags: readonly string[];
  readonly receivedAt: number | null;
  /** The octets stay as they are, whatever their line ends. */
  readonly isExact: boolean;
}

async function readOne(path: string, manner: Manner, messageOctets: number): Promise<FoundMessage> {
  const { folder, flags, receivedAt, isExact } = manner;
  const found = await stat(path).catch(() => undefined);
  if (!found) return { kind: 'refused', folder, message: path, reason: 'gone' };
  if (found.size > messageOctets) return { kind: 'refused', folder, message: path, reason: 'tooLarge' };
  const octets = await readFile(path);
  return { kind: 'message', folder, message: path, octets: isExact ? octets : withCrlf(octets), receivedAt, flags };
}

async function* findMaildirs(path: string, messageOctets: number): AsyncGenerator<FoundMessage> {
  const isExact = (await stat(join(path, maildirMarker)).catch(() => undefined)) !== undefined;
  yield* maildirsIn(path, [], { messageOctets, isExact }, 0);
}

/** Maildir++ (`.Classes.4e B` at the top) and Dovecot's layout "fs" (a folder in a folder). */
async function* maildirsIn(
  path: string,
  folder: readonly string[],
  how: { readonly messageOctets: number; readonly isExact: boolean },
  depth: number,
): AsyncGenerator<FoundMessage> {
  const entries = (await entriesOf(path)).filter((entry) => entry.isDirectory());
  if (entries.some(({ name }) => name === 'cur')) yield* readMaildir(path, folder, how);
  if (depth > deepest) return;
  for (const { name } of entries) {
    if (name === 'cur' || name === 'new' || name === 'tmp') continue;
    const names = name.startsWith('.') ? readFolderName(name) : [readFolderPart(name)];
    yield* maildirsIn(join(path, name), [...folder, ...names], how, depth + 1);
  }
}

async function* readMaildir(
  path: string,
  folder: readonly string[],
  { messageOctets, isExact }: { readonly messageOctets: number; readonly isExact: boolean },
): AsyncGenerator<FoundMessage> {
  yield { kind: 'folder', folder };
  const keywords = readKeywordList(await readFile(join(path, 'dovecot-keywords'), 'utf8').catch(() => ''));
  for (const part of ['cur', 'new']) {
    for (const entry of await entriesOf(join(path, part)).catch(() => [])) {
      if (!entry.isFile() || entry.name.startsWith('.')) continue;
      const file = join(path, part, entry.name);
      const receivedAt = (await stat(file).catch(() => undefined))?.mtimeMs ?? null;
      const flags = readFlagLetters(entry.name, keywords);
      const manner = { folder, flags, receivedAt: receivedAt === null ? null : Math.round(receivedAt), isExact };
      yield await readOne(file, manner, messageOctets);
    }
  }
}

async function* findInZip(path: string, messageOctets: number): AsyncGenerator<FoundMessage> {
  const file = await open(path);
  try {
    const { size: sizeOctets } = await file.stat();
    const bytes = async (start: number, end: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    };
    const stream = (start: number, end: number): AsyncIterable<Uint8Array> =>
      end > start ? createReadStream(path, { start, end: end - 1 }) : (async function* none() {})();
    yield* readZip({ sizeOctets, bytes, stream }, { messageOctets, totalOctets: Number.MAX_SAFE_INTEGER });
  } finally {
    await file.close();
  }
}

async function entriesOf(path: string) {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
