/**
 * Thunderbird without a screen, driven by Marionette: the remote control Mozilla tests its own programs with. Each
 * script runs with the program's own rights, so it does what a person's click would make the program do.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const startTimeoutMs = 60_000;

export type Preference = readonly [name: string, value: string | number | boolean];

export interface Thunderbird {
  /**
   * Runs the body of an async function in the program.
   * @returns what it returns, as JSON can say it. @throws {Error} with what it threw.
   */
  readonly run: (body: string, values?: readonly unknown[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Starts the program with a profile of its own below `folder`. */
export async function startThunderbird(
  program: string,
  folder: string,
  preferences: readonly Preference[],
): Promise<Thunderbird> {
  const profile = join(folder, 'profile');
  mkdirSync(profile, { recursive: true });
  const lines = [['marionette.port', 0] as const, ...preferences].map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const child = spawn(
    program,
    ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile],
    { stdio: 'ignore', env: { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8', MOZ_HEADLESS: '1' } },
  );
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const said = join(profile, 'MarionetteActivePort');
  const giveUpAt = performance.now() + startTimeoutMs;
  while (!existsSync(said) || readFileSync(said, 'latin1') === '') {
    if (child.exitCode !== null || performance.now() > giveUpAt) throw new Error('Thunderbird did not start');
    await sleep(100);
  }
  const wire = await Marionette.open(Number(readFileSync(said, 'latin1')));
  await wire.send('WebDriver:NewSession', { capabilities: {} });
  await wire.send('Marionette:SetContext', { value: 'chrome' });
  await wire.send('WebDriver:SetTimeouts', { script: 60_000 });
  return {
    run: async (body, values = []) => {
      const script = `const [values, done] = arguments;
        (async () => { ${body} })().then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) + '\\n' + error?.stack }));`;
      const answer = await wire.send('WebDriver:ExecuteAsyncScript', { script, args: [values], sandbox: 'system' });
      const { value } = answer as { readonly value: { readonly value?: unknown; readonly error?: string } };
      if (value.error !== undefined) throw new Error(`Thunderbird: ${value.error}`);
      return value.value;
    },
    close: async () => {
      const ended = once(child, 'exit');
      kill();
      await ended;
      process.off('exit', kill);
    },
  };
}

/** The wire: `length:[kind, id, …]`, answers in any order. */
class Marionette {
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #lastId = 0;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => this.#fail(new Error('Thunderbird has gone')));
    socket.on('error', (error) => this.#fail(error));
  }

  static async open(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Marionette(socket);
  }

  send(command: string, values: object): Promise<unknown> {
    const id = (this.#lastId += 1);
    const text = JSON.stringify([0, id, command, values]);
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const colon = this.#pending.indexOf(':');
      if (colon === -1) return;
      const end = colon + 1 + Number(this.#pending.toString('latin1', 0, colon));
      if (this.#pending.length < end) return;
      const packet: unknown = JSON.parse(this.#pending.toString('utf8', colon + 1, end));
      this.#pending = this.#pending.subarray(end);
      // The greeting is a record; an answer is [1, id, error, value].
      if (!Array.isArray(packet)) continue;
      const [, id, error, value]: readonly unknown[] = packet;
      const waiting = this.#waiting.get(Number(id));
      this.#waiting.delete(Number(id));
      if (error) waiting?.reject(new Error(`Marionette: ${JSON.stringify(error)}`));
      else waiting?.resolve(value);
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
