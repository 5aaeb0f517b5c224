/** `pli account add|list|show|lock|unlock|password|provisional|seen|factors|bulk|app-password|import|slips` */
import type { Command } from 'commander';

import type { Person } from '#server/directory/people.ts';

import { registerAppPassword } from './app-password.ts';
import { registerBulk } from './account-bulk.ts';
import { registerPlaces } from './account-places.ts';
import { registerRuns } from './account-runs.ts';
import { registerSlips } from './account-slips.ts';
import { registerFactors } from './factors.ts';
import {
  addCommonOptions,
  BadUsage,
  findTenant,
  print,
  printTable,
  readPassword,
  type Session,
  withStore,
} from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface AddOptions extends TenantOption {
  readonly passwordStdin?: boolean;
  readonly mustChange?: boolean;
  readonly email?: string;
  readonly alias?: readonly string[];
  readonly givenName?: string;
  readonly familyName?: string;
  readonly population?: string;
  readonly externalId?: string;
  readonly numen?: string;
  readonly birthDate?: string;
  readonly functional?: string;
  readonly personalSeen?: boolean;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function register(group: Command): void {
  addCommonOptions(group.command('add'))
    .description('adds a person (or, with --functional, a functional mailbox)')
    .argument('<name>', 'user name or e-mail address')
    .option('--password-stdin', 'read the password from the standard input; without it nobody can log in yet')
    .option('--must-change', 'the password must be changed at the first login')
    .option('--email <address>', 'planned from the name without it')
    .option('--alias <address...>', 'further addresses')
    .option('--given-name <name>')
    .option('--family-name <name>')
    .option('--population <name>', 'staff, teacher, pupil …')
    .option('--external-id <id>', 'the number other systems know the person by')
    .option('--numen <numen>', 'serves once as a provisional password; kept as a keyed hash')
    .option('--birth-date <date>', '1980-12-31 or 31/12/1980; for who has forgotten their password')
    .option('--functional <title>', 'a mailbox of a service: its name as people read it')
    .option('--personal-seen', 'with --functional: what is read is read for each who reads it, not for all')
    .option(...tenantOption)
    .action((name: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const added =
          options.functional === undefined
            ? await addOne(session, name, options)
            : await addMailbox(session, name, options);
        print(command, added, () => printTable(Object.entries(added).map(([key, value]) => [key, String(value)])));
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists people by family name')
    .option('--limit <number>', 'at most so many', '100')
    .option(...tenantOption)
    .action((options: TenantOption & { limit: string }, command: Command) =>
      withStore(command, (session) => list(session, options, command)),
    );
  addCommonOptions(group.command('show'))
    .description('shows one person')
    .argument('<name>', 'user name or e-mail address')
    .option(...tenantOption)
    .action((name: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const card = await find(session, name, options);
        print(command, card, () =>
          printTable(
            Object.entries(card).map(([key, value]) => [
              key,
              typeof value === 'object' ? JSON.stringify(value) : String(value),
            ]),
          ),
        );
      }),
    );
  addCommonOptions(group.command('lock'))
    .description('keeps a person out and ends their sessions')
    .argument('<name>')
    .option('--state <state>', 'locked, blocked, suspended or closed', 'locked')
    .option('--reason <text>')
    .option(...tenantOption)
    .action((name: string, options: TenantOption & { state: string; reason?: string }, command: Command) =>
      withStore(command, async (session) => {
        const { lockPerson } = await import('#server/access/person-state.ts');
        const state = lockStates.find((one) => one === options.state);
        if (state === undefined) throw new BadUsage(`--state is one of ${lockStates.join(', ')}`);
        const person = await find(session, name, options);
        const { reason } = options;
        await lockPerson(session.store, session.actor, person, { state, ...(reason !== undefined && { reason }) });
        print(command, { userName: person.userName, state }, () => [`${person.userName}: ${state}`]);
      }),
    );
  addCommonOptions(group.command('unlock'))
    .description('lets a person in again')
    .argument('<name>')
    .option(...tenantOption)
    .action((name: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { unlockPerson } = await import('#server/access/person-state.ts');
        const person = await find(session, name, options);
        await unlockPerson(session.store, session.actor, person);
        print(command, { userName: person.userName, state: 'active' }, () => [`${person.userName}: active`]);
      }),
    );
  addCommonOptions(group.command('password'))
    .description('sets a password, read from the standard input, and ends all sessions')
    .argument('<name>')
    .option('--must-change', 'it must be changed at the next login')
    .option(...tenantOption)
    .action((name: string, options: TenantOption & { mustChange?: boolean }, command: Command) =>
      withStore(command, async (session) => {
        const { setPassword } = await import('#server/access/person-state.ts');
        const person = await find(session, name, options);
        const mustChange = options.mustChange === true;
        await setPassword(session.store, session.actor, person, { password: await readPassword(), mustChange });
        print(command, { userName: person.userName }, () => [`${person.userName}: password set`]);
      }),
    );
  addCommonOptions(group.command('provisional'))
    .description('gives a provisional password, shown this once, and ends all sessions')
    .argument('<name>')
    .option(...tenantOption)
    .action((name: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { resetPassword } = await import('#server/access/person-state.ts');
        const person = await find(session, name, options);
        const { provisionalPassword } = await resetPassword(session.store, session.actor, person);
        print(command, { userName: person.userName, provisionalPassword }, () => [provisionalPassword]);
      }),
    );
  addCommonOptions(group.command('seen'))
    .description('says whether a functional mailbox keeps what is read for each who reads it, or for all at once')
    .argument('<name>', 'an e-mail address of the mailbox')
    .argument('<whose>', 'personal or common')
    .option(...tenantOption)
    .action((name: string, whose: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { setSeenIsPersonal } = await import('#server/mail/personal/switch.ts');
        const { findAccount } = await import('./find-account.ts');
        if (whose !== 'personal' && whose !== 'common') throw new BadUsage('personal or common');
        const accountId = await findAccount(session, name, options.tenant);
        await setSeenIsPersonal(session.store, session.actor, accountId, whose === 'personal');
        print(command, { account: name, seen: whose }, () => [`${name}: ${whose}`]);
      }),
    );
  registerFactors(group);
  registerBulk(group);
  registerPlaces(group);
  registerAppPassword(group.command('app-password').description('passwords for single programs: add, list, revoke'));
  const people = addCommonOptions(group.command('import'))
    .description('adds and changes people from a CSV file or a directory; see docs/import.md')
    .argument('[file]', '- is the standard input')
    .option('--ldap <provider>', 'from this directory, by its number or name, instead of a file')
    .option('--dry-run', 'say what would happen, field by field, and change nothing')
    .option('--update', 'whoever is there already takes what their line says')
    .option('--close-missing <population...>', 'close those of these populations whom no line names')
    .option('--close-at-most <number>', 'close nobody when more than so many are missing (100)')
    .option('--keep-passwords', 'passwords of the file need not be changed at the first login')
    .option('--report <file>', 'write a line for each line of the file')
    .option(...tenantOption)
    .action(async (file: string | undefined, options: TenantOption & { readonly ldap?: string }, command: Command) => {
      const { importDirectory, importFile } = await import('./account-import.ts');
      if ((file === undefined) === (options.ldap === undefined)) throw new BadUsage('a file, or --ldap and a provider');
      if (file !== undefined) await importFile(file, options, command);
      else await importDirectory(options.ldap ?? '', options, command);
    });
  registerRuns(people);
  registerSlips(group);
}

