/** sieve-connect, a ManageSieve client written by others than us. */
import { firstThatExists, need } from './packages.ts';

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needSieveConnect(): string {
  return need('sieve-connect', 'sieve-connect', () => firstThatExists('/usr/bin/sieve-connect'));
}
