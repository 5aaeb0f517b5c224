/** `pli import mbox|eml|maildir|zip PATH --account NAME`: run again, it brings only what is not there yet. */
import { writeFileSync } from 'node:fs';

import type { Command } from 'commander';

import { BadZip } from '#formats/zip/directory.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type DiskFormat, findOnDisk } from '#server/imports/files/disk.ts';
import { takeFound } from '#server/imports/files/take.ts';
import { type RefusedMessage, refusedKept } from '#server/imports/record.ts';
import type { MailboxTarget } from '#server/mail/mailboxes/path.ts';
import { mailboxRoles } from '#server/mail/mailboxes/change.ts';

import { BadUsage, configOf, print, withStore } from './context.ts';
import { findAccount } from './find-account.ts';
import { progressBar } from './progress.ts';

interface FileFlags {
  readonly account: string;
  readonly into?: string;
  readonly report?: string;
  readonly tenant?: string;
}

export async function importFiles(format: DiskFormat, path: string, flags: FileFlags, command: Command): Promise<void> {
  const { messageOctets } = configOf(command).imports;
  const bar = progressBar(command);
  const sum = { imported: 0, duplicates: 0, refused: 0, octets: 0 };
  const refused: RefusedMessage[] = [];
  const startedAt = performance.now();
  let stopped: string | undefined;
  await withStore(command, async (session) => {
    const accountId = await findAccount(session, flags.account, flags.tenant);
    const onBatch = (result: {
      imported: number;
      duplicates: number;
      octets: number;
      refused: readonly RefusedMessage[];
    }): void => {
      sum.imported += result.imported;
      sum.duplicates += result.duplicates;
      sum.octets += result.octets;
      sum.refused += result.refused.length;
      refused.push(...result.refused.slice(0, Math.max(0, refusedKept - refused.length)));
      bar.show(format, sum.imported + sum.duplicates + sum.refused, 0);
    };
    const taking = { store: session.store, accountId, into: targetOf(flags.into), onBatch };
    await takeFound(taking, findOnDisk(format, path, messageOctets)).catch((error: unknown) => {
      stopped = whyOf(error, path);
    });
  });
  bar.clear();
  if (flags.report !== undefined)
    writeFileSync(flags.report, refused.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const seconds = (performance.now() - startedAt) / 1000;
  print(command, { ...sum, seconds, stopped: stopped ?? null, messages: refused }, () => [
    `imported: ${sum.imported}; there already: ${sum.duplicates}; refused: ${sum.refused}; in ${seconds.toFixed(1)} s`,
    ...refused.slice(0, 20).map(({ folder, message, reason }) => `  refused (${reason}): ${folder} ${message}`),
    ...(stopped === undefined ? [] : [`stopped: ${stopped}`]),
  ]);
  if (sum.refused > 0 || stopped !== undefined) process.exitCode = 1;
}

/** What stops an import and can go on when it is started again. */
function whyOf(error: unknown, path: string): string {
  if (error instanceof Refusal && error.reason === 'overQuota')
    return 'the mailbox is full; start again when there is room, and the rest is brought in';
  if (error instanceof BadZip) return `${path}: ${error.message}`;
  if (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES')
  )
    throw new BadUsage(`${path} cannot be read: ${error.message}`);
  throw error;
}

function targetOf(into: string | undefined): MailboxTarget | null {
  if (into === undefined) return null;
  const role = mailboxRoles.find((one) => one === into.toLowerCase());
  if (role !== undefined) return { kind: 'role', role };
  const path = into.split('/').filter((name) => name !== '');
  if (path.length === 0) throw new BadUsage('--into is a role or a path');
  return { kind: 'path', path };
}
