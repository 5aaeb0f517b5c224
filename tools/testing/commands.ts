/**
 * The commands of `pli`, run one after the other by one process that stays: most of what a short command costs is
 * loading the program, and tests run hundreds. Each command opens its store and closes it, as it does in a process of
 * its own. What is about the process itself (signals, being killed, serving) needs one, and does not go through here.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { rootPath } from '#tools/source/files.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param input is its standard input. */
export type RunCommand = (words: readonly string[], input?: string) => Promise<Ran>;

/**
 * Nothing runs until the first command; the process goes with ours.
 *
 * @param env of the commands; `PATH` and the folder of compiled code are there anyway.
 */
export function planCommands(env: NodeJS.ProcessEnv): RunCommand {
  let program: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const start = (): ChildProcess => {
    const child = fork(join(import.meta.dirname, 'commands-process.ts'), {
      env: { NODE_COMPILE_CACHE: join(rootPath, 'node_modules/.cache/pli'), PATH: process.env['PATH'], ...env },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    // It waits for us, and must not be waited for.
    child.unref();
    child.channel?.unref();
    return child;
  };

  const ask = (words: readonly string[], input: string): Promise<Ran> =>
    new Promise((resolve, reject) => {
      if (program?.connected !== true) program = start();
      const child = program;
      const settle = (): void => {
        child.off('message', hear).off('exit', end);
        child.channel?.unref();
      };
      const hear = (ran: Ran): void => {
        settle();
        resolve(ran);
      };
      const end = (code: number | null, signal: string | null): void => {
        settle();
        reject(new Error(`pli ${words.join(' ')} ended the process (${code ?? signal})`));
      };
      child.on('message', hear).on('exit', end);
      child.channel?.ref();
      child.send({ words, input });
    });

  return (words, input = '') => {
    const ran = last.then(() => ask(words, input));
    last = ran.catch(() => undefined);
    return ran;
  };
}
