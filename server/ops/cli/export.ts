/** `pli export mbox|maildir|zip --account NAME OUT`: an account's mail as files, with flags and dates. */
import { createWriteStream, existsSync } from 'node:fs';
import { stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';

import type { Command } from 'commander';

import type { ExportPlan } from '#server/exports/emails.ts';

import { addCommonOptions, BadUsage, print, type Session, withStore } from './context.ts';
import { progressBar } from './progress.ts';

interface ExportFlags {
  readonly account: string;
  readonly content?: string;
  readonly tenant?: string;
}

type Format = 'mbox' | 'maildir' | 'zip';

const summaries: Readonly<Record<Format, string>> = {
  mbox: 'a folder with an .mbox for each mailbox',
  maildir: 'a maildir with a sub-folder for each mailbox (Maildir++)',
  zip: 'one ZIP; - is the standard output',
};

export function register(group: Command): void {
  for (const format of ['mbox', 'maildir', 'zip'] as const) {
    const command = addCommonOptions(group.command(format))
      .description(`writes ${summaries[format]}`)
      .argument('<out>')
      .requiredOption('--account <name>', 'address or user name')
      .option('--tenant <slug>', 'the institution, where there are several');
    if (format === 'zip')
      command.option('--content <kind>', 'eml: a file each message; mbox: a file each mailbox', 'eml');
    command.action((out: string, flags: ExportFlags, self: Command) => exportTo(format, out, flags, self));
  }
}

async function exportTo(format: Format, out: string, flags: ExportFlags, command: Command): Promise<void> {
  const { planExport } = await import('#server/exports/emails.ts');
  const { findAccount } = await import('./find-account.ts');
  const bar = progressBar(command);
  let emails = 0;
  const plan = await withStore(command, async (session) => {
    const accountId = await findAccount(session, flags.account, flags.tenant);
    const planned = await planExport(session.store, session.actor, accountId);
    const total = planned.folders.reduce((sum, { totalEmails }) => sum + totalEmails, 0);
    await write(session, format, out, flags, planned, () => bar.show(format, (emails += 1), total));
    return planned;
  });
  bar.clear();
  if (out === '-') return;
  print(command, { emails, mailboxes: plan.folders.length, out }, () => [
    `${emails} emails of ${plan.folders.length} mailboxes in ${out}`,
  ]);
}

async function write(
  { store, actor }: Session,
  format: Format,
  out: string,
  flags: ExportFlags,
  plan: ExportPlan,
  onEmail: () => void,
): Promise<void> {
  if (format === 'zip') {
    const { zipExport } = await import('#server/exports/zip.ts');
    const { content } = flags;
    if (content !== 'eml' && content !== 'mbox') throw new BadUsage('--content is eml or mbox');
    if (out !== '-' && existsSync(out)) throw new BadUsage(`${out} is there already`);
    const target = out === '-' ? stdout : createWriteStream(out, { mode: 0o600, flags: 'wx' });
    await pipeline(zipExport(store, actor, plan, content, onEmail), target);
    return;
  }
  const { FolderNotEmpty, openEmptyFolder, writeMaildir, writeMboxes } = await import('#server/exports/folder.ts');
  await openEmptyFolder(out).catch((error: unknown) => {
    throw error instanceof FolderNotEmpty ? new BadUsage(error.message) : error;
  });
  await (format === 'mbox' ? writeMboxes : writeMaildir)(store, actor, plan, out, onEmail);
}
