/** slapd, the LDAP directory of OpenLDAP as Debian ships it: somebody else's server to bind to and to read from. */
import { spawnSync } from 'node:child_process';
import { getuid } from 'node:process';

import { firstThatExists, need } from './packages.ts';

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needSlapd(): string {
  const find = (): string | undefined => firstThatExists('/usr/sbin/slapd', '/usr/local/libexec/slapd');
  // Debian would make a database of its own and start a server on the usual port: neither is wanted here.
  if (find() === undefined && getuid?.() === 0)
    spawnSync('debconf-set-selections', { input: 'slapd slapd/no_configuration boolean true\n' });
  return need('slapd', 'slapd', find);
}
