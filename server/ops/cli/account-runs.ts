/** `pli account import runs` and `pli account import undo RUN`: what imports of people did, and taking it back. */
import { createWriteStream } from 'node:fs';

import type { Command } from 'commander';

import type { UndoneLine } from '#server/directory/import-undo.ts';
import type { PeopleRun } from '#server/directory/import-runs.ts';
import type { PeopleRunId } from '#server/store/ids.ts';

import {
  addCommonOptions,
  BadUsage,
  findTenant,
  print,
  printTable,
  type Session,
  wantsJson,
  withStore,
} from './context.ts';

interface RunOptions {
  readonly tenant?: string;
}

interface UndoFlags extends RunOptions {
  readonly dryRun?: boolean;
  readonly report?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function registerRuns(group: Command): void {
  addCommonOptions(group.command('runs'))
    .description('lists the imports that can be undone, the last one first')
    .option(...tenantOption)
    .action((options: RunOptions, command: Command) =>
      withStore(command, async (session) => {
        const { runs } = await runsOf(session, options);
        print(command, runs, () => printTable(runs.map(rowOf)));
      }),
    );
  addCommonOptions(group.command('undo'))
    .description('undoes one import: whom it added and who never came in, what it changed, whom it closed')
    .argument('<run>', 'its number, as runs lists it')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--report <file>', 'write a line for each line that is undone, or is not')
    .option(...tenantOption)
    .action((run: string, options: UndoFlags, command: Command) =>
      withStore(command, (session) => undo(session, run, options, command)),
    );
}

async function undo(session: Session, number: string, flags: UndoFlags, command: Command): Promise<void> {
  const { undoRun } = await import('#server/directory/import-undo.ts');
  const { tenantId, run } = await findRun(session, number, flags);
  const report = flags.report === undefined ? undefined : createWriteStream(flags.report);
  const onLine = (line: UndoneLine): void => {
    report?.write(`${JSON.stringify(line)}\n`);
    const { kind } = line.outcome;
    if (kind !== 'undone' && kind !== 'removed' && !wantsJson(command)) console.error(sentenceOf(line));
  };
  const isDryRun = flags.dryRun === true;
  const summary = await undoRun(session.store, session.actor, tenantId, run.id, { isDryRun, onLine });
  if (report) await new Promise<void>((resolve) => report.end(resolve));
  const { undone, removed, closed, inUse, changedSince, gone } = summary;
  print(command, summary, () => [
    `${isDryRun ? 'would be ' : ''}removed: ${removed}; closed: ${closed}; as before: ${undone}; ` +
      `left because in use: ${inUse}; changed since: ${changedSince}; gone: ${gone}`,
  ]);
  if (inUse + changedSince > 0) process.exitCode = 1;
}

function sentenceOf({ line, userName, outcome }: UndoneLine): string {
  const where = line === undefined ? userName : `line ${line}: ${userName}`;
  switch (outcome.kind) {
    case 'inUse':
      return `${where}: left as it is, it is in use`;
    case 'changedSince':
      return `${where}: changed since, and left as it is: ${outcome.fields.join(', ')}`;
    case 'closed':
      return `${where}: closed rather than removed, something was done with it`;
    case 'gone':
      return `${where}: gone already`;
    case 'undone':
    case 'removed':
      return `${where}: ${outcome.kind}`;
  }
}

/** @throws {BadUsage} */
export async function findRun(session: Session, number: string, options: RunOptions) {
  const { tenantId, tenantName, runs } = await runsOf(session, options);
  const run = runs.find(({ id }: { id: PeopleRunId }) => String(id) === number);
  if (!run) throw new BadUsage(`no run ${number}: pli account import runs lists them`);
  return { tenantId, tenantName, run };
}

async function runsOf(session: Session, { tenant: slug }: RunOptions) {
  const { listRuns } = await import('#server/directory/import-runs.ts');
  const { id: tenantId, name: tenantName } = await findTenant(session, { slug });
  return { tenantId, tenantName, runs: await listRuns(session.store, session.actor, tenantId) };
}

function rowOf({ id, kind, source, startedAt, finishedAt, undoneAt, counts }: PeopleRun): readonly string[] {
  const { added = 0, changed = 0, closed = 0, refused = 0 } = counts;
  const state = undoneAt === null ? (finishedAt === null ? 'interrupted' : 'done') : 'undone';
  const sum = finishedAt === null ? '' : `+${added} ~${changed} -${closed} !${refused}`;
  return [String(id), new Date(startedAt).toISOString().slice(0, 16), kind, state, sum, source];
}
