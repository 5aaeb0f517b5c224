/**
 * `pli import imap`: each account is an import with its job, which this process carries out, or the running server with
 * --detach. Killed, it is simply started again: an import that is open goes on, and nothing is brought twice.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Command } from 'commander';

import { Refusal } from '#server/access/refusal.ts';
import { listImports, type ListedImport, listRefused } from '#server/imports/list.ts';
import { isEnded, sourceKey } from '#server/imports/record.ts';
import { importJobs } from '#server/imports/run.ts';
import { resumeImport, startImport } from '#server/imports/start.ts';
import { runJobs } from '#server/jobs/run.ts';
import { planImports } from '#server/ops/importing.ts';
import type { AccountId, ImportId } from '#server/store/ids.ts';

import { BadUsage, print, printTable, type Session, wantsJson, withStore } from './context.ts';
import { findAccount } from './find-account.ts';
import { type ImapFlags, planImapImports, type PlannedImport } from './import-plan.ts';
import { type ProgressBar, progressBar } from './progress.ts';

interface Line {
  readonly line: number;
  readonly account: string;
  readonly user: string;
  readonly state: string;
  readonly problem: string | null;
  readonly imported: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly octets: number;
}

const lookEveryMs = 200;

export async function importImap(flags: ImapFlags, command: Command): Promise<void> {
  const concurrency = Number(flags.concurrency ?? '4');
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64)
    throw new BadUsage('--concurrency is a number from 1 to 64');
  const planned = await planImapImports(flags);
  const report = flags.report === undefined ? undefined : createWriteStream(flags.report);
  const lines = await withStore(command, async (session) => {
    const policy = { ...planImports(session.config), atOnce: concurrency };
    const bar = progressBar(command);
    const work = { session, key: policy.key, flags, bar, report, isJson: wantsJson(command) };
    const imports = importJobs(session.store, policy);
    const faults: unknown[] = [];
    const kinds = flags.detach === true ? {} : imports.kinds;
    const onFault = (_: unknown, error: unknown): void => {
      faults.push(error);
    };
    const runner = runJobs(session.store, kinds, { lookEveryMs, onFault });
    const queue = [...planned];
    const done: Line[] = [];
    const one = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const line = next.kind === 'bad' ? badLine(next.line, next.problem) : await carry(work, next, faults);
        tell(work, line);
        done.push(line);
      }
    };
    try {
      await Promise.all(Array.from({ length: concurrency }, one));
    } finally {
      imports.stop();
      await runner.close();
      bar.clear();
    }
    return done.sort((x, y) => x.line - y.line);
  });
  if (report) await new Promise<void>((resolve) => report.end(resolve));
  print(command, lines, () =>
    printTable([
      ['ACCOUNT', 'STATE', 'IMPORTED', 'THERE ALREADY', 'REFUSED', 'PROBLEM'],
      ...lines.map((line) => [
        line.account,
        line.state,
        String(line.imported),
        String(line.duplicates),
        String(line.refused),
        line.problem ?? '',
      ]),
    ]),
  );
  if (lines.some(({ state, refused }) => refused > 0 || (state !== 'done' && state !== 'waiting')))
    process.exitCode = 1;
}

interface Work {
  readonly session: Session;
  readonly key: Buffer;
  readonly flags: ImapFlags;
  readonly bar: ProgressBar;
  readonly report: WriteStream | undefined;
  readonly isJson: boolean;
}

/** Begins one import, or takes up the one that is open, and waits for its end. */
async function carry(work: Work, planned: PlannedImport, faults: readonly unknown[]): Promise<Line> {
  const { session, key, flags, bar } = work;
  const { store, actor } = session;
  try {
    const accountId = await findAccount(session, planned.account, flags.tenant);
    const id = await begin(session, accountId, key, planned);
    if (flags.detach === true)
      return { ...badLine(planned.line, ''), ...namesOf(planned), state: 'waiting', problem: null };
    for (;;) {
      if (faults.length > 0) throw faults[0];
      const found = (await listImports(store, actor, accountId)).find((one) => one.id === id);
      if (!found) return badLine(planned.line, 'removed');
      const { progress } = found;
      bar.show(planned.account, progress.imported + progress.duplicates + progress.refused, progress.messages);
      if (isEnded(found.state) || found.state === 'paused') {
        for (const refused of await listRefused(store, actor, accountId, id))
          work.report?.write(`${JSON.stringify({ account: planned.account, ...refused })}\n`);
        return lineOf(planned, found);
      }
      await sleep(lookEveryMs);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...badLine(planned.line, error.message), ...namesOf(planned) };
  }
}

async function begin(
  { store, actor }: Session,
  accountId: AccountId,
  key: Buffer,
  planned: PlannedImport,
): Promise<ImportId> {
  const { source, password } = planned;
  const known = (await listImports(store, actor, accountId)).find(
    (one) => !isEnded(one.state) && sourceKey(one.source) === sourceKey(source),
  );
  if (!known) return startImport(store, actor, accountId, key, { kind: 'imap', source, password });
  await resumeImport(store, actor, accountId, known.id, key, password);
  return known.id;
}

function namesOf({ account, source }: PlannedImport): Pick<Line, 'account' | 'user'> {
  return { account, user: source.userName };
}

function lineOf(planned: PlannedImport, { state, problem, progress }: ListedImport): Line {
  const { imported, duplicates, refused, octets } = progress;
  return { line: planned.line, ...namesOf(planned), state, problem, imported, duplicates, refused, octets };
}

function badLine(line: number, problem: string): Line {
  const none = { imported: 0, duplicates: 0, refused: 0, octets: 0 };
  return { line, account: '', user: '', state: 'refused', problem, ...none };
}

/** A line as soon as it is known: there may be thousands. */
function tell({ report, bar, isJson }: Work, line: Line): void {
  report?.write(`${JSON.stringify(line)}\n`);
  if (isJson || line.state === 'done') return;
  bar.clear();
  console.error(`line ${line.line}: ${line.account} ${line.state} ${line.problem ?? ''}`.trimEnd());
}
