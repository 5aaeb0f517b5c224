/**
 * What the tests need from the system. It is installed when that can be done without asking (root on Debian or a
 * descendant); otherwise the error says which command a person should type. Nothing is passed over in silence.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { getuid } from 'node:process';

/**
 * Looks for something, and installs its Debian package when it is missing.
 *
 * @param find says where it is, or undefined; asked again after the installation.
 * @throws {Error} with the sentence to show when it is missing and cannot be installed from here.
 */
export function need(name: string, debianPackage: string, find: () => string | undefined): string {
  const found = find();
  if (found !== undefined) return found;
  const command = `apt-get install -y --no-install-recommends ${debianPackage}`;
  if (getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`The tests need ${name}. On Debian: sudo ${command}`);
  }
  console.error(`Installing ${name}: ${command}`);
  run('apt-get', ['update']);
  run('apt-get', command.split(' ').slice(1));
  const installed = find();
  if (installed === undefined) throw new Error(`${name} is still missing after: ${command}`);
  return installed;
}

function run(command: string, words: readonly string[]): void {
  const { status } = spawnSync(command, words, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`This failed: ${command} ${words.join(' ')}`);
}

/** @returns the first path that exists. */
export const firstThatExists = (...paths: readonly string[]): string | undefined =>
  paths.find((path) => existsSync(path));
