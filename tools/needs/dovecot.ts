/** Dovecot, the IMAP server from which mail comes over in the tests: Debian's, in a folder and on ports of its own. */
import { firstThatExists, need } from './packages.ts';

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needDovecot(): string {
  return need('Dovecot (IMAP)', 'dovecot-imapd', () => firstThatExists('/usr/sbin/dovecot'));
}
