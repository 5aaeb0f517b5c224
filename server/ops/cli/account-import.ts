/** `pli account import people.csv`: progress on the standard error, the lines that were refused, and the sum. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { stderr, stdin } from 'node:process';

import type { Command } from 'commander';

import { type ImportedLine, importPeople } from '#server/directory/import.ts';

import { BadUsage, findTenant, print, wantsJson, withStore } from './context.ts';

interface ImportFlags {
  readonly dryRun?: boolean;
  readonly keepPasswords?: boolean;
  readonly report?: string;
  readonly tenant?: string;
}

const toldEveryMs = 200;

export async function importFile(file: string, flags: ImportFlags, command: Command): Promise<void> {
  const source: AsyncIterable<Buffer> = file === '-' ? stdin : await openFile(file);
  const report = flags.report === undefined ? undefined : createWriteStream(flags.report);
  const isShown = stderr.isTTY && !wantsJson(command);
  let lines = 0;
  let toldAt = 0;
  const tell = (line: ImportedLine): void => {
    lines += 1;
    report?.write(`${JSON.stringify(line)}\n`);
    if (line.kind === 'refused' && !wantsJson(command))
      console.error(`${isShown ? '\r' : ''}line ${line.line}: ${line.problem} ${line.value}`);
    if (!isShown || performance.now() - toldAt < toldEveryMs) return;
    toldAt = performance.now();
    stderr.write(`\r${lines} lines`);
  };
  const summary = await withStore(command, async (session) => {
    const tenant = await findTenant(session, { slug: flags.tenant });
    return importPeople(session.store, session.actor, source, {
      tenantId: tenant.id,
      isDryRun: flags.dryRun === true,
      mustChangePassword: flags.keepPasswords !== true,
      onLine: tell,
    });
  });
  if (report) await new Promise<void>((resolve) => report.end(resolve));
  const { added, present, refused } = summary;
  print(command, summary, () => [
    `${isShown ? '\r' : ''}${flags.dryRun === true ? 'would be added' : 'added'}: ${added}; there already: ${present}; refused: ${refused}`,
  ]);
  if (refused > 0) process.exitCode = 1;
}

async function openFile(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    throw new BadUsage(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
