/** `pli account bulk ACTION --csv people.csv`: one act on everybody a file names, with its progress and a line for each. */
import { readFile } from 'node:fs/promises';
import { stderr } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

import type { Command } from 'commander';

import { decodeCsv } from '#formats/csv/decode.ts';
import { readNames } from '#formats/csv/names.ts';
import { printCsvLine } from '#formats/csv/print.ts';
import { type ActKind, actKinds } from '#server/administration/acts.ts';

import { addCommonOptions, BadUsage, findTenant, print, type Session, wantsJson, withStore } from './context.ts';

interface Options {
  readonly csv?: string;
  readonly reason?: string;
  readonly quota?: string;
  readonly tenant?: string;
}

const lookEveryMs = 200;
const fileOctets = 50 * 1024 * 1024;

export function registerBulk(group: Command): void {
  addCommonOptions(group.command('bulk'))
    .description('does one thing about everybody a CSV file names, and prints what became of each line as CSV')
    .argument('<action>', actKinds.join(', '))
    .requiredOption('--csv <file>', 'user names or addresses: the column that is headed so, else the first one')
    .requiredOption('--reason <text>', 'why, for the trace of each person')
    .option('--quota <octets>', 'with changeQuota: the new limit; “none” for no limit')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((action: string, options: Options, command: Command) =>
      withStore(command, (session) => runBulk(session, action, options, command)),
    );
}

async function runBulk(session: Session, action: string, options: Options, command: Command): Promise<void> {
  const { store, actor } = session;
  const kind = actKinds.find((one) => one === action);
  if (kind === undefined) throw new BadUsage(`the action is one of ${actKinds.join(', ')}`);
  const names = readNames(await readText(options.csv ?? ''));
  const tenant = await findTenant(session, { slug: options.tenant });
  const { startBulk, bulkKind } = await import('#server/administration/bulk/start.ts');
  const { bulkJob } = await import('#server/administration/bulk/run.ts');
  const { exportBulk, readBulk } = await import('#server/administration/bulk/list.ts');
  const { runJobs } = await import('#server/jobs/run.ts');
  const act = actOf(kind, options.quota);
  const reason = options.reason ?? '';
  const id = await startBulk(store, actor, { tenantId: tenant.id, act, personIds: [], names, reason });
  // Here or in the server, whoever is first: a line is done once.
  const faults: unknown[] = [];
  const runner = runJobs(
    store,
    { [bulkKind]: bulkJob(store) },
    { lookEveryMs, onFault: (_, error) => faults.push(error) },
  );
  try {
    for (;;) {
      const bulk = await readBulk(store, actor, tenant.id, id);
      if (stderr.isTTY && !wantsJson(command)) stderr.write(`\r${bulk.next} of ${bulk.total}`);
      if (bulk.finishedAt !== null) break;
      if (faults.length > 0) throw faults[0];
      await pause(lookEveryMs);
    }
  } finally {
    await runner.close();
  }
  if (stderr.isTTY && !wantsJson(command)) stderr.write('\n');
  const { counts } = await readBulk(store, actor, tenant.id, id);
  const lines: string[][] = [];
  for await (const page of await exportBulk(store, actor, tenant.id, id))
    for (const { text, outcome, why, provisionalPassword } of page)
      lines.push([text, outcome ?? '', why ?? '', provisionalPassword]);
  print(command, { id, ...counts, lines }, () => lines.map((cells) => printCsvLine(cells).trimEnd()));
  if (counts.refused + counts.unknown > 0) process.exitCode = 1;
}

/** @throws {BadUsage} */
function actOf(kind: ActKind, quota: string | undefined) {
  if (kind !== 'changeQuota') return { kind } as const;
  if (quota === undefined) throw new BadUsage('changeQuota asks for --quota');
  const quotaOctets = quota === 'none' ? null : Number(quota);
  if (quotaOctets !== null && !Number.isSafeInteger(quotaOctets)) throw new BadUsage('--quota is a number of octets');
  return { kind, quotaOctets } as const;
}

/** @throws {BadUsage} */
async function readText(path: string): Promise<string> {
  const octets = await readFile(path).catch((error: unknown) => {
    throw new BadUsage(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (octets.length > fileOctets) throw new BadUsage(`${path} is too large for a list of people`);
  const decoding = decodeCsv();
  return decoding.push(octets) + decoding.end();
}
