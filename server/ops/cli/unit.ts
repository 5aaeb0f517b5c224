/** `pli unit add|change|move|addresses|close|list|contact|import` */
import type { Command } from 'commander';

import { changeUnit, closeUnit, createUnit, moveUnit } from '#server/directory/arrange-unit.ts';
import { listUnits } from '#server/directory/unit.ts';
import type { UnitId } from '#server/store/ids.ts';

import { registerContact } from './contact.ts';
import { addCommonOptions, BadUsage, findTenant, print, type Session, withStore } from './context.ts';
import { registerUnitImport } from './unit-import.ts';

interface AddOptions {
  readonly tenant?: string;
  readonly name: string;
  readonly kind: string;
  readonly under?: string;
  readonly department?: string;
  readonly private?: boolean;
}

interface ChangeOptions {
  readonly tenant?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly code?: string;
  readonly department?: string;
  readonly sector?: string;
}

const kinds = 'academy, rectorate, service, dsden, ecole, college, lycee, university …';

export function register(group: Command): void {
  registerContact(group, 'unit');
  addCommonOptions(group.command('add'))
    .description('adds a unit to the tree')
    .argument('<code>', 'unique in the institution: the UAI code of a school, a short name otherwise')
    .requiredOption('--name <name>')
    .option('--kind <kind>', kinds, 'service')
    .option('--under <code>', 'the unit above')
    .option('--department <number>', '34, 2A, 971 …')
    .option('--private', 'a private establishment')
    .option('--tenant <slug>')
    .action((code: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const { tenantId, idOf } = await openTree(session, options.tenant);
        const { name, kind, under, department = null } = options;
        const parentId = under === undefined ? null : idOf(under);
        const unit = { code, name, kind, department, parentId, isPublic: options.private !== true };
        const id = await createUnit(session.store, session.actor, tenantId, unit);
        print(command, { id, code }, () => [code]);
      }),
    );
  addCommonOptions(group.command('change'))
    .description('changes what is said of a unit')
    .argument('<code>')
    .option('--name <name>')
    .option('--kind <kind>', kinds)
    .option('--code <code>', 'another code')
    .option('--department <number>', 'an empty text for none')
    .option('--sector <sector>', 'public or private')
    .option('--tenant <slug>')
    .action((code: string, options: ChangeOptions, command: Command) =>
      withStore(command, async (session) => {
        const { tenantId, idOf } = await openTree(session, options.tenant);
        const { name, kind, code: newCode, department, sector } = options;
        if (sector !== undefined && sector !== 'public' && sector !== 'private')
          throw new BadUsage('--sector is public or private');
        await changeUnit(session.store, session.actor, tenantId, idOf(code), {
          ...(name !== undefined && { name }),
          ...(kind !== undefined && { kind }),
          ...(newCode !== undefined && { code: newCode }),
          ...(department !== undefined && { department: department === '' ? null : department }),
          ...(sector !== undefined && { isPublic: sector === 'public' }),
        });
        print(command, { code: newCode ?? code }, () => [newCode ?? code]);
      }),
    );
  addCommonOptions(group.command('move'))
    .description('moves a unit with all below it')
    .argument('<code>')
    .option('--under <code>', 'the unit above; the top of the tree without it')
    .option('--tenant <slug>')
    .action((code: string, options: { under?: string; tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const { tenantId, idOf } = await openTree(session, options.tenant);
        const parentId = options.under === undefined ? null : idOf(options.under);
        await moveUnit(session.store, session.actor, tenantId, { unitId: idOf(code), parentId });
        print(command, { code }, () => [code]);
      }),
    );
  addCommonOptions(group.command('addresses'))
    .description('the mail domain of those who come to a unit, or below it, from now on; none without it')
    .argument('<code>')
    .argument('[domain]', 'one of the institution')
    .option('--tenant <slug>')
    .action((code: string, domain: string | undefined, options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const { changeUnitDomain } = await import('#server/directory/address-rule.ts');
        const { tenantId, idOf } = await openTree(session, options.tenant);
        await changeUnitDomain(session.store, session.actor, tenantId, idOf(code), domain ?? null);
        print(command, { code, domain: domain ?? null }, () => [`${code}: ${domain ?? 'as the institution'}`]);
      }),
    );
  addCommonOptions(group.command('close'))
    .description('nobody is put in a closed unit any more; its people keep their accounts')
    .argument('<code>')
    .option('--reopen', 'opens it again')
    .option('--tenant <slug>')
    .action((code: string, options: { reopen?: boolean; tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const { tenantId, idOf } = await openTree(session, options.tenant);
        const isClosed = options.reopen !== true;
        await closeUnit(session.store, session.actor, tenantId, idOf(code), isClosed);
        print(command, { code, isClosed }, () => [code]);
      }),
    );
  registerUnitImport(group);
  addCommonOptions(group.command('list'))
    .description('prints the tree')
    .option('--tenant <slug>')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const units = await listUnits(session.store, session.actor, tenant.id);
        print(command, units, () =>
          units.map(
            ({ path, code, name, closedAt }) =>
              `${'  '.repeat(path.split('/').length - 3)}${code ?? '-'}  ${name}${closedAt === null ? '' : '  (closed)'}`,
          ),
        );
      }),
    );
}

async function openTree(session: Session, slug: string | undefined) {
  const tenant = await findTenant(session, { slug });
  const units = await listUnits(session.store, session.actor, tenant.id);
  const idOf = (code: string): UnitId => {
    const found = units.find((unit) => unit.code === code.trim().toLowerCase());
    if (!found) throw new BadUsage(`no unit ${code}`);
    return found.id;
  };
  return { tenantId: tenant.id, idOf };
}
