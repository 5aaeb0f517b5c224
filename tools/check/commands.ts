/** Runs the checking programs of node_modules/.bin, whatever PATH says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { rootPath } from '#tools/source/files.ts';
import type { Failure } from './failures.ts';

/** Of what a failed command said, so much is kept for the end of the run. */
const keptOctets = 2_000;

/** What a step came to. `detail` is for the closing table, one line. */
export interface Outcome {
  readonly isGood: boolean;
  readonly detail: string;
  /** Where tests were run. */
  readonly tests?: { readonly passed: number; readonly failed: number };
  readonly failures?: readonly Failure[];
}

/** Runs the commands one after the other, all of them, with their output on ours. Good when each returns 0. */
export async function runCommands(...commands: readonly (readonly [string, ...string[]])[]): Promise<Outcome> {
  const failures: Failure[] = [];
  for (const [program, ...words] of commands) {
    const said = await runCommand(program, words);
    if (said !== undefined) failures.push({ where: [program, ...words].join(' '), name: '', said });
  }
  return {
    isGood: failures.length === 0,
    detail:
      failures.length === 0 ? `${commands.length} checks` : `failed: ${failures.map(({ where }) => where).join('; ')}`,
    failures,
  };
}

/** @returns what a failed one said last; undefined where it returned 0. */
async function runCommand(program: string, words: readonly string[]): Promise<string | undefined> {
  const path = [join(rootPath, 'node_modules/.bin'), env['PATH'] ?? ''].join(delimiter);
  const child = spawn(program, words, {
    cwd: rootPath,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, PATH: path },
  });
  let said = '';
  for (const [stream, ours] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const)
    stream.on('data', (chunk: Buffer) => {
      ours.write(chunk);
      said = (said + chunk.toString()).slice(-keptOctets);
    });
  const [code]: readonly unknown[] = await once(child, 'close');
  return code === 0 ? undefined : said;
}
