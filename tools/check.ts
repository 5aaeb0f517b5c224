/**
 * `npm test`: everything a change must pass, in the order in which it fails fastest. Every step runs even after one
 * has failed, and the closing table names each with its duration. Nothing is skipped: a step without test files,
 * a skipped test and a missing need are failures.
 *
 * `npm test -- types unit` runs only the named steps.
 */
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { runCommands, type Outcome } from './check/commands.ts';
import { printFailures } from './check/failures.ts';
import { runTests } from './check/tests.ts';
import { buildClient } from './client.ts';
import { needChromium } from './needs/chromium.ts';
import { needPostgres } from './needs/postgres.ts';
import { needSwaks } from './needs/swaks.ts';
import { rootPath } from './source/files.ts';
import { makeDemoFolder } from './testing/demo-folder.ts';
import { makeTemplate } from './testing/template.ts';

interface Step {
  readonly name: string;
  readonly title: string;
  /** It runs beside those that follow: it mostly waits, or is one file. */
  readonly isBeside?: boolean;
  readonly run: () => Promise<Outcome>;
}

const isAccessibility = (path: string): boolean => /access/.test(path);

const steps: readonly Step[] = [
  {
    name: 'types',
    title: 'Types',
    run: () => runCommands(['tsc', '-p', '.'], ['tsc', '-p', 'web'], ['tsc', '-p', 'e2e']),
  },
  {
    name: 'lint',
    title: 'Lint, format, dead code, index',
    run: () =>
      runCommands(
        ['oxlint', '--type-aware', '--deny-warnings'],
        ['oxfmt', '--check'],
        ['knip'],
        ['node', 'tools/rfc-index.ts', '--check'],
        ['node', 'tools/options.ts', '--check'],
      ),
  },
  {
    name: 'conversations',
    title: 'Conversations, both databases',
    isBeside: true,
    run: () => runTests({ folders: ['conversations'], width: 1 }),
  },
  {
    name: 'unit',
    title: 'Unit and store, both databases',
    run: () =>
      runTests({
        folders: ['formats', 'server', 'web', 'tools', 'bench', 'fuzz'],
        longest: [
          'server/search/search.test.ts',
          'server/imports/imap.test.ts',
          'server/search/substring.test.ts',
          'server/submission/crash.test.ts',
          'server/mail/personal/personal.test.ts',
          'server/protocols/jmap/mail/random.test.ts',
          'server/ops/verify/verify.test.ts',
          'server/ops/cli/import.test.ts',
          'server/ops/backup/backup.test.ts',
        ],
      }),
  },
  { name: 'accessibility', title: 'Accessibility', isBeside: true, run: () => browserTests(isAccessibility) },
  {
    name: 'browser',
    title: 'Browser',
    run: () =>
      browserTests(
        (path) => !isAccessibility(path),
        [
          'e2e/compose.test.ts',
          'e2e/list.test.ts',
          'e2e/security.test.ts',
          'e2e/console.test.ts',
          'e2e/import.test.ts',
          'e2e/live.test.ts',
        ],
      ),
  },
];

let readyForBrowser: Promise<void> | undefined;

async function browserTests(fits: (path: string) => boolean, longest: readonly string[] = []): Promise<Outcome> {
  await (readyForBrowser ??= buildClient().then(makeDemoFolder));
  // Much of it is waiting, for what is held a while before it leaves and for what is not shown at once.
  return runTests({ folders: ['e2e'], fits, width: 3, longest });
}

/** What came of a step, and the line for the closing table. */
interface Ended {
  readonly outcome: Outcome;
  readonly line: string;
}

async function runStep({ title, run }: Step): Promise<Ended> {
  console.log(`\n── ${title}`);
  const startedAt = performance.now();
  const outcome = await run().catch((error: unknown): Outcome => ({ isGood: false, detail: String(error) }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(7);
  return {
    outcome,
    line: `${outcome.isGood ? 'ok    ' : 'FAILED'}  ${title.padEnd(32)} ${seconds} s  ${outcome.detail}`,
  };
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0)
    throw new Error(`No such step: ${unknown.join(', ')}. Steps: ${steps.map(({ name }) => name).join(', ')}`);
  const chosen = names.length === 0 ? steps : steps.filter(({ name }) => names.includes(name));
  const isTested = chosen.some(({ name }) => name !== 'types' && name !== 'lint');
  const startedAt = performance.now();
  const cluster = isTested ? await prepare() : undefined;
  const running: Promise<Ended>[] = [];
  for (const step of chosen) {
    const ended = runStep(step);
    running.push(ended);
    if (step.isBeside !== true) await ended;
  }
  const all = await Promise.all(running);
  await cluster?.stop();
  const failures = all.flatMap(({ outcome }) => outcome.failures ?? []);
  const isGood = all.every(({ outcome }) => outcome.isGood);
  const sum = (part: 'passed' | 'failed'): number =>
    all.reduce((before, { outcome }) => before + (outcome.tests?.[part] ?? 0), 0);
  if (isTested) console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  console.log(`\n${all.map(({ line }) => line).join('\n')}`);
  console.log(`All of it: ${((performance.now() - startedAt) / 60_000).toFixed(1)} min`);
  if (failures.length > 0) console.log(`\n${printFailures(failures)}\n`);
  console.log(isGood ? 'All good.' : 'Something failed: see above.');
  // Whatever a failed test may have left open must not hold the answer back.
  process.exit(isGood ? 0 : 1);
}

/** Makes sure of what the tests need, all of it before the first test, and hands it to them. */
async function prepare(): Promise<{ readonly stop: () => Promise<void> }> {
  needChromium();
  needSwaks();
  const cluster = await needPostgres();
  env['PLI_TEST_DATABASE_URL'] = cluster.url;
  // Half of what a short test file costs is reading TypeScript that the file before it has read.
  env['NODE_COMPILE_CACHE'] ??= join(rootPath, 'node_modules/.cache/pli');
  const removeTemplate = await makeTemplate(cluster.url);
  return { stop: () => removeTemplate().then(cluster.stop) };
}

await main(argv.slice(2));
