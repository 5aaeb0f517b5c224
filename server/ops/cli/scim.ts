/** `pli scim token add|list|remove`: what other directories write to ours with. */
import type { Command } from 'commander';

import type { UnitId } from '#server/store/ids.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, withStore } from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface AddOptions extends TenantOption {
  readonly unit?: string;
  readonly until?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function register(group: Command): void {
  const token = group.command('token').description('tokens of other directories');
  addCommonOptions(token.command('add'))
    .description('makes one; it is shown this once')
    .argument('<name>', 'of the directory that gets it, as the audit log is to call it')
    .option('--unit <code>', 'for this unit and what is below it alone')
    .option('--until <day>', 'the last day, as 2027-08-31')
    .option(...tenantOption)
    .action((name: string, options: AddOptions, command: Command) =>
      withStore(command, async ({ store, actor, ...session }) => {
        const { addScimToken } = await import('#server/provisioning/tokens.ts');
        const { findUnitByCode } = await import('#server/directory/unit.ts');
        const tenant = await findTenant({ store, actor, ...session }, { slug: options.tenant });
        let unitId: UnitId | null = null;
        if (options.unit !== undefined) {
          const unit = await findUnitByCode(store, tenant.id, options.unit);
          if (!unit) throw new BadUsage(`no unit ${options.unit}`);
          unitId = unit.id;
        }
        const expiresAt = options.until === undefined ? null : endOf(options.until);
        const { id, secret } = await addScimToken(store, actor, tenant.id, { name, unitId, expiresAt });
        print(command, { id, token: secret }, () => [secret, '', `It is not shown again. To end it: ${id}`]);
      }),
    );
  addCommonOptions(token.command('list'))
    .description('lists them')
    .option(...tenantOption)
    .action((options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { listScimTokens } = await import('#server/provisioning/tokens.ts');
        const tenant = await findTenant(session, { slug: options.tenant });
        const all = await listScimTokens(session.store, session.actor, tenant.id);
        print(command, all, () =>
          printTable(
            all.map(({ id, name, unitName, expiresAt, lastUsedAt, lastUsedFrom }) => [
              id,
              name,
              unitName ?? 'everything',
              expiresAt === null ? 'no end' : `until ${dayOf(expiresAt)}`,
              lastUsedAt === null ? 'never used' : `used ${dayOf(lastUsedAt)} from ${lastUsedFrom ?? '?'}`,
            ]),
          ),
        );
      }),
    );
  addCommonOptions(token.command('remove'))
    .description('ends one at once')
    .argument('<id>', 'as list prints it')
    .option(...tenantOption)
    .action((id: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { revokeScimToken } = await import('#server/provisioning/tokens.ts');
        const { asUuid } = await import('#server/store/ids.ts');
        const tenant = await findTenant(session, { slug: options.tenant });
        await revokeScimToken(session.store, session.actor, tenant.id, asUuid(id));
        print(command, { id, removed: true }, () => [`${id}: ended`]);
      }),
    );
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The end of that day, UTC. @throws {BadUsage} */
function endOf(day: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T24:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new BadUsage('--until is a day, as 2027-08-31');
  return at;
}
