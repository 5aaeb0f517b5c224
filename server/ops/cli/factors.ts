/** `pli account factors NAME`: somebody's second factors, and their reset; `pli tenant factors`: of whom one is demanded. */
import type { Command } from 'commander';

import { roleKinds } from '#server/access/powers.ts';
import type { FactorSettings } from '#server/access/factors/settings.ts';
import { read } from '#server/store/store.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface Options {
  readonly tenant?: string;
  readonly reset?: boolean;
  readonly reason?: string;
}

export function registerFactors(group: Command): void {
  addCommonOptions(group.command('factors'))
    .description(
      'lists somebody’s second factors; with --reset takes them all away, ends their sessions and tells them',
    )
    .argument('<name>', 'user name or e-mail address')
    .option('--reset', 'they have lost what they could show: the password alone is enough again')
    .option('--reason <text>', 'why, for the trace; asked for with --reset')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((name: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const who = await find(session, name, options);
        const { factorsOf } = await import('#server/access/factors/reset.ts');
        if (options.reset === true) {
          if ((options.reason ?? '').trim() === '') throw new BadUsage('--reset asks for --reason');
          const { actOnPerson } = await import('#server/administration/act.ts');
          const act = { kind: 'resetFactors' } as const;
          const { removed = 0 } = await actOnPerson(session.store, session.actor, who, act, options.reason);
          print(command, { removed }, () => [`${name}: ${removed} removed`]);
          return;
        }
        const { factors, recoveryCodesLeft } = await factorsOf(session.store, session.actor, who);
        print(command, { factors, recoveryCodesLeft }, () => [
          ...printTable(
            factors.map(({ kind, name: label, createdAt, lastUsedAt }) => [
              kind,
              label,
              `made ${printDay(createdAt)}`,
              lastUsedAt === null ? 'never used' : `used ${printDay(lastUsedAt)}`,
            ]),
          ),
          `recovery codes left: ${recoveryCodesLeft}`,
        ]);
      }),
    );
}

interface PolicyOptions {
  readonly trustDays?: string;
  readonly population?: readonly string[];
  readonly role?: readonly string[];
  readonly inside?: readonly string[];
}

export function registerFactorPolicy(group: Command): void {
  addCommonOptions(group.command('factors'))
    .description('shows of whom an institution demands a second factor, or changes it; an empty text clears a list')
    .argument('[slug]', 'the institution, where there are several')
    .option('--trust-days <number>', 'days a browser may go without once it gave one; 0 for never')
    .option('--population <name...>', 'demand one of these populations')
    .option('--role <role...>', `demand one of these roles: ${roleKinds.join(', ')}`)
    .option('--inside <cidr...>', 'demand one of whoever comes from outside these networks')
    .action((slug: string | undefined, options: PolicyOptions, command: Command) =>
      withStore(command, async (session) => {
        const { changePolicy } = await import('#server/policies/policies.ts');
        const tenant = await findTenant(session, { slug });
        await changePolicy(session.store, session.actor, tenant.id, 'factors', changeOf(options));
        const { readFactorSettings } = await import('#server/access/factors/settings.ts');
        const settings = await read(session.store, (tx) => readFactorSettings(tx, tenant.id));
        print(command, settings, () =>
          printTable(Object.entries(settings).map(([key, value]) => [key, String(value)])),
        );
      }),
    );
}

/** @throws {BadUsage} */
function changeOf({ trustDays, population, role, inside }: PolicyOptions): Partial<FactorSettings> {
  const listed = (given: readonly string[]): readonly string[] => given.filter((one) => one !== '');
  return {
    ...(trustDays !== undefined && { trustDays: Number(trustDays) }),
    ...(population && { populations: listed(population) }),
    ...(inside && { insideNetworks: listed(inside) }),
    ...(role && {
      roles: listed(role).map((one) => {
        const known = roleKinds.find((kind) => kind === one);
        if (known === undefined) throw new BadUsage(`--role is one of ${roleKinds.join(', ')}`);
        return known;
      }),
    }),
  };
}

async function find(session: Session, name: string, { tenant }: Options) {
  const { findPerson } = await import('#server/directory/people.ts');
  const given = tenant === undefined ? undefined : (await findTenant(session, { slug: tenant })).id;
  const { tenantId, personId } = await findPerson(session.store, session.actor, name, given);
  return { tenantId, personId };
}

function printDay(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
