/** `pli maintenance on|off|status`: by the database, so that it works whether the server runs or not. */
import type { Command } from 'commander';

import {
  endMaintenance,
  listMaintenance,
  type Maintenance,
  modes,
  startMaintenance,
} from '#server/maintenance/change.ts';
import { listTenants } from '#server/directory/tenant.ts';
import type { TenantId } from '#server/store/ids.ts';

import {
  addCommonOptions,
  BadUsage,
  findTenant,
  print,
  printTable,
  readWhen,
  type Session,
  withStore,
} from './context.ts';

interface OnOptions {
  readonly tenant?: string;
  readonly mode: string;
  readonly from?: string;
  readonly until?: string;
  readonly fr?: string;
  readonly en?: string;
}

export function register(group: Command): void {
  addCommonOptions(group.command('on'))
    .description('begins a maintenance, or plans one')
    .option('--mode <mode>', 'read-only (reading and receiving go on) or closed', 'read-only')
    .option('--tenant <slug>', 'one institution; the whole platform without it')
    .option('--from <date>', 'when it begins: 2026-11-22T18:00+01:00; at once without it')
    .option('--until <date>', 'the end that people are told; it does not end by itself')
    .option('--fr <text>', 'what people are told beside that, in French')
    .option('--en <text>', 'the same in English')
    .action((options: OnOptions, command: Command) =>
      withStore(command, async (session) => {
        const wanted = options.mode === 'read-only' ? 'readOnly' : options.mode;
        const mode = modes.find((one) => one === wanted);
        if (!mode) throw new BadUsage(`not a mode: ${options.mode}; there is read-only and closed`);
        const planned = await startMaintenance(session.store, session.actor, {
          tenantId: await tenantIdOf(session, options.tenant),
          mode,
          startsAt: readWhen(options.from),
          endsAt: readWhen(options.until),
          textFr: options.fr ?? '',
          textEn: options.en ?? '',
        });
        print(command, planned, () => [lineOf(planned, options.tenant).join('  ')]);
      }),
    );
  addCommonOptions(group.command('off'))
    .description('ends it, or takes back what was planned')
    .option('--tenant <slug>', 'of one institution; of the whole platform without it')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenantId = await tenantIdOf(session, options.tenant);
        const wasThere = await endMaintenance(session.store, session.actor, tenantId);
        print(command, { wasThere }, () => [wasThere ? 'ended' : 'there was none']);
      }),
    );
  addCommonOptions(group.command('status'))
    .description('what is planned and under way')
    .action((_options: object, command: Command) =>
      withStore(command, async (session) => {
        const all = await listMaintenance(session.store, session.actor);
        const tenants = await listTenants(session.store, session.actor);
        const slugOf = (id: TenantId | undefined) => tenants.find((tenant) => tenant.id === id)?.slug;
        print(command, all, () =>
          all.length === 0 ? ['open'] : printTable(all.map((one) => lineOf(one, slugOf(one.tenantId)))),
        );
      }),
    );
}

async function tenantIdOf(session: Session, slug: string | undefined): Promise<TenantId | undefined> {
  return slug === undefined ? undefined : (await findTenant(session, { slug })).id;
}

function lineOf({ mode, startsAt, endsAt }: Maintenance, slug: string | undefined): readonly string[] {
  const until = endsAt === null ? 'no end announced' : `until ${new Date(endsAt).toISOString()}`;
  return [slug ?? '(platform)', mode, `from ${new Date(startsAt).toISOString()}`, until];
}
