/**
 * Runs test files with Node's own runner, one process a file, and prints only what went wrong: the names that passed
 * are not news. A skipped or unfinished test counts as a failure, and so does finding no file at all.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { listFiles, rootPath } from '#tools/source/files.ts';
import type { Outcome } from './commands.ts';

const testTimeoutMs = 300_000;

/**
 * @param folders searched for `*.test.ts`.
 * @param concurrency how many files at once.
 */
export async function runTests(
  folders: readonly string[],
  fits: (path: string) => boolean = () => true,
  concurrency: number = availableParallelism(),
): Promise<Outcome> {
  const files = folders.flatMap((folder) => listFiles(folder, (path) => path.endsWith('.test.ts') && fits(path)));
  if (files.length === 0) return { isGood: false, detail: `no test file in ${folders.join(', ')}` };
  const events = run({
    files: files.map((path) => join(rootPath, path)),
    concurrency,
    timeout: testTimeoutMs,
    cwd: rootPath,
  });
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for await (const event of events) {
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type === 'test:pass' && (event.data.skip !== undefined || event.data.todo !== undefined))
      skipped.push(event.data.name);
    else if (event.type === 'test:pass' && event.data.details.type !== 'suite') passed++;
    if (event.type !== 'test:fail') continue;
    const { name, file, line, details } = event.data;
    const cause: unknown = details.error.cause ?? details.error;
    // A suite that fails because of a test in it has nothing of its own to say.
    if (details.error.message.includes('subtest')) continue;
    failed++;
    console.log(`✖ ${name}\n  ${file ?? ''}:${line ?? ''}\n  ${inspect(cause, { depth: 6 }).replaceAll('\n', '\n  ')}`);
  }
  for (const name of skipped) console.log(`✖ skipped: ${name}`);
  const skips = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  return {
    isGood: failed === 0 && skipped.length === 0,
    detail: `${passed} passed, ${failed} failed${skips} in ${files.length} files`,
  };
}
