/**
 * The data of a server with the demonstration academy, made once and copied for each server of the browser tests:
 * making it, and its index, takes longer than most of them. `npm test` makes it; a file run alone does without.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { planLab } from '#tools/lab.ts';
import { temporaryFolder } from './folder.ts';

const variable = 'PLI_TEST_DEMO_FOLDER';
const indexWithinMs = 60_000;

/** Makes it, and tells the processes that start from now on. It goes with ours. */
export async function makeDemoFolder(): Promise<void> {
  if (env[variable] !== undefined) return;
  const folder = temporaryFolder();
  // Not a laboratory: that has an institution of its own, which each server that is one adds to its copy.
  const lab = planLab({ folder, isDemo: true, isLab: false });
  await lab.start();
  await indexed(join(folder, 'pli.sqlite'));
  await lab.stop();
  env[variable] = folder;
}

/** Copies it, where it was made, into the folder of a server that has not begun yet. */
export function copyDemoFolder(to: string): void {
  const from = env[variable];
  if (from !== undefined) cpSync(from, to, { recursive: true });
}

/** What is not in the index yet would be indexed anew by every server. */
async function indexed(path: string): Promise<void> {
  const database = new DatabaseSync(path, { readOnly: true });
  const until = performance.now() + indexWithinMs;
  while (Number(database.prepare('select count(*) as due from search_due').get()?.['due']) > 0) {
    if (performance.now() > until) throw new Error('The demonstration was not indexed in time');
    await sleep(50);
  }
  database.close();
}
