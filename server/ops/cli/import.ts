/** `pli import imap|mbox|eml|maildir|zip` */
import type { Command } from 'commander';

import type { DiskFormat } from '#server/imports/files/disk.ts';

import { addCommonOptions } from './context.ts';

const fileFormats: readonly (readonly [format: DiskFormat, what: string])[] = [
  ['mbox', 'an mbox file, or a folder of them (Thunderbird, Apple Mail, Google Takeout)'],
  ['eml', 'a file .eml, or a folder of them'],
  ['maildir', 'a maildir, with its sub-folders (Maildir++ or Dovecot’s layout "fs")'],
  ['zip', 'a ZIP of .eml or .mbox files, such as an export of ours'],
];

export function register(group: Command): void {
  addCommonOptions(group.command('imap'))
    .description('fetches whole accounts from an IMAP server; what was fetched before is not fetched again')
    .option('--host <name>', 'the old server')
    .option('--port <number>', '993, or 143 without TLS from the first octet')
    .option('--security <kind>', 'tls, starttls or clear', 'tls')
    .option('--user <name>', 'the user there')
    .option('--account <name>', 'address or user name here; that of --user without it')
    .option(
      '--csv <file>',
      'many accounts: columns user, and account, password, host where they differ; - is the standard input',
    )
    .option('--password-stdin', 'read the password from the standard input')
    .option('--password-file <file>', 'read the password from the first line of a file')
    .option('--master <name>', 'the password is that of this user, who may open all mailboxes')
    .option(
      '--master-form <form>',
      'authzid (SASL PLAIN), or the separator between user and master, such as *',
      'authzid',
    )
    .option('--accept-certificate <host...>', 'believe the certificate of these hosts, whatever it says')
    .option('--rate <octets>', 'at most so many octets a second and account, such as 500k')
    .option('--concurrency <number>', 'accounts at once', '4')
    .option('--detach', 'leave the work to the running server')
    .option('--report <file>', 'write a line of JSON for each account, and for each message that was refused')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action(async (flags: object, command: Command) => {
      const { importImap } = await import('./import-imap.ts');
      await importImap(flags, command);
    });
  for (const [format, what] of fileFormats) {
    addCommonOptions(group.command(format))
      .description(`brings in ${what}`)
      .argument('<path>')
      .requiredOption('--account <name>', 'address or user name')
      .option(
        '--into <mailbox>',
        'all into this mailbox: a role, or its path from the top; otherwise a mailbox a folder',
      )
      .option('--report <file>', 'write a line of JSON for each message that was refused')
      .option('--tenant <slug>', 'the institution, where there are several')
      .action(async (path: string, flags: { account: string }, command: Command) => {
        const { importFiles } = await import('./import-files.ts');
        await importFiles(format, path, flags, command);
      });
  }
}
