/** `pli unit add|list` */
import type { Command } from 'commander';

import { addUnits, listUnits } from '#server/directory/unit.ts';

import { addCommonOptions, findTenant, print, withStore } from './context.ts';

interface AddOptions {
  readonly tenant?: string;
  readonly name: string;
  readonly kind: string;
  readonly under?: string;
  readonly private?: boolean;
}

export function register(group: Command): void {
  addCommonOptions(group.command('add'))
    .description('adds a unit to the tree')
    .argument('<code>', 'unique in the institution: the UAI code of a school, a short name otherwise')
    .requiredOption('--name <name>')
    .option('--kind <kind>', 'academy, rectorate, service, dsden, ecole, college, lycee, university …', 'service')
    .option('--under <code>', 'the unit above')
    .option('--private', 'a private establishment')
    .option('--tenant <slug>')
    .action((code: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const { name, kind, under: parentCode } = options;
        const unit = { code, name, kind, parentCode, isPublic: options.private !== true };
        const [id] = await addUnits(session.store, session.actor, tenant.id, [unit]);
        print(command, { id, code }, () => [code]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('prints the tree')
    .option('--tenant <slug>')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const units = await listUnits(session.store, session.actor, tenant.id);
        print(command, units, () =>
          units.map(({ path, code, name }) => `${'  '.repeat(path.split('/').length - 3)}${code ?? '-'}  ${name}`),
        );
      }),
    );
}
