/** Mail programs written by others than us, from Debian, that the tests let loose on the server. */
import { firstThatExists, need } from './packages.ts';

/** Each program with the package that brings it. */
const packages = {
  mbsync: 'isync',
  offlineimap: 'offlineimap3',
  neomutt: 'neomutt',
  curl: 'curl',
  thunderbird: 'thunderbird',
} as const;

export type MailClient = keyof typeof packages;

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needMailClient(name: MailClient): string {
  return need(name, packages[name], () => firstThatExists(`/usr/bin/${name}`, `/usr/local/bin/${name}`));
}
