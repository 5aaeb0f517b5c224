/** `pli account slips RUN`: what is handed over on paper, one printable page a school. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from 'commander';

import { findRun } from './account-runs.ts';
import { addCommonOptions, BadUsage, print, type Session, withStore } from './context.ts';

interface SlipFlags {
  readonly output: string;
  readonly unit?: string;
  readonly renew?: boolean;
  readonly english?: boolean;
  readonly tenant?: string;
}

export function registerSlips(group: Command): void {
  addCommonOptions(group.command('slips'))
    .description('prints hand-over slips for those an import added who have not come in yet, one page a unit')
    .argument('<run>', 'its number, as account import runs lists it')
    .requiredOption('--output <folder>', 'where the pages go; made for its owner alone')
    .option('--unit <code>', 'only this unit and those below')
    .option('--renew', 'new provisional passwords also for those who have one: paper printed before is void')
    .option('--english', 'in English')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((run: string, options: SlipFlags, command: Command) =>
      withStore(command, (session) => printAll(session, run, options, command)),
    );
}

async function printAll(session: Session, number: string, flags: SlipFlags, command: Command): Promise<void> {
  const { handOver } = await import('#server/directory/slips.ts');
  const { printSlips } = await import('#server/ops/slips/page.ts');
  const { store, actor, config } = session;
  const { tenantId, tenantName: institution, run } = await findRun(session, number, flags);
  const unitPath = flags.unit === undefined ? undefined : await pathOf(session, tenantId, flags.unit);
  const url = config.http.url === '' ? `http://localhost:${config.http.port}` : config.http.url;
  const language = flags.english === true ? 'en' : 'fr';
  const page = { institution, url, timeZone: 'Europe/Paris', language } as const;
  mkdirSync(flags.output, { recursive: true, mode: 0o700 });
  const pages: { readonly file: string; readonly slips: number }[] = [];
  for await (const one of handOver(store, actor, tenantId, run.id, { unitPath, isRenewing: flags.renew === true })) {
    // A unit's code is letters, digits, dots and dashes (directory/unit.ts): no path.
    const file = join(flags.output, `${one.unit?.code ?? 'sans-unite'}.html`);
    // Written before the next ones are made: what is lost is one page at most.
    writeFileSync(file, printSlips(one, page), { mode: 0o600 });
    pages.push({ file, slips: one.slips.length });
  }
  print(command, pages, () => [
    ...pages.map(({ file, slips }) => `${file}: ${slips}`),
    pages.length === 0 ? 'nobody of this import waits for a slip' : 'hand them over, then delete these files',
  ]);
}

async function pathOf(
  { store, actor }: Session,
  tenantId: Awaited<ReturnType<typeof findRun>>['tenantId'],
  code: string,
) {
  const { listUnits } = await import('#server/directory/unit.ts');
  const found = (await listUnits(store, actor, tenantId)).find((unit) => unit.code === code.toLowerCase());
  if (!found) throw new BadUsage(`no unit ${code}`);
  return found.path;
}
