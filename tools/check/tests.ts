/**
 * Runs test files with Node's own runner, one process a file, and prints only what went wrong: the names that passed
 * are not news. A skipped or unfinished test counts as a failure, and so does finding no file at all. A file that does
 * not end, as when a test leaves a child of its own running, is given up after a while, and named.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { listFiles, rootPath } from '#tools/source/files.ts';
import type { Outcome } from './commands.ts';

const testTimeoutMs = 300_000;
const fileTimeoutMs = 420_000;
/** Past the deadline of a file, so long for what it has left to say. */
const graceMs = 5_000;
/** So many of the slowest files are named. */
const mostNamed = 12;

interface Tally {
  passed: number;
  failed: number;
  readonly skipped: string[];
}

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
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  const times: { readonly file: string; readonly seconds: number }[] = [];
  const waiting = files.values();
  const work = async (): Promise<void> => {
    for (const file of waiting) {
      const startedAt = performance.now();
      await runFile(file, tally);
      times.push({ file, seconds: (performance.now() - startedAt) / 1000 });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  for (const name of tally.skipped) console.log(`✖ skipped: ${name}`);
  const slowest = times.toSorted((a, b) => b.seconds - a.seconds).slice(0, mostNamed);
  console.log(`Slowest: ${slowest.map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`).join(', ')}`);
  const { passed, failed, skipped } = tally;
  const skips = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  return {
    isGood: failed === 0 && skipped.length === 0,
    detail: `${passed} passed, ${failed} failed${skips} in ${files.length} files`,
    tests: { passed, failed },
  };
}

async function runFile(file: string, tally: Tally): Promise<void> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), fileTimeoutMs);
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<'given up'>();
  deadline.signal.addEventListener('abort', () => setTimeout(giveUp, graceMs, 'given up').unref());
  const ended = await Promise.race([follow(file, deadline.signal, tally), givenUp]);
  clearTimeout(timer);
  if (!deadline.signal.aborted && ended === 'ended') return;
  tally.failed++;
  console.log(`✖ ${file} did not end within ${fileTimeoutMs / 1000} s`);
}

async function follow(file: string, signal: AbortSignal, tally: Tally): Promise<'ended'> {
  const events = run({ files: [join(rootPath, file)], timeout: testTimeoutMs, cwd: rootPath, signal });
  for await (const event of events) {
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type === 'test:pass' && (event.data.skip !== undefined || event.data.todo !== undefined))
      tally.skipped.push(event.data.name);
    else if (event.type === 'test:pass' && event.data.details.type !== 'suite') tally.passed++;
    if (event.type !== 'test:fail') continue;
    const { name, line, details } = event.data;
    const cause: unknown = details.error.cause ?? details.error;
    // A suite that fails because of a test in it has nothing of its own to say.
    if (details.error.message.includes('subtest')) continue;
    tally.failed++;
    console.log(`✖ ${name}\n  ${file}:${line ?? ''}\n  ${inspect(cause, { depth: 6 }).replaceAll('\n', '\n  ')}`);
  }
  return 'ended';
}
