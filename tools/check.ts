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
import { printFailures, type Failure } from './check/failures.ts';
import { runTests } from './check/tests.ts';
import { buildClient } from './client.ts';
import { needChromium } from './needs/chromium.ts';
import { needPostgres } from './needs/postgres.ts';
import { needSwaks } from './needs/swaks.ts';
import { rootPath } from './source/files.ts';

interface Step {
  readonly name: string;
  readonly title: string;
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
    name: 'unit',
    title: 'Unit and store, both databases',
    run: () => runTests({ folders: ['formats', 'server', 'web', 'tools', 'bench', 'fuzz'] }),
  },
  {
    name: 'conversations',
    title: 'Conversations, both databases',
    run: () => runTests({ folders: ['conversations'] }),
  },
  { name: 'browser', title: 'Browser', run: () => browserTests((path) => !isAccessibility(path)) },
  { name: 'accessibility', title: 'Accessibility', run: () => browserTests(isAccessibility) },
];

async function browserTests(fits: (path: string) => boolean): Promise<Outcome> {
  await buildClient();
  return runTests({ folders: ['e2e'], fits, width: 2 });
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0)
    throw new Error(`No such step: ${unknown.join(', ')}. Steps: ${steps.map(({ name }) => name).join(', ')}`);
  const chosen = names.length === 0 ? steps : steps.filter(({ name }) => names.includes(name));
  const isTested = chosen.some(({ name }) => name !== 'types' && name !== 'lint');
  const cluster = isTested ? await prepare() : undefined;
  const lines: string[] = [];
  const failures: Failure[] = [];
  const all = { passed: 0, failed: 0 };
  let isGood = true;
  for (const { title, run } of chosen) {
    console.log(`\n── ${title}`);
    const startedAt = performance.now();
    const outcome = await run().catch((error: unknown): Outcome => ({ isGood: false, detail: String(error) }));
    failures.push(...(outcome.failures ?? []));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    lines.push(
      `${outcome.isGood ? 'ok    ' : 'FAILED'}  ${title.padEnd(32)} ${seconds.padStart(7)} s  ${outcome.detail}`,
    );
    all.passed += outcome.tests?.passed ?? 0;
    all.failed += outcome.tests?.failed ?? 0;
    isGood &&= outcome.isGood;
  }
  await cluster?.stop();
  if (isTested) console.log(`\n${all.passed} passed, ${all.failed} failed`);
  console.log(`\n${lines.join('\n')}`);
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
  return cluster;
}

await main(argv.slice(2));
