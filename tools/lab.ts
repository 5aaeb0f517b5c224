/**
 * A whole server for tests and benches: `server/main.ts serve` in a process of its own, in a folder of its own, on
 * free ports of the loopback address, spoken to over its real protocols only. It can be killed and started again on
 * the same data.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rootPath } from './source/files.ts';
import { planCommands } from './testing/commands.ts';

const startTimeoutMs = 120_000;
const stopTimeoutMs = 90_000;

export interface LabAccount {
  readonly userName: string;
  readonly email: string;
  readonly password: string;
}

/** What `serve --json` says on one line once it answers. */
export interface Ready {
  readonly url: string;
  /** By head: http, smtp, lmtp, submission, imap, sieve, and those with TLS from the first octet. */
  readonly ports: Readonly<Record<string, number>>;
  readonly accounts: readonly LabAccount[];
}

export interface LabOptions {
  /** Holds everything the server writes; the caller removes it. */
  readonly folder: string;
  /** The embedded database in the folder when absent. */
  readonly databaseUrl?: string;
  /** Laboratory mode (`--lab`): no delays, clear-text passwords on the loopback address. On unless said otherwise. */
  readonly isLab?: boolean;
  /** With the demonstration academy (`--demo`). */
  readonly isDemo?: boolean;
  /** Further options, as `PLI_…` variables. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Lab {
  readonly start: () => Promise<Ready>;
  /** Asks the server to end (SIGTERM) and waits for it. @throws {Error} when it ends otherwise than with 0. */
  readonly stop: () => Promise<void>;
  /** SIGKILL: the machine's power is cut. Start again afterwards. */
  readonly kill: () => Promise<void>;
  /** Runs a command of `pli` on the same data, beside the server. @returns its standard output. @throws {Error} when it does not return 0. */
  readonly pli: (words: readonly string[], input?: string) => Promise<string>;
  /** Makes an account with a random password in the running server. */
  readonly addAccount: (userName: string) => Promise<LabAccount>;
  /** The server's process, while it runs. */
  readonly pid: () => number | undefined;
}

/** Plans a server; nothing runs until `start`. */
export function planLab(options: LabOptions): Lab {
  const env = environment(options);
  let server: ChildProcess | undefined;
  // A test that fails or is interrupted must not leave a server behind.
  process.once('exit', () => server?.kill('SIGKILL'));

  const start = async (): Promise<Ready> => {
    const modes = [...((options.isLab ?? true) ? ['--lab'] : []), ...(options.isDemo ? ['--demo'] : [])];
    const child = spawn(process.execPath, [join(rootPath, 'server/main.ts'), 'serve', '--json', ...modes], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server = child;
    return await new Promise<Ready>((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Error('The server did not become ready')), startTimeoutMs);
      child.once('exit', (code, signal) => {
        clearTimeout(tooLate);
        reject(new Error(`The server ended before it was ready (${code ?? signal})`));
      });
      // Anything else on the standard output is the log's affair.
      createInterface({ input: child.stdout }).on('line', (line) => {
        const ready = readReady(line);
        if (!ready) return;
        clearTimeout(tooLate);
        resolve(ready);
      });
    });
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    const child = server;
    server = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const tooLate = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(tooLate);
    return child.exitCode;
  };

  const run = planCommands(env);
  const pli = async (words: readonly string[], input = ''): Promise<string> => {
    const { code, out, err } = await run(words, input);
    if (code !== 0) throw new Error(`pli ${words.join(' ')} returned ${code}: ${err}`);
    return out;
  };

  return {
    start,
    stop: async () => {
      const running = server !== undefined;
      const code = await end('SIGTERM');
      if (running && code !== 0) throw new Error(`The server ended with ${code ?? 'a signal'} instead of 0`);
    },
    kill: async () => {
      await end('SIGKILL');
    },
    pli,
    addAccount: async (userName) => {
      const password = randomBytes(12).toString('base64url');
      const answer: unknown = JSON.parse(
        await pli(['account', 'add', userName, '--password-stdin', '--json'], `${password}\n`),
      );
      return { userName, email: textOf(answer, 'email'), password };
    },
    pid: () => server?.pid,
  };
}

function environment({ folder, databaseUrl, env }: LabOptions): NodeJS.ProcessEnv {
  const ports = ['HTTP', 'SMTP', 'LMTP', 'SUBMISSION', 'SUBMISSIONS', 'IMAP', 'IMAPS', 'SIEVE'];
  return {
    NODE_COMPILE_CACHE: join(rootPath, 'node_modules/.cache/pli'),
    ...process.env,
    PLI_DATA: folder,
    ...(databaseUrl === undefined ? {} : { PLI_DATABASE_URL: databaseUrl }),
    ...Object.fromEntries(ports.map((name) => [`PLI_${name}_PORT`, '0'])),
    ...env,
  };
}

function readReady(line: string): Ready | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(said) || !isRecord(said['ports']) || !Array.isArray(said['accounts'])) return undefined;
  const ports = Object.entries(said['ports']).map(([head, port]) => [head, Number(port)] as const);
  const accounts = said['accounts'].map((account: unknown) => ({
    userName: textOf(account, 'userName'),
    email: textOf(account, 'email'),
    password: textOf(account, 'password'),
  }));
  return { url: textOf(said, 'url'), ports: Object.fromEntries(ports), accounts };
}

function textOf(value: unknown, key: string): string {
  const found = isRecord(value) ? value[key] : undefined;
  if (typeof found !== 'string') throw new Error(`The server's answer has no ${key}: ${JSON.stringify(value)}`);
  return found;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
