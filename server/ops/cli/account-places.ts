/** `pli account appoint|cancel-appointment|appointments|address`: where somebody works from when to when, and the addresses they have. */
import type { Command } from 'commander';

import type { PersonCard } from '#server/directory/people.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface Options {
  readonly tenant?: string;
  readonly unit?: string;
  readonly function?: string;
  readonly from?: string;
  readonly until?: string;
  readonly population?: string;
  readonly quota?: string;
  readonly leave?: boolean;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function registerPlaces(group: Command): void {
  addCommonOptions(group.command('appoint'))
    .description('plans where somebody works; on its first day their unit and function change')
    .argument('<name>', 'user name or e-mail address')
    .option('--unit <code>', 'the unit they come to; where they are without it')
    .requiredOption('--from <day>', 'the first day, as 2026-09-01')
    .option('--until <day>', 'the last day')
    .option('--function <text>', 'as it is read; the one before stays without it')
    .option('--population <name>', 'another population')
    .option('--quota <size>', 'another quota, as 2G')
    .option('--leave', 'what was before comes back after the last day')
    .option(...tenantOption)
    .action((name: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { appoint } = await import('#server/directory/appointments/appoint.ts');
        const { findUnitByCode } = await import('#server/directory/unit.ts');
        const { readQuota } = await import('#server/directory/import-row.ts');
        const person = await find(session, name, options);
        const unit =
          options.unit === undefined ? undefined : await findUnitByCode(session.store, person.tenantId, options.unit);
        if (options.unit !== undefined && !unit) throw new BadUsage(`no unit ${options.unit}`);
        const { from = '', until = null, function: functionName = null, population = null, leave = false } = options;
        const quotaOctets = readQuota(options.quota ?? '');
        if (quotaOctets === undefined) throw new BadUsage('--quota is a size, as 2G');
        const unitId = unit ? unit.id : person.unitId;
        const given = { unitId, functionName, population, quotaOctets, from, until, isLeave: leave };
        const made = await appoint(session.store, session.actor, person, given);
        print(command, made, () => [
          `${person.userName}: ${unit?.name ?? 'the same unit'} from ${from} (${made.state})`,
        ]);
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
            all.map(({ id, from, until, state, unitId, functionName, isLeave }) => [
              String(id),
              from,
              until ?? '–',
              isLeave ? `${state}, leave` : state,
              `unit ${unitId ?? '–'}`,
              functionName ?? '',
            ]),
          ),
        );
      }),
    );
  addCommonOptions(group.command('cancel-appointment'))
    .description('takes back an appointment whose day has not come')
    .argument('<name>', 'user name or e-mail address')
    .argument('<number>', 'as pli account appointments shows it')
    .option(...tenantOption)
    .action((name: string, number: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { cancelAppointment } = await import('#server/directory/appointments/appoint.ts');
        const person = await find(session, name, options);
        await cancelAppointment(session.store, session.actor, person, Number(number));
        print(command, { id: Number(number), cancelled: true }, () => [`${person.userName}: ${number} cancelled`]);
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
