/**
 * The door of the command line. Compiled code is kept between runs before anything else is loaded, because most of
 * what a short command costs is loading: half a second without, a quarter with it.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** In the installation, not in a temporary folder: whoever may write there may change the program anyway. */
const cacheFolder = fileURLToPath(new URL('../../../node_modules/.cache/pli', import.meta.url));

const flushAfterMs = 5_000;

/**
 * Runs one command.
 * @param argv without the program's own two words: `['account', 'add', 'jdupont']`.
 * @returns the exit code; a command that serves returns when it has stopped.
 */
export async function runCommand(argv: readonly string[]): Promise<number> {
  // A folder that cannot be written is no matter: loading is slower, that is all.
  enableCompileCache(cacheFolder);
  const { run } = await import('./run.ts');
  // A server may end by kill -9: what it compiled is kept before.
  setTimeout(flushCompileCache, flushAfterMs).unref();
  return run(argv);
}
