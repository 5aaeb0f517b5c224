/** `pli group add|list|show|change|members|remove`: groups of the directory. */
import type { Command } from 'commander';

import type { GroupChange } from '#server/directory/groups/change.ts';
import type { Group, MemberRef } from '#server/directory/groups/read.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface Fields extends TenantOption {
  readonly name?: string;
  readonly email?: string | true;
  readonly senders?: string;
  readonly unit?: string;
  readonly reason?: string;
  readonly add?: readonly string[];
  readonly take?: readonly string[];
  readonly writer?: readonly string[];
  readonly notWriter?: readonly string[];
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function register(group: Command): void {
  withFields(addCommonOptions(group.command('add')))
    .description('makes one')
    .argument('<name>')
    .option('--unit <code>', 'the unit it is of; the whole institution without it')
    .action((name: string, options: Fields, command: Command) =>
      withStore(command, async (session) => {
        const { createGroup } = await import('#server/directory/groups/change.ts');
        const { findUnitByCode } = await import('#server/directory/unit.ts');
        const { id: tenantId } = await findTenant(session, { slug: options.tenant });
        const unit =
          options.unit === undefined ? undefined : await findUnitByCode(session.store, tenantId, options.unit);
        if (options.unit !== undefined && !unit) throw new BadUsage(`no unit ${options.unit}`);
        const given = { ...(await fieldsOf(session, tenantId, options)), name, unitId: unit?.id ?? null };
        show(command, await createGroup(session.store, session.actor, tenantId, given));
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists them by name')
    .argument('[text]', 'a part of the name')
    .option(...tenantOption)
    .action((text: string | undefined, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { id: tenantId } = await findTenant(session, { slug: options.tenant });
        const all = await find(session, tenantId, text ?? '');
        print(command, all, () => printTable(all.map(lineOf)));
      }),
    );
  addCommonOptions(group.command('show'))
    .description('shows one and who is in it')
    .argument('<group>', 'its number, its name, or its address')
    .option(...tenantOption)
    .action((named: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { readGroup } = await import('#server/directory/groups/read.ts');
        const { tenantId, id } = await findOne(session, named, options);
        const found = await readGroup(session.store, session.actor, { tenantId, groupId: id });
        print(command, found, () => [
          ...printTable([lineOf(found)]),
          ...printTable(
            found.members.map(({ kind, id: member, name, email }) => [`  ${kind}`, String(member), name, email ?? '']),
          ),
        ]);
      }),
    );
  withFields(addCommonOptions(group.command('change')))
    .description('changes what is given, and keeps the rest')
    .argument('<group>', 'its number, its name, or its address')
    .option('--name <name>')
    .action((named: string, options: Fields, command: Command) => change(command, named, options));
  withFields(addCommonOptions(group.command('members')))
    .description('adds and takes away members')
    .argument('<group>', 'its number, its name, or its address')
    .option('--take <name...>', 'user names, addresses, groups or units, as in --add')
    .action((named: string, options: Fields, command: Command) => change(command, named, options));
  addCommonOptions(group.command('remove'))
    .description('removes one; its address is refused, and given to nobody else')
    .argument('<group>', 'its number, its name, or its address')
    .option('--reason <text>', 'kept in the trace')
    .option(...tenantOption)
    .action((named: string, options: Fields, command: Command) =>
      withStore(command, async (session) => {
        const { removeGroup } = await import('#server/directory/groups/change.ts');
        const { tenantId, id, name } = await findOne(session, named, options);
        await removeGroup(session.store, session.actor, { tenantId, groupId: id }, options.reason);
        print(command, { id, removed: true }, () => [`${name}: removed`]);
      }),
    );
}

function withFields(command: Command): Command {
  return command
    .option('--email [address]', 'an address for it; planned from the name without one')
    .option('--senders <who>', 'who may write to it: tenant, members, named')
    .option(
      '--add <name...>',
      'members: user names or addresses of people, group:NAME, or unit:CODE (all of it and below)',
    )
    .option('--writer <name...>', 'people who may write to it, where --senders is named')
    .option('--not-writer <name...>', 'people who may not any more')
    .option(...tenantOption);
}

function change(command: Command, named: string, options: Fields): Promise<void> {
  return withStore(command, async (session) => {
    const { changeGroup } = await import('#server/directory/groups/change.ts');
    const { tenantId, id } = await findOne(session, named, options);
    const fields = await fieldsOf(session, tenantId, options);
    show(command, await changeGroup(session.store, session.actor, { tenantId, groupId: id }, () => fields));
  });
}

async function fieldsOf(session: Session, tenantId: TenantId, options: Fields): Promise<GroupChange> {
  const { name, email, senders } = options;
  const known = (['tenant', 'members', 'named'] as const).find((one) => one === senders);
  if (senders !== undefined && known === undefined) throw new BadUsage('--senders is one of tenant, members, named');
  return {
    name,
    email,
    senders: known,
    added: await membersOf(session, tenantId, options.add ?? []),
    removed: await membersOf(session, tenantId, options.take ?? []),
    addedWriters: await peopleOf(session, tenantId, options.writer ?? []),
    removedWriters: await peopleOf(session, tenantId, options.notWriter ?? []),
  };
}

async function peopleOf(session: Session, tenantId: TenantId, names: readonly string[]): Promise<readonly PersonId[]> {
  const { findPerson } = await import('#server/directory/people.ts');
  const found: PersonId[] = [];
  for (const name of names) found.push((await findPerson(session.store, session.actor, name, tenantId)).personId);
  return found;
}

async function membersOf(
  session: Session,
  tenantId: TenantId,
  names: readonly string[],
): Promise<readonly MemberRef[]> {
  const { findPerson } = await import('#server/directory/people.ts');
  const found: MemberRef[] = [];
  for (const name of names) {
    const [, kind, other] = /^(group|unit):(.+)$/.exec(name) ?? [];
    if (kind === 'unit' && other !== undefined) {
      const { findUnitByCode } = await import('#server/directory/unit.ts');
      const unit = await findUnitByCode(session.store, tenantId, other);
      if (!unit) throw new BadUsage(`no unit ${other}`);
      found.push({ kind, id: unit.id });
    } else if (other === undefined) {
      const { personId } = await findPerson(session.store, session.actor, name, tenantId);
      found.push({ kind: 'person', id: personId });
    } else found.push({ kind: 'group', id: (await oneOf(session, tenantId, other)).id });
  }
  return found;
}

async function find({ store, actor }: Session, tenantId: TenantId, text: string): Promise<readonly Group[]> {
  const { findGroups } = await import('#server/directory/groups/read.ts');
  const { foldWords } = await import('#server/directory/fold.ts');
  const page = { sortBy: 'name', isDescending: false, skip: 0, limit: 1_000 } as const;
  return (await findGroups(store, actor, { tenantId, parts: foldWords(text) }, page)).groups;
}

async function findOne(session: Session, named: string, { tenant }: TenantOption): Promise<Group> {
  return oneOf(session, (await findTenant(session, { slug: tenant })).id, named);
}

/** @throws {BadUsage} where it is none, or several. */
async function oneOf(session: Session, tenantId: TenantId, named: string): Promise<Group> {
  const wanted = named.toLowerCase();
  const all = await find(session, tenantId, named.includes('@') || /^\d+$/.test(named) ? '' : named);
  const fit = all.filter(
    ({ id, name, email }) => String(id) === named || name.toLowerCase() === wanted || email === wanted,
  );
  const [only, ...others] = fit;
  if (!only) throw new BadUsage(`no group ${named}`);
  if (others.length > 0) throw new BadUsage(`several groups: ${fit.map(({ id }) => id).join(', ')}`);
  return only;
}

function show(command: Command, group: Group): void {
  print(command, group, () => printTable([lineOf(group)]));
}

function lineOf({ id, name, email, unitName, memberCount, senders }: Group): readonly string[] {
  return [String(id), name, email ?? '–', unitName ?? 'everything', `${memberCount} members`, `written by ${senders}`];
}
