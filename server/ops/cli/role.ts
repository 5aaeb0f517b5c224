/** `pli role grant|revoke|list`: who administers what. The first administrator is made here. */
import type { Command } from 'commander';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface GrantOptions extends TenantOption {
  readonly unit?: string;
  readonly until?: string;
  readonly reason?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function register(group: Command): void {
  addCommonOptions(group.command('grant'))
    .description('makes somebody an administrator, or an agent of support (who never reads mail)')
    .argument('<name>', 'user name or e-mail address')
    .argument('<kind>', 'platform, tenant, unit or support')
    .option(
      '--unit <code>',
      'the unit it is over, with all below: of unit always, of support where it is not everything',
    )
    .option('--until <day>', 'the last day, as 2027-08-31')
    .option('--reason <text>', 'kept with it')
    .option(...tenantOption)
    .action((name: string, kind: string, options: GrantOptions, command: Command) =>
      withStore(command, async (session) => {
        const { roleKinds } = await import('#server/access/powers.ts');
        const { grantRole } = await import('#server/access/role.ts');
        const known = roleKinds.find((one) => one === kind);
        if (known === undefined) throw new BadUsage(`a role is one of ${roleKinds.join(', ')}`);
        const { tenantId, personId, userName } = await find(session, name, options);
        const unitId = options.unit === undefined ? null : await findUnit(session, tenantId, options.unit);
        const id = await grantRole(session.store, session.actor, {
          tenantId,
          personId,
          kind: known,
          unitId,
          endsAt: options.until === undefined ? null : endOf(options.until),
          reason: options.reason,
        });
        print(command, { id, userName, kind }, () => [`${userName}: ${kind} (role ${id})`]);
      }),
    );
  addCommonOptions(group.command('revoke'))
    .description('ends a role at once')
    .argument('<id>', 'as list prints it')
    .option('--reason <text>', 'kept in the trace')
    .option(...tenantOption)
    .action((id: string, options: GrantOptions, command: Command) =>
      withStore(command, async (session) => {
        const { revokeRole } = await import('#server/access/role.ts');
        const tenant = await findTenant(session, { slug: options.tenant });
        const role = (await listOf(session, tenant.id)).find((one) => String(one.id) === id);
        if (!role) throw new BadUsage(`no role ${id} stands`);
        await revokeRole(session.store, session.actor, tenant.id, role.id, options.reason);
        print(command, { id: role.id, revoked: true }, () => [`role ${id}: revoked`]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists roles that stand, or will')
    .option(...tenantOption)
    .action((options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const roles = await listOf(session, (await findTenant(session, { slug: options.tenant })).id);
        print(command, roles, () =>
          printTable(
            roles.map(({ id, kind, holderUserName, holderName, unitName, endsAt, reason }) => [
              String(id),
              kind,
              holderUserName,
              holderName,
              unitName ?? 'everything',
              endsAt === null ? 'no end' : `until ${new Date(endsAt).toISOString().slice(0, 10)}`,
              reason,
            ]),
          ),
        );
      }),
    );
}

async function listOf({ store, actor }: Session, tenantId: Awaited<ReturnType<typeof find>>['tenantId']) {
  const { listRoles } = await import('#server/access/role.ts');
  return listRoles(store, actor, tenantId);
}

async function find(session: Session, name: string, { tenant }: TenantOption) {
  const { findPerson } = await import('#server/directory/people.ts');
  const given = tenant === undefined ? undefined : (await findTenant(session, { slug: tenant })).id;
  return findPerson(session.store, session.actor, name, given);
}

async function findUnit(session: Session, tenantId: Awaited<ReturnType<typeof find>>['tenantId'], code: string) {
  const { listUnits } = await import('#server/directory/unit.ts');
  const units = await listUnits(session.store, session.actor, tenantId);
  const unit = units.find((one) => one.code === code.toLowerCase());
  if (!unit) throw new BadUsage(`no unit ${code}`);
  return unit.id;
}

/** The end of that day, UTC. @throws {BadUsage} */
function endOf(day: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T24:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new BadUsage('--until is a day, as 2027-08-31');
  return at;
}
