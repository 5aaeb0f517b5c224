/** What `pli import imap` is to do: one line each account, from the flags or from a CSV file. */
import { createReadStream, readFileSync } from 'node:fs';
import { stdin } from 'node:process';

import { readCsv } from '#formats/csv/read.ts';
import type { ImapSource, LoginForm, Security } from '#server/imports/record.ts';
import { securities } from '#server/imports/record.ts';

import { BadUsage, readPassword } from './context.ts';

export interface ImapFlags {
  readonly host?: string;
  readonly port?: string;
  readonly security?: string;
  readonly user?: string;
  readonly account?: string;
  readonly csv?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  readonly master?: string;
  readonly masterForm?: string;
  readonly acceptCertificate?: readonly string[];
  readonly rate?: string;
  readonly concurrency?: string;
  readonly detach?: boolean;
  readonly report?: string;
  readonly tenant?: string;
}

export interface PlannedImport {
  /** Of the CSV file; 1 without. */
  readonly line: number;
  readonly account: string;
  readonly source: ImapSource;
  readonly password: string;
}

export type PlannedLine =
  | ({ readonly kind: 'import' } & PlannedImport)
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

/** @throws {BadUsage} */
export async function planImapImports(flags: ImapFlags): Promise<readonly PlannedLine[]> {
  const common = await commonPassword(flags);
  if (flags.csv === undefined) return [planLine(flags, {}, 1, common)];
  if (flags.csv === '-' && flags.passwordStdin === true)
    throw new BadUsage('the standard input is the CSV file already');
  const source: AsyncIterable<Buffer> = flags.csv === '-' ? stdin : createReadStream(flags.csv);
  const lines: PlannedLine[] = [];
  let columns: readonly string[] | undefined;
  for await (const records of readCsv(source)) {
    for (const { line, fields, problem } of records) {
      if (columns === undefined) columns = readColumns(fields);
      else if (problem !== undefined) lines.push({ kind: 'bad', line, problem });
      else lines.push(planLine(flags, membersOf(columns, fields), line, common));
    }
  }
  return lines;
}

const columnNames = ['host', 'port', 'security', 'user', 'password', 'account'];

function readColumns(fields: readonly string[]): readonly string[] {
  const names = fields.map((field) => field.trim().toLowerCase());
  const unknown = names.filter((name) => !columnNames.includes(name));
  if (unknown.length > 0 || !names.includes('user'))
    throw new BadUsage(`the first line names the columns: ${columnNames.join(', ')}; user must be among them`);
  return names;
}

function membersOf(columns: readonly string[], fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(columns.map((name, index) => [name, (fields[index] ?? '').trim()]));
}

function planLine(
  flags: ImapFlags,
  row: Readonly<Record<string, string>>,
  line: number,
  common: string | undefined,
): PlannedLine {
  const bad = (problem: string): PlannedLine => ({ kind: 'bad', line, problem });
  const user = row['user'] || flags.user;
  const host = row['host'] || flags.host;
  const password = row['password'] || common;
  const security = securities.find((one) => one === (row['security'] || flags.security || 'tls'));
  if (!user) return bad('no user');
  if (!host) return bad('no host');
  if (!password) return bad('no password');
  if (security === undefined) return bad(`security is one of ${securities.join(', ')}`);
  const port = Number(row['port'] || flags.port || usualPort(security));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return bad('port is a number from 1 to 65535');
  const source: ImapSource = {
    kind: 'imap',
    host,
    port,
    security,
    userName: user,
    login: loginOf(flags),
    isTrusted: true,
    acceptsAnyCertificate: (flags.acceptCertificate ?? []).some((name) => name.toLowerCase() === host.toLowerCase()),
    octetsPerSecond: rateOf(flags.rate),
  };
  return { kind: 'import', line, account: row['account'] || flags.account || user, source, password };
}

export function usualPort(security: Security): number {
  return security === 'tls' ? 993 : 143;
}

function loginOf({ master, masterForm = 'authzid' }: ImapFlags): LoginForm {
  if (master === undefined) return { kind: 'owner' };
  if (masterForm === 'authzid') return { kind: 'authzid', master };
  if (masterForm.length > 3 || /[\s\w]/.test(masterForm))
    throw new BadUsage('--master-form is authzid or a separator such as *');
  return { kind: 'separator', master, separator: masterForm };
}

function rateOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, digits, unit = ''] = /^(\d{1,12})([kMG]?)$/.exec(text) ?? [];
  const factor = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit] ?? 1;
  if (digits === undefined || Number(digits) === 0)
    throw new BadUsage('--rate is a number of octets, such as 500k or 2M');
  return Number(digits) * factor;
}

async function commonPassword(flags: ImapFlags): Promise<string | undefined> {
  if (flags.passwordStdin === true) return readPassword();
  if (flags.passwordFile === undefined) return undefined;
  const [line = ''] = readFileSync(flags.passwordFile, 'utf8').split(/\r?\n/);
  if (line === '') throw new BadUsage(`${flags.passwordFile} holds no password`);
  return line;
}
