/**
 * An old mail server for tests: Debian's Dovecot with maildirs, on loopback ports of its own, with a self-signed
 * certificate and a master user. A shell between us and it ends it when our end of a pipe closes, even by kill -9.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { printUtf7 } from '#formats/imap/utf7.ts';
import { needDovecot } from '#tools/needs/dovecot.ts';

import { testCertificate } from './certificate.ts';

export interface OldMessage {
  readonly octets: string;
  /** Letters of a maildir: S, F, R, D, and a to z for keywords of the folder. */
  readonly letters?: string;
  /** Seconds since 1970. */
  readonly at: number;
}

export interface OldServer {
  readonly port: number;
  /** TLS from the first octet. */
  readonly tlsPort: number;
  readonly password: string;
  readonly master: { readonly name: string; readonly password: string };
  /** Puts messages into a folder, named from the top; an empty path is the inbox. */
  fill(user: string, path: readonly string[], messages: readonly OldMessage[], keywords?: readonly string[]): void;
  /** The maildir of a user. */
  folderOf(user: string): string;
  log(): string;
  stop(): Promise<void>;
}

const password = 'ancien-mot-de-passe';
const master = { name: 'migration', password: 'passe-partout' };
const startTimeoutMs = 20_000;

/** @throws {Error} when Dovecot is missing, or does not start. */
export async function startOldServer(): Promise<OldServer> {
  const program = needDovecot();
  const folder = mkdtempSync(join(tmpdir(), 'pli-old-server-'));
  chmodSync(folder, 0o755);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const { cert, key } = testCertificate('old.example');
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
  writeFileSync(join(folder, 'masters'), `${master.name}:{PLAIN}${master.password}\n`, { mode: 0o644 });
  const config = join(folder, 'dovecot.conf');
  writeFileSync(config, settings(folder, port, tlsPort));
  mkdirSync(join(folder, 'users'));
  giveAway(join(folder, 'users'));
  const script = '"$1" -F -c "$2" & pid=$!; cat >/dev/null; kill $pid; wait $pid';
  const child = spawn('/bin/sh', ['-c', script, 'sh', program, config], { stdio: ['pipe', 'ignore', 'ignore'] });
  const log = (): string => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(port))) {
    if (Date.now() > deadline) throw new Error(`Dovecot did not start:\n${log()}`);
    await sleep(50);
  }
  const folderOf = (user: string): string => join(folder, 'users', user, 'Maildir');
  let count = 0;
  return {
    port,
    tlsPort,
    password,
    master,
    folderOf,
    log,
    fill(user, path, messages, keywords = []) {
      const name = path.length === 0 ? '' : `.${path.map(printUtf7).join('.')}`;
      const maildir = join(folderOf(user), name);
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, part), { recursive: true });
      if (keywords.length > 0)
        writeFileSync(join(maildir, 'dovecot-keywords'), keywords.map((word, index) => `${index} ${word}\n`).join(''));
      for (const { octets, letters = '', at } of messages) {
        count += 1;
        const file = join(maildir, 'cur', `${at}.M${count}P1.old:2,${letters.split('').sort().join('')}`);
        writeFileSync(file, octets);
        utimesSync(file, at, at);
      }
      giveAway(join(folder, 'users', user));
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Dovecot does not serve mail that root owns. */
function giveAway(path: string): void {
  if (getuid?.() === 0) spawnSync('chown', ['-R', 'nobody:nogroup', path]);
}

function settings(folder: string, port: number, tlsPort: number): string {
  const isRoot = getuid?.() === 0;
  const { username, uid, gid } = userInfo();
  const self = isRoot ? '' : `default_internal_user = ${username}\ndefault_login_user = ${username}\n`;
  const [owner, group] = isRoot ? ['nobody', 'nogroup'] : [String(uid), String(gid)];
  return `
protocols = imap
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_master_user_separator = *
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_uid = ${owner}
mail_gid = ${group}
first_valid_uid = 1
mail_max_userip_connections = 100
${self}
passdb {
  driver = passwd-file
  args = ${folder}/masters
  master = yes
  result_success = continue
}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${owner} gid=${group} home=${folder}/users/%n
}
namespace inbox {
  inbox = yes
  mailbox Corbeille {
    special_use = \\Trash
    auto = no
  }
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${tlsPort}
    ssl = yes
  }
}
`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
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
