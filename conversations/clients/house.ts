/** What the tests with other people's programs share: running one, and what an account holds as seen by IMAP. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import type { LabAccount, Ready } from '#tools/lab.ts';
import { digestOf } from '#conversations/hard/letters.ts';
import { portOf } from '#conversations/hard/house.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs a program to its end; what it says on both outputs, whether it succeeds or not. */
export function run(
  program: string,
  words: readonly string[],
  options: { readonly input?: string; readonly home: string },
): Promise<Ran> {
  const env = { PATH: '/usr/bin:/bin', HOME: options.home, LANG: 'C.UTF-8', TERM: 'xterm' };
  return new Promise((resolve) => {
    const child = execFile(program, words, { timeout: 60_000, env, maxBuffer: 64_000_000 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, out: stdout + stderr });
    });
    child.stdin?.end(options.input ?? '');
  });
}

/** @throws {AssertionError} with what the program said, unless it succeeds. @returns what it said. */
export async function succeed(
  program: string,
  words: readonly string[],
  options: { readonly input?: string; readonly home: string },
): Promise<string> {
  const { code, out } = await run(program, words, options);
  assert.equal(code, 0, `${program} ${words.join(' ')}:\n${out}`);
  return out;
}

/** An IMAP connection of one account by imapflow, without TLS since it is the loopback address. */
export async function openImap(
  ready: Ready,
  account: LabAccount,
  more: Partial<ImapFlowOptions> = {},
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: portOf(ready, 'imap'),
    secure: false,
    doSTARTTLS: false,
    auth: { user: account.userName, pass: account.password },
    logger: false,
    ...more,
  });
  await client.connect();
  return client;
}

export interface Seen {
  readonly uid: number;
  /** Sorted, without \Recent. */
  readonly flags: readonly string[];
  readonly digest: string;
}

/** Everything a mailbox holds, by uid. @param prepare what the digest is made of, where it is not the message itself. */
export async function lookInto(
  client: ImapFlow,
  path: string,
  prepare = (message: Buffer): Buffer => message,
): Promise<readonly Seen[]> {
  const lock = await client.getMailboxLock(path);
  try {
    const seen: Seen[] = [];
    for await (const { uid, flags, source } of client.fetch('1:*', { uid: true, flags: true, source: true })) {
      assert.ok(source);
      seen.push({
        uid,
        flags: [...(flags ?? [])].filter((flag) => flag !== '\\Recent').sort(),
        digest: digestOf(prepare(source)),
      });
    }
    return seen;
  } finally {
    lock.release();
  }
}
