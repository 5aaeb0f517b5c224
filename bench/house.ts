/** The server under measurement: a real one, on real ports, in a place of its own. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planLab, type Lab, type LabAccount, type Ready } from '#tools/lab.ts';
import { needPostgres } from '#tools/needs/postgres.ts';
import { makePlace, planPlace, removePlace, type DatabaseName } from '#tools/testing/places.ts';
import type { Row } from './measure.ts';

export interface House {
  readonly lab: Lab;
  readonly ready: Ready;
  readonly folder: string;
  readonly databaseUrl: string;
  /** Whether to measure less, for a first look. */
  readonly isQuick: boolean;
}

export interface Bench {
  readonly name: string;
  readonly run: (house: House) => Promise<readonly Row[]>;
}

/** Runs `work` with a server of its own, and leaves nothing behind. */
export async function withHouse<T>(
  database: DatabaseName,
  isQuick: boolean,
  work: (house: House) => Promise<T>,
): Promise<T> {
  const cluster = database === 'postgres' ? await needPostgres({ isDurable: true }) : undefined;
  const place = planPlace(database, cluster?.url ?? '');
  await makePlace(place);
  const lab = planLab({ folder: place.folder, databaseUrl: place.databaseUrl, env: { PLI_LOG_LEVEL: 'warn' } });
  try {
    const { folder, databaseUrl } = place;
    return await work({ lab, ready: await lab.start(), folder, databaseUrl, isQuick });
  } finally {
    await lab.kill();
    await removePlace(place);
    await cluster?.stop();
  }
}

/** Makes accounts, one program each. */
export async function addAccounts(house: House, prefix: string, count: number): Promise<readonly LabAccount[]> {
  const accounts: LabAccount[] = [];
  for (let index = 0; index < count; index += 1) accounts.push(await house.lab.addAccount(`${prefix}${index}`));
  return accounts;
}

/** @throws {Error} when the server has no such port. */
export function portOf(house: House, head: string): number {
  const port = house.ready.ports[head];
  if (port === undefined) throw new Error(`The server has no port for ${head}`);
  return port;
}

/** Resident memory of the server's process in kB, as Linux counts it. */
export function residentKb(house: House): number {
  const status = readFileSync(`/proc/${house.lab.pid()}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

/** What the folder takes on the disk, in octets. */
export function diskOctets(folder: string): number {
  let octets = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    octets += entry.isDirectory() ? diskOctets(path) : lstatSync(path).blocks * 512;
  }
  return octets;
}
