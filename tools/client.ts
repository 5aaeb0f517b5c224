/**
 * The built client in web/dist: whether it is that of the present sources, and building it. A stamp inside it keeps
 * the digest of everything it is made from, so that a checkout or a changed clock neither hides a change nor builds
 * twice.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, rootPath } from './source/files.ts';

const stampPath = join(rootPath, 'web/dist/.built');

/** Builds the client where it is missing or stale; the build's own words go to the standard error. */
export async function buildClient(): Promise<void> {
  const digest = digestSources();
  if (digest === readStamp()) return;
  console.error('Building the web client …');
  const vite = spawn(
    process.execPath,
    [join(rootPath, 'node_modules/vite/bin/vite.js'), 'build', 'web', '--logLevel', 'warn'],
    {
      cwd: rootPath,
      stdio: ['ignore', process.stderr, process.stderr],
    },
  );
  const [code]: readonly unknown[] = await once(vite, 'exit');
  if (code !== 0) throw new Error('The web client did not build: see above');
  writeFileSync(stampPath, digest);
}

function readStamp(): string | undefined {
  try {
    return readFileSync(stampPath, 'utf8');
  } catch {
    return undefined;
  }
}

function digestSources(): string {
  const isMade = (path: string): boolean => !path.includes('.test.');
  const paths = [...listFiles('web', isMade), ...listFiles('formats', isMade), 'package-lock.json'];
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(rootPath, path)));
  return hash.digest('hex');
}

if (import.meta.main) await buildClient();
