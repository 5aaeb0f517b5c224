/** `pli account appoint|appointments|address`: where somebody works from when to when, and the addresses they have. */
import type { Command } from 'commander';

import type { PersonCard } from '#server/directory/people.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface Options {
  readonly tenant?: string;
  readonly unit?: string;
  readonly function?: string;
  readonly from?: string;
  readonly until?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function registerPlaces(group: Command): void {
  addCommonOptions(group.command('appoint'))
    .description('plans where somebody works; on its first day their unit and function change')
    .argument('<name>', 'user name or e-mail address')
    .requiredOption('--unit <code>', 'the unit they come to')
    .requiredOption('--from <day>', 'the first day, as 2026-09-01')
    .option('--until <day>', 'the last day')
    .option('--function <text>', 'as it is read; the one before stays without it')
    .option(...tenantOption)
    .action((name: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { appoint } = await import('#server/directory/appointments/appoint.ts');
        const { findUnitByCode } = await import('#server/directory/unit.ts');
        const person = await find(session, name, options);
        const unit = await findUnitByCode(session.store, person.tenantId, options.unit ?? '');
        if (!unit) throw new BadUsage(`no unit ${options.unit ?? ''}`);
        const { from = '', until = null, function: functionName = null } = options;
        const given = { unitId: unit.id, functionName, from, until };
        const made = await appoint(session.store, session.actor, person, given);
        print(command, made, () => [`${person.userName}: ${unit.name} from ${from} (${made.state})`]);
      }),
    );
  addCommonOptions(group.command('appointments'))
    .description('lists where somebody worked, works and will work')
    .argument('<name>', 'user name or e-mail address')
    .option(...tenantOption)
    .action((name: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { listAppointments } = await import('#server/directory/appointments/appoint.ts');
        const all = await listAppointments(session.store, session.actor, await find(session, name, options));
        print(command, all, () =>
          printTable(
            all.map(({ from, until, state, unitId, functionName }) => [
              from,
              until ?? '–',
              state,
              `unit ${unitId ?? '–'}`,
              functionName ?? '',
            ]),
          ),
        );
      }),
    );
  addCommonOptions(group.command('address'))
    .description(
      'add, remove, replace: an alias more or less, or another first address (the one before stays as an alias)',
    )
    .argument('<action>', 'add, remove or replace')
    .argument('<name>', 'user name or e-mail address')
    .argument('<address>')
    .option(...tenantOption)
    .action((action: string, name: string, address: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { addAlias, removeAlias, replaceAddress } = await import('#server/directory/alias.ts');
        const verbs = new Map([
          ['add', addAlias],
          ['remove', removeAlias],
          ['replace', replaceAddress],
        ]);
        const verb = verbs.get(action);
        if (!verb) throw new BadUsage('one of add, remove, replace');
        const { accountId, userName } = await find(session, name, options);
        await verb(session.store, session.actor, accountId, address);
        const { email, addresses } = await find(session, userName, options);
        print(command, { userName, email, addresses }, () =>
          printTable(addresses.map((one) => [one.address, one.address === email ? 'first' : one.kind])),
        );
      }),
    );
}

async function find(session: Session, name: string, { tenant }: Options): Promise<PersonCard> {
  const { findPerson } = await import('#server/directory/people.ts');
  const tenantId = tenant === undefined ? undefined : (await findTenant(session, { slug: tenant })).id;
  return findPerson(session.store, session.actor, name, tenantId);
}
