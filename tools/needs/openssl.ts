/** OpenSSL's program: what it says of our certificates and signatures is not our own word. */
import { firstThatExists, need } from './packages.ts';

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needOpenssl(): string {
  return need('OpenSSL', 'openssl', () => firstThatExists('/usr/bin/openssl', '/usr/local/bin/openssl'));
}
