/**
 * Debian's Dovecot beside Pli: its own defaults with maildir, passwords in clear on the loopback address, in a folder
 * of its own. It runs only where it is installed and we are root, since it changes users.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { runDovecot } from '#tools/testing/dovecot-process.ts';
import { freePort } from '#tools/testing/free-port.ts';
import type { MailServer } from './mail-server.ts';

const program = '/usr/sbin/dovecot';
const password = 'secret';

/** @returns undefined where Dovecot cannot run. */
export async function startDovecot(): Promise<
  { readonly server: MailServer; readonly stop: () => Promise<void> } | undefined
> {
  if (getuid?.() !== 0 || !existsSync(program)) return undefined;
  const [imapPort, lmtpPort] = [await freePort(), await freePort()];
  const { folder, pid, giveAway, stop } = await runDovecot(
    program,
    imapPort,
    (place, common) => common + settings(place, imapPort, lmtpPort),
  );
  const server: MailServer = {
    name: 'Dovecot',
    imapPort,
    lmtpPort,
    addUser: (name) => Promise.resolve({ userName: name, email: `${name}@dovecot.example`, password }),
    fill: async (user, messages) => {
      const home = join('users', user.userName);
      fillMaildir(join(folder, home, 'Maildir'), messages);
      giveAway(home);
      await Promise.resolve();
    },
    memoryKb: () => memoryOfGroupKb(pid),
  };
  return { server, stop };
}

/** Files of a maildir, seen, in `cur`, with dates a minute apart. */
function fillMaildir(folder: string, messages: Iterable<Buffer>): void {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(folder, part), { recursive: true });
  let number = 1_700_000_000;
  for (const message of messages) {
    number += 60;
    const path = join(folder, 'cur', `${number}.M1P1.${randomBytes(4).toString('hex')},S=${message.length}:2,S`);
    writeFileSync(path, message);
    utimesSync(path, number, number);
  }
}

function settings(folder: string, imapPort: number, lmtpPort: number): string {
  return `
protocols = imap lmtp
ssl = no
mail_uid = nobody
mail_gid = nogroup
mail_max_userip_connections = 5000
default_process_limit = 4000
default_client_limit = 10000
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${folder}/users/%n
}
namespace inbox {
  inbox = yes
}
service anvil {
  client_limit = 12000
}
service auth {
  client_limit = 12000
}
service imap-login {
  service_count = 0
  client_limit = 4000
  process_min_avail = 2
  inet_listener imap {
    address = 127.0.0.1
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  process_limit = 4000
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
`;
}

/** Proportional set size of a process and all that descend from it. */
function memoryOfGroupKb(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  let sum = 0;
  for (const pid of parents.keys()) {
    if (!isOurs(pid)) continue;
    try {
      sum += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
    } catch {
      // It ended while we looked.
    }
  }
  return sum;
}