const lockStates = ['locked', 'blocked', 'suspended', 'closed'] as const;

async function addOne(session: Session, name: string, options: AddOptions) {
  const { addPerson } = await import('#server/directory/person.ts');
  const password = options.passwordStdin === true ? await readPassword() : null;
  const isAddress = name.includes('@');
  const address = options.email ?? (isAddress ? name : undefined);
  const tenant = await findTenant(session, { slug: options.tenant, address });
  const local = isAddress ? name.slice(0, name.lastIndexOf('@')) : name;
  const hasNames = options.givenName !== undefined || options.familyName !== undefined;
  const { givenName = '', familyName = hasNames ? '' : local } = options;
  const { readBirthDate } = await import('#server/directory/import-row.ts');
  const birthDate = options.birthDate === undefined ? undefined : readBirthDate(options.birthDate);
  if (options.birthDate !== undefined && birthDate === undefined) throw new BadUsage('--birth-date is no day');
  return addPerson(session.store, session.actor, {
    tenantId: tenant.id,
    givenName,
    familyName,
    // An address alone lets the user name be planned; a name alone is the user name.
    userName: isAddress ? undefined : name,
    email: address,
    aliases: options.alias ?? [],
    password,
    mustChangePassword: options.mustChange === true,
    externalId: options.externalId ?? null,
    ...(options.numen !== undefined && { numen: options.numen }),
    ...(birthDate !== undefined && { birthDate }),
    ...(options.population !== undefined && { population: options.population }),
  });
}

async function addMailbox(session: Session, name: string, options: AddOptions) {
  const { addFunctionalAccount } = await import('#server/directory/functional.ts');
  const email = options.email ?? (name.includes('@') ? name : undefined);
  const tenant = await findTenant(session, { slug: options.tenant, address: email });
  const title = options.functional ?? name;
  const aliases = options.alias ?? [];
  const given = { tenantId: tenant.id, name: title, email, aliases };
  const added = await addFunctionalAccount(session.store, session.actor, given);
  if (options.personalSeen === true) {
    const { setSeenIsPersonal } = await import('#server/mail/personal/switch.ts');
    await setSeenIsPersonal(session.store, session.actor, added.accountId, true);
  }
  return added;
}

async function find(session: Session, name: string, { tenant }: TenantOption) {
  const { findPerson } = await import('#server/directory/people.ts');
  const isByTenant = tenant !== undefined;
  const tenantId = isByTenant ? (await findTenant(session, { slug: tenant })).id : undefined;
  return findPerson(session.store, session.actor, name, tenantId);
}

async function list(session: Session, options: TenantOption & { limit: string }, command: Command): Promise<void> {
  const { listPeople } = await import('#server/directory/people.ts');
  const tenant = await findTenant(session, { slug: options.tenant });
  const wanted = Number(options.limit);
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw new BadUsage('--limit is a whole number');
  const people: Person[] = [];
  for (;;) {
    const last = people.at(-1);
    const after = last && { sortKey: last.sortKey, personId: last.personId };
    const limit = Math.min(1000, wanted - people.length);
    const page =
      limit === 0 ? [] : await listPeople(session.store, session.actor, tenant.id, { limit, ...(after && { after }) });
    people.push(...page);
    if (page.length === 0) break;
  }
  print(command, people, () =>
    printTable(
      people.map(({ userName, familyName, givenName, email, state }) => [
        userName,
        familyName,
        givenName,
        email,
        state,
      ]),
    ),
  );
}
