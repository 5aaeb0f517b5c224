/**
 * What a command of the command line stands on: the configuration, the store it opens and closes, and how it prints.
 * Results go to the standard output (as JSON with --json), everything else to the standard error.
 */
import { userInfo } from 'node:os';
import { stdin } from 'node:process';

import type { Command } from 'commander';

import type { SystemActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { setAccessKey } from '#server/access/secret.ts';
import { type Config, readConfig } from '#server/config/read.ts';
import { findDomain } from '#server/directory/domain.ts';
import { listTenants, type Tenant } from '#server/directory/tenant.ts';
import type { Store } from '#server/store/store.ts';
import { read } from '#server/store/store.ts';

import { accessKeyOf } from '#server/ops/access-key.ts';

export interface Session {
  readonly config: Config;
  readonly store: Store;
  readonly actor: SystemActor;
}

/** A command cannot be understood: the exit code is 2. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage';
}

/** Options every command has: where the data is, how to print. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'folder of the server’s data')
    .option('--database-url <url>', 'sqlite:PATH or postgres://…')
    .option('--blobs-url <url>', 'file:FOLDER or s3://…')
    .option('--config <file>', 'TOML file of options')
    .option('--json', 'print JSON');
}

const configFlags = { data: 'data', databaseUrl: 'database-url', blobsUrl: 'blobs-url', config: 'config' };

export function configOf(command: Command): Config {
  const given: Readonly<Record<string, unknown>> = command.optsWithGlobals();
  const flags: Record<string, string> = {};
  for (const [property, flag] of Object.entries(configFlags)) {
    const value = given[property];
    if (typeof value === 'string') flags[flag] = value;
  }
  return readConfig({ flags });
}

/** Opens the store for `work` and closes it after. */
export async function withStore<T>(command: Command, work: (session: Session) => Promise<T>): Promise<T> {
  const config = configOf(command);
  const { openStore } = await import('#server/store/open.ts');
  const store = await openStore({ databaseUrl: config.database.url, blobsUrl: config.blobs.url });
  setAccessKey(store, accessKeyOf(config));
  try {
    return await work({ config, store, actor: { kind: 'system', as: 'operator', from: userInfo().username } });
  } finally {
    await store.close();
  }
}

export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true;
}

/** Prints the result: as one JSON text, or as `lines`. */
export function print(command: Command, result: unknown, lines: () => readonly string[]): void {
  if (wantsJson(command)) console.log(JSON.stringify(result));
  else for (const line of lines()) console.log(line);
}

/** Columns under each other, two spaces apart. */
export function printTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * The tenant a command means: the one named by --tenant, else that of the address's domain, else the only one.
 * @throws {BadUsage}
 */
export async function findTenant(
  { store, actor }: Session,
  { slug, address }: { readonly slug?: string | undefined; readonly address?: string | undefined },
): Promise<Tenant> {
  const tenants = await listTenants(store, actor);
  if (slug !== undefined) {
    const named = tenants.find((tenant) => tenant.slug === slug);
    if (!named) throw new BadUsage(`no tenant ${slug}; there is: ${tenants.map((one) => one.slug).join(', ')}`);
    return named;
  }
  if (address?.includes('@') === true) {
    const name = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    const domain = await read(store, (tx) => findDomain(tx, name));
    const owner = tenants.find((tenant) => tenant.id === domain?.tenantId);
    if (owner) return owner;
    throw new Refusal('noSuchDomain', { description: `no tenant has the domain ${name}` });
  }
  const [only, second] = tenants;
  if (!only) throw new BadUsage('there is no tenant yet: pli tenant add SLUG');
  if (second)
    throw new BadUsage(`several tenants: name one with --tenant (${tenants.map((one) => one.slug).join(', ')})`);
  return only;
}

/** A date and time as ISO 8601 writes them; null without one. @throws {BadUsage} */
export function readWhen(text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new BadUsage(`not a date: ${text}`);
  return at;
}

/** A password from the standard input: its first line. @throws {BadUsage} when there is none. */
export async function readPassword(): Promise<string> {
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    octets += piece.length;
    if (octets > 64 * 1024) throw new BadUsage('that is no password');
  }
  const [line = ''] = Buffer.concat(pieces).toString('utf8').split(/\r?\n/);
  if (line === '') throw new BadUsage('no password on the standard input');
  return line;
}
