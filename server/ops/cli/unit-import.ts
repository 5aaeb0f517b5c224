/** `pli unit import`: the units of a directory that are not here yet. */
import type { Command } from 'commander';

import type { ImportedUnit } from '#server/federation/ldap/units.ts';

import { addCommonOptions, print, withStore } from './context.ts';
import { findDirectory } from './directory.ts';

interface ImportOptions {
  readonly ldap: string;
  readonly dryRun?: boolean;
  readonly tenant?: string;
}

export function registerUnitImport(group: Command): void {
  addCommonOptions(group.command('import'))
    .description('adds the units of a directory that are not here yet')
    .requiredOption('--ldap <provider>', 'the directory, by its number or name')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--tenant <slug>')
    .action((options: ImportOptions, command: Command) =>
      withStore(command, async (session) => {
        const { importUnits } = await import('#server/federation/ldap/units.ts');
        const directory = await findDirectory(session, options.ldap, options);
        const isDryRun = options.dryRun === true;
        const units = await importUnits(session.store, session.actor, directory, { isDryRun });
        print(command, units, () => units.flatMap(sentenceOf));
        if (units.some(({ kind }) => kind === 'refused')) process.exitCode = 1;
      }),
    );
}

function sentenceOf(unit: ImportedUnit): readonly string[] {
  switch (unit.kind) {
    case 'added':
      return [`+ ${unit.code}  ${unit.name}${unit.parentCode === undefined ? '' : `  (${unit.parentCode})`}`];
    case 'differs':
      return [`= ${unit.code}  ${unit.here} here, ${unit.there} there`];
    case 'refused':
      return [`! ${unit.dn}: ${unit.problem}`];
    case 'present':
      return [];
  }
}
