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
import type { Failure } from './failures.ts';

const testTimeoutMs = 400_000;
const fileTimeoutMs = 600_000;
/** Past the deadline of a file, so long for what it has left to say. */
const graceMs = 5_000;
/** So many of the slowest files are named. */
const mostNamed = 12;

interface Tally {
  passed: number;
  readonly failures: Failure[];
}

export interface TestPlan {
  /** Searched for `*.test.ts`. */
  readonly folders: readonly string[];
  readonly fits?: (path: string) => boolean;
  /** How many files at once; as many as there are processors unless said. */
  readonly width?: number;
  /** The files that take longest, the longest first: begun last, one of them would run alone while the rest has ended. */
  readonly longest?: readonly string[];
}

export async function runTests({
  folders,
  fits = () => true,
  width = availableParallelism(),
  longest = [],
}: TestPlan): Promise<Outcome> {
  const files = folders.flatMap((folder) => listFiles(folder, (path) => path.endsWith('.test.ts') && fits(path)));
  if (files.length === 0) return { isGood: false, detail: `no test file in ${folders.join(', ')}` };
  const unknown = longest.filter((file) => !files.includes(file));
  if (unknown.length > 0) return { isGood: false, detail: `no such test file: ${unknown.join(', ')}` };
  const tally: Tally = { passed: 0, failures: [] };
  const times: { readonly file: string; readonly seconds: number }[] = [];
  const waiting = [...new Set([...longest, ...files])].values();
  const work = async (): Promise<void> => {
    for (const file of waiting) {
      const startedAt = performance.now();
      await runFile(file, tally);
      times.push({ file, seconds: (performance.now() - startedAt) / 1000 });
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  const slowest = times.toSorted((a, b) => b.seconds - a.seconds).slice(0, mostNamed);
  console.log(`Slowest: ${slowest.map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`).join(', ')}`);
  const { passed, failures } = tally;
  return {
    isGood: failures.length === 0,
    detail: `${passed} passed, ${failures.length} failed in ${files.length} files`,
    tests: { passed, failed: failures.length },
    failures,
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
  fail(tally, { where: file, name: '', said: `did not end within ${fileTimeoutMs / 1000} s` });
}

async function follow(file: string, signal: AbortSignal, tally: Tally): Promise<'ended'> {
  const events = run({ files: [join(rootPath, file)], timeout: testTimeoutMs, cwd: rootPath, signal });
  /** The suites and the test that are told of, from the outermost. */
  const names: string[] = [];
  for await (const event of events) {
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type === 'test:start') names.splice(event.data.nesting, Infinity, event.data.name);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const name = names.slice(0, event.data.nesting).concat(event.data.name).join(': ');
    if (event.data.skip !== undefined || event.data.todo !== undefined) {
      fail(tally, { where: file, name, said: 'is skipped' });
    } else if (event.type === 'test:fail') {
      const { line, details } = event.data;
      // A suite that fails because of a test in it has nothing of its own to say.
      if (details.error.message.includes('subtest')) continue;
      const where = line === undefined ? file : `${file}:${line}`;
      fail(tally, { where, name, said: inspect(details.error.cause ?? details.error, { depth: 6 }) });
    } else if (event.data.details.type !== 'suite') {
      tally.passed++;
    }
  }
  return 'ended';
}

/** Said at once and in full, for whoever watches; and kept for the end. */
function fail(tally: Tally, failure: Failure): void {
  tally.failures.push(failure);
  console.log(`✖ ${failure.name}\n  ${failure.where}\n  ${failure.said.replaceAll('\n', '\n  ')}`);
}
