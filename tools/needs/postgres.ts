/**
 * A PostgreSQL for the tests. PLI_TEST_DATABASE_URL names one that is already there; without it a private cluster
 * starts in a temporary folder, on the loopback address only, that does not wait for the disk: tests kill our processes
 * and PostgreSQL's, which loses nothing of what the system was given, and never the machine. A bench asks for one that waits.
 *
 * The cluster belongs to a keeper process (postgres-keeper.ts) that ends it when our end of a pipe closes: it goes
 * with us even when we are killed.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Socket } from 'node:net';
import { firstThatExists, need } from './packages.ts';

/** PostgreSQL 15 is the oldest the platform supports. */
const oldestVersion = 15;

export interface Cluster {
  /** A superuser's URL, of the database `postgres`. */
  readonly url: string;
  /** Resolves when nothing is left of it. It is not needed at the end of a process. */
  readonly stop: () => Promise<void>;
}

interface Wanted {
  /** Whether it waits for the disk, as an operator's does. */
  readonly isDurable?: boolean;
}

/** @throws {Error} when PostgreSQL is missing and cannot be installed from here, or does not start. */
export async function needPostgres(wanted: Wanted = {}): Promise<Cluster> {
  const given = process.env['PLI_TEST_DATABASE_URL'];
  return given ? { url: given, stop: () => Promise.resolve() } : startCluster(wanted);
}

/** A private cluster in any case, for tests that break it. @throws {Error} as needPostgres. */
export async function startCluster({ isDurable = false }: Wanted = {}): Promise<Cluster> {
  const binaries = need(`PostgreSQL ${oldestVersion} or later`, 'postgresql', findBinaries);
  const words = [join(import.meta.dirname, 'postgres-keeper.ts'), binaries, isDurable ? 'durable' : 'quick'];
  const keeper = spawn(process.execPath, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => {
    keeper.once('exit', () => resolve());
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: keeper.stdout }).once('line', resolve);
    keeper.once('error', reject);
    keeper.once('exit', (code) => reject(new Error(`PostgreSQL did not start (${code})`)));
  });
  // Neither the process nor its pipes hold ours open: a test file ends when its tests end.
  keeper.unref();
  for (const pipe of [keeper.stdin, keeper.stdout]) if (pipe instanceof Socket) pipe.unref();
  const stop = (): Promise<void> => {
    keeper.ref();
    keeper.stdin.end();
    return gone;
  };
  return { url, stop };
}

/** @returns the folder of the newest installed version that is new enough. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = firstThatExists(debian) === undefined ? [] : readdirSync(debian).map(Number);
  const folders = versions
    .filter((version) => version >= oldestVersion)
    .toSorted((a, b) => b - a)
    .map((version) => join(debian, String(version), 'bin'));
  return folders.find((folder) => firstThatExists(join(folder, 'initdb')) !== undefined);
}
