/** An old mail server for tests: Debian's Dovecot with maildirs, a self-signed certificate and a master user. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';

import { printUtf7 } from '#formats/imap/utf7.ts';
import { needDovecot } from '#tools/needs/dovecot.ts';

import { testCertificate } from './certificate.ts';
import { runDovecot } from './dovecot-process.ts';
import { freePort } from './free-port.ts';

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

/** @throws {Error} when Dovecot is missing, or does not start. */
export async function startOldServer(): Promise<OldServer> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const { folder, log, giveAway, stop } = await runDovecot(needDovecot(), port, (place, common) => {
    const { cert, key } = testCertificate('old.example');
    writeFileSync(join(place, 'cert.pem'), cert);
    writeFileSync(join(place, 'key.pem'), key, { mode: 0o600 });
    writeFileSync(join(place, 'masters'), `${master.name}:{PLAIN}${master.password}\n`, { mode: 0o644 });
    return common + settings(place, port, tlsPort);
  });
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
      giveAway(join('users', user));
    },
    stop,
  };
}

function settings(folder: string, port: number, tlsPort: number): string {
  const isRoot = getuid?.() === 0;
  const { username, uid, gid } = userInfo();
  const self = isRoot ? '' : `default_internal_user = ${username}\ndefault_login_user = ${username}\n`;
  const [owner, group] = isRoot ? ['nobody', 'nogroup'] : [String(uid), String(gid)];
  return `
protocols = imap
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
auth_mechanisms = plain login
auth_master_user_separator = *
auth_failure_delay = 0
mail_uid = ${owner}
mail_gid = ${group}
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
