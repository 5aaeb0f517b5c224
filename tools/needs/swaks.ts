/** Swaks, the SMTP test client that sends from outside, written by others than us. */
import { firstThatExists, need } from './packages.ts';

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needSwaks(): string {
  return need('swaks', 'swaks', () => firstThatExists('/usr/bin/swaks', '/usr/local/bin/swaks'));
}
