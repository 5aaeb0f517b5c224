/**
 * Debian's Dovecot, run in a folder and on loopback ports of its own, for whoever writes its configuration: maildirs
 * under `users` in the folder. A shell between us and it ends it when our end of a pipe closes, even by kill -9.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const startTimeoutMs = 20_000;

export interface DovecotProcess {
  readonly folder: string;
  /** Of Dovecot's own first process. */
  readonly pid: number;
  readonly log: () => string;
  /** Below `folder`; Dovecot does not serve mail that root owns. */
  readonly giveAway: (path: string) => void;
  /** Its folder goes with it. */
  readonly stop: () => Promise<void>;
}

/**
 * @param program the path of the program.
 * @param port where IMAP without TLS answers once it has started.
 * @param settings writes what else the configuration needs into the folder; `common` begins it.
 * @throws {Error} when Dovecot does not start.
 */
export async function runDovecot(
  program: string,
  port: number,
  settings: (folder: string, common: string) => string,
): Promise<DovecotProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'pli-dovecot-'));
  chmodSync(folder, 0o755);
  const config = join(folder, 'dovecot.conf');
  writeFileSync(config, settings(folder, commonSettings(folder)));
  const giveAway = (path: string): void => {
    if (getuid?.() === 0) spawnSync('chown', ['-R', 'nobody:nogroup', join(folder, path)]);
  };
  mkdirSync(join(folder, 'users'));
  giveAway('users');
  const script = '"$1" -F -c "$2" & pid=$!; cat >/dev/null; kill $pid; wait $pid';
  const child = spawn('/bin/sh', ['-c', script, 'sh', program, config], { stdio: ['pipe', 'ignore', 'ignore'] });
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const log = (): string => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(port))) {
    if (Date.now() > deadline) {
      const said = log();
      await stop();
      throw new Error(`Dovecot did not start:\n${said}`);
    }
    await sleep(50);
  }
  const pid = Number(readFileSync(join(folder, 'run/master.pid'), 'utf8'));
  return { folder, pid, log, giveAway, stop };
}

function commonSettings(folder: string): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
first_valid_uid = 1
`;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [greeting] = await Promise.race([once(socket, 'data'), sleep(2_000).then(() => [''])]);
    return String(greeting).startsWith('* OK');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
