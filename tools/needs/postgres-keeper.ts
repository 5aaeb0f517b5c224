/**
 * Keeps one private PostgreSQL cluster (see postgres.ts): makes it, prints its URL on one line, and stops and removes
 * it when the standard input ends. Started as `node postgres-keeper.ts BINARIES durable|quick`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, getuid, stdin } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#tools/testing/free-port.ts';

const startTimeoutMs = 30_000;

const binaries = argv[2] ?? '';
const isDurable = argv[3] === 'durable';
const folder = mkdtempSync(join(tmpdir(), 'pli-postgres-'));
const password = randomBytes(18).toString('base64url');
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}); // our parent decides by its pipe

const user = unprivileged();
makeCluster();
const port = await freePort();
const server = spawn(join(binaries, 'postgres'), settings(), {
  ...user,
  cwd: folder,
  stdio: ['ignore', 'ignore', 'pipe'],
});
let log = '';
server.stderr.on('data', (chunk: Buffer) => {
  log = (log + chunk.toString()).slice(-4000);
});
const exited = once(server, 'exit');
await answering();
console.log(`postgres://pli:${password}@127.0.0.1:${port}/postgres`);

stdin.resume();
await Promise.race([once(stdin, 'end'), once(stdin, 'close')]);
server.kill('SIGINT'); // fast shutdown: sessions are ended, nothing is left half written
await exited;
process.exit(0);

/** PostgreSQL refuses root. @returns whom to become, or nothing when we are somebody ordinary already. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (getuid?.() !== 0) return {};
  const people = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }] as const),
  );
  const found = people.get('postgres') ?? people.get('nobody');
  if (!found) throw new Error('There is no user postgres to run PostgreSQL as');
  chownSync(folder, found.uid, found.gid);
  return found;
}

function makeCluster(): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const words = ['-D', join(folder, 'data'), '-U', 'pli', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'scram-sha-256'];
  const { status, stderr } = spawnSync(join(binaries, 'initdb'), [...words, `--pwfile=${passwordFile}`], {
    ...user,
    cwd: folder,
  });
  if (status !== 0) throw new Error(`initdb failed: ${stderr.toString()}`);
}

function settings(): readonly string[] {
  const values = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=64MB',
    // Only the power of the whole machine could be missed by it, and with that the folder is gone too.
    ...(isDurable ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
  return ['-D', join(folder, 'data'), '-p', String(port), ...values.flatMap((value) => ['-c', value])];
}

async function answering(): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!log.includes('ready to accept connections') || !(await accepts())) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`PostgreSQL did not start:\n${log}`);
    await sleep(50);
  }
}

async function accepts(): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
