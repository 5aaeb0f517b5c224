/** Runs the checking programs of node_modules/.bin, whatever PATH says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { rootPath } from '#tools/source/files.ts';

/** What a step came to. `detail` is for the closing table, one line. */
export interface Outcome {
  readonly isGood: boolean;
  readonly detail: string;
  /** Where tests were run. */
  readonly tests?: { readonly passed: number; readonly failed: number };
}

/** Runs the commands one after the other, all of them, with their output on ours. Good when each returns 0. */
export async function runCommands(...commands: readonly (readonly [string, ...string[]])[]): Promise<Outcome> {
  const failed: string[] = [];
  for (const [program, ...words] of commands)
    if (!(await runCommand(program, words))) failed.push([program, ...words].join(' '));
  return {
    isGood: failed.length === 0,
    detail: failed.length === 0 ? `${commands.length} checks` : `failed: ${failed.join('; ')}`,
  };
}

async function runCommand(program: string, words: readonly string[]): Promise<boolean> {
  const path = [join(rootPath, 'node_modules/.bin'), env['PATH'] ?? ''].join(delimiter);
  const child = spawn(program, words, {
    cwd: rootPath,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, PATH: path },
  });
  const [code]: readonly unknown[] = await once(child, 'exit');
  return code === 0;
}
