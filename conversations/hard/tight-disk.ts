/**
 * A folder on a disk that can be filled to the last octet and freed again. As root it is a small file system in memory;
 * for anybody else the kernel's limit on the size of a file (RLIMIT_FSIZE) stands in: no file can then grow beyond one page.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TightDisk {
  readonly kind: 'tmpfs' | 'limit';
  /** Everything the server keeps goes here. */
  readonly folder: string;
  /** From now on hardly anything can be written. */
  readonly fill: (serverPid: number | undefined) => void;
  readonly free: (serverPid: number | undefined) => void;
  /** Once the server has ended. */
  readonly remove: () => void;
}

export function makeTightDisk(sizeMegabytes: number): TightDisk {
  const place = mkdtempSync(join(tmpdir(), 'pli-tight-'));
  const folder = join(place, 'data');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMegabytes}m`, 'pli-test', place]);
  if (mounted.status === 0) {
    mkdirSync(folder);
    // A run that is interrupted must not leave a file system behind.
    const unmount = (): void => void spawnSync('umount', ['--lazy', place]);
    process.once('exit', unmount);
    return {
      kind: 'tmpfs',
      folder,
      fill: () => writeBallast(join(place, 'ballast')),
      free: () => rmSync(join(place, 'ballast')),
      remove: () => {
        process.off('exit', unmount);
        unmount();
        rmSync(place, { recursive: true, force: true });
      },
    };
  }
  mkdirSync(folder);
  const limit = (pid: number | undefined, octets: string): void => {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${octets}:unlimited`]);
    if (status !== 0) throw new Error(`prlimit failed: ${stderr.toString()}`);
  };
  return {
    kind: 'limit',
    folder,
    fill: (pid) => limit(pid, '4096'),
    free: (pid) => limit(pid, 'unlimited'),
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}

/** Fills the file system in ever smaller steps, until not even one page fits. */
function writeBallast(path: string): void {
  for (let octets = 4_194_304; octets >= 4096;) {
    try {
      writeFileSync(path, Buffer.alloc(octets), { flag: 'a' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      octets /= 2;
    }
  }
}
