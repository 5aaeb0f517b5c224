/** `pli account import people.csv`: progress on the standard error, what differs or was refused, and the sum. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { stderr, stdin } from 'node:process';

import type { Command } from 'commander';

import { type CsvRecord, readCsv } from '#formats/csv/read.ts';
import type { ToldChange } from '#server/directory/import-change.ts';
import type { Closing } from '#server/directory/import-close.ts';
import { type ImportedLine, importPeople, type ImportOptions } from '#server/directory/import.ts';

import { BadUsage, findTenant, print, type Session, wantsJson, withStore } from './context.ts';
import { findDirectory } from './directory.ts';

export interface ImportFlags {
  readonly dryRun?: boolean;
  readonly update?: boolean;
  readonly closeMissing?: readonly string[];
  readonly closeAtMost?: string;
  readonly keepPasswords?: boolean;
  readonly report?: string;
  readonly tenant?: string;
}

/** Lines of people, from wherever; opened once the store is. */
export interface PeopleSource {
  readonly from: NonNullable<ImportOptions['from']>;
  readonly open: (session: Session) => Promise<AsyncIterable<readonly CsvRecord[]>>;
}

export async function importFile(file: string, flags: ImportFlags, command: Command): Promise<void> {
  const octets: AsyncIterable<Buffer> = file === '-' ? stdin : await openFile(file);
  const from = { kind: 'csv', source: file === '-' ? '-' : basename(file) } as const;
  await importFrom({ from, open: () => Promise.resolve(readCsv(octets)) }, flags, command);
}

/** @param named the provider's number or name. */
export async function importDirectory(named: string, flags: ImportFlags, command: Command): Promise<void> {
  const from = { kind: 'ldap', source: named } as const;
  const open = async (session: Session): Promise<AsyncIterable<readonly CsvRecord[]>> => {
    const { readPeople } = await import('#server/federation/ldap/people.ts');
    return readPeople(session.store, await findDirectory(session, named, flags));
  };
  await importFrom({ from, open }, flags, command);
}

/** The same whatever the lines come from. */
export async function importFrom(source: PeopleSource, flags: ImportFlags, command: Command): Promise<void> {
  const closing = closingOf(flags);
  const isDryRun = flags.dryRun === true;
  const told = tellLines(flags, command);
  const summary = await withStore(command, async (session) => {
    const tenant = await findTenant(session, { slug: flags.tenant });
    return importPeople(session.store, session.actor, await source.open(session), {
      tenantId: tenant.id,
      from: source.from,
      isDryRun,
      isUpdating: flags.update === true,
      closing,
      mustChangePassword: flags.keepPasswords !== true,
      onLine: told.hear,
    });
  });
  const { differences, more } = await told.end();
  const { run, added, changed, present, differing, refused, closed, notClosed } = summary;
  const would = isDryRun ? 'would be ' : '';
  print(command, isDryRun ? { ...summary, differences, moreDifferences: more } : summary, () => [
    ...differences.map(sentenceOf),
    ...(more > 0 ? [`… and ${more} more: --report FILE has them all`] : []),
    `${would}added: ${added}; ${would}changed: ${changed}; there already: ${present}; refused: ${refused}` +
      (closing ? `; ${would}closed: ${closed}` : ''),
    ...(differing > 0 ? [`of those there already ${differing} differ from their line; --update changes them`] : []),
    ...(notClosed === undefined ? [] : [whyNot[notClosed](closing)]),
    ...(run === undefined ? [] : [`run ${run}: pli account import undo ${run} undoes it`]),
  ]);
  if (refused > 0 || notClosed !== undefined) process.exitCode = 1;
}

const whyNot = {
  unreadableLines: () => 'nobody is closed: not every line could be read, so nobody knows who is missing',
  tooMany: (closing: Closing | undefined) =>
    `nobody is closed: more than ${closing?.atMost ?? 0} are missing; is the file whole? (--close-at-most)`,
} as const;

const closedUnlessSaid = 100;

function closingOf({ closeMissing, closeAtMost }: ImportFlags): Closing | undefined {
  if (closeMissing === undefined) return undefined;
  const atMost = closeAtMost === undefined ? closedUnlessSaid : Number(closeAtMost);
  if (!Number.isSafeInteger(atMost) || atMost < 0) throw new BadUsage('--close-at-most is a whole number');
  return { populations: new Set(closeMissing), atMost };
}

const toldEveryMs = 200;
const shownAtMost = 1_000;

interface Told {
  readonly hear: (line: ImportedLine) => void;
  /** What differs, of a dry run. */
  readonly end: () => Promise<{ readonly differences: readonly ImportedLine[]; readonly more: number }>;
}

function tellLines({ report: path, dryRun }: ImportFlags, command: Command): Told {
  const report = path === undefined ? undefined : createWriteStream(path);
  const isShown = stderr.isTTY && !wantsJson(command);
  const differences: ImportedLine[] = [];
  let more = 0;
  let lines = 0;
  let toldAt = 0;
  return {
    hear: (line) => {
      lines += 1;
      report?.write(`${JSON.stringify(line)}\n`);
      if (line.kind === 'refused' && !wantsJson(command))
        console.error(`${isShown ? '\r' : ''}line ${line.line}: ${line.problem} ${line.value}`);
      if (dryRun === true && isDifference(line)) {
        if (differences.length < shownAtMost) differences.push(line);
        else more += 1;
      }
      if (!isShown || performance.now() - toldAt < toldEveryMs) return;
      toldAt = performance.now();
      stderr.write(`\r${lines} lines`);
    },
    end: async () => {
      if (isShown) stderr.write('\r');
      if (report) await new Promise<void>((resolve) => report.end(resolve));
      return { differences, more };
    },
  };
}

function isDifference(line: ImportedLine): boolean {
  return line.kind === 'present' ? line.differs.length > 0 : line.kind !== 'refused';
}

function sentenceOf(line: ImportedLine): string {
  switch (line.kind) {
    case 'added':
      return `line ${line.line}: + ${line.userName} ${line.email}`;
    case 'changed':
      return `line ${line.line}: ~ ${line.key}: ${line.changes.map(differenceOf).join('; ')}`;
    case 'present':
      return `line ${line.line}: = ${line.key} differs: ${line.differs.map(differenceOf).join('; ')}`;
    case 'closed':
      return `- ${line.userName} (${line.key}) is in no line`;
    case 'refused':
      return `line ${line.line}: ${line.problem} ${line.value}`;
  }
}

function differenceOf({ field, from, to }: ToldChange): string {
  return field === 'alias' ? `alias + ${to ?? ''}` : `${field} ${from ?? '∅'} → ${to ?? '∅'}`;
}

async function openFile(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    throw new BadUsage(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
