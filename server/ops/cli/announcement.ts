/** `pli announcement add|list|withdraw` */
import type { Command } from 'commander';

import {
  type Audience,
  levels,
  listAnnouncements,
  type Placed,
  publishAnnouncement,
  withdrawAnnouncement,
} from '#server/announcements/publish.ts';
import { listUnits } from '#server/directory/unit.ts';
import { asId, type TenantId } from '#server/store/ids.ts';

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

interface AddOptions {
  readonly tenant?: string;
  readonly platform?: boolean;
  readonly level: string;
  readonly population?: string;
  readonly unit?: string;
  readonly public?: boolean;
  readonly acknowledge?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly en?: string;
}

export function register(group: Command): void {
  addCommonOptions(group.command('add'))
    .description('publishes an announcement')
    .argument('<text>', 'in French')
    .option('--en <text>', 'the same in English')
    .option('--level <level>', levels.join(', '), 'info')
    .option('--unit <code>', 'for a unit and all below; for everybody without it')
    .option('--population <name>', 'for one population')
    .option('--public', 'on the login page too')
    .option('--acknowledge', 'each person says that they have read it')
    .option('--from <date>', 'at once without it')
    .option('--until <date>')
    .option('--platform', 'for all institutions')
    .option('--tenant <slug>')
    .action((text: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const level = levels.find((one) => one === options.level);
        if (!level) throw new BadUsage(`not a level: ${options.level}; there is ${levels.join(', ')}`);
        const tenant = await findTenant(session, { slug: options.tenant });
        const { id } = await publishAnnouncement(session.store, session.actor, {
          tenantId: tenant.id,
          isPlatform: options.platform === true,
          level,
          audience: await audienceOf(session, tenant.id, options),
          isPublic: options.public === true,
          mustAcknowledge: options.acknowledge === true,
          startsAt: readWhen(options.from),
          endsAt: readWhen(options.until),
          textFr: text,
          textEn: options.en ?? '',
        });
        print(command, { id }, () => [String(id)]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists them, the newest first')
    .option('--tenant <slug>')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const all = await listAnnouncements(session.store, session.actor, tenant.id);
        print(command, all, () => printTable(all.map((one) => lineOf(one, session.store.now()))));
      }),
    );
  addCommonOptions(group.command('withdraw'))
    .description('nobody sees it any more')
    .argument('<number>')
    .option('--tenant <slug>')
    .action((text: string, options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        if (!/^[1-9]\d{0,14}$/.test(text)) throw new BadUsage(`not a number: ${text}`);
        const tenant = await findTenant(session, { slug: options.tenant });
        await withdrawAnnouncement(session.store, session.actor, tenant.id, asId(Number(text)));
        print(command, { id: Number(text) }, () => ['withdrawn']);
      }),
    );
}

/** @throws {BadUsage} */
async function audienceOf(
  { store, actor }: Session,
  tenantId: TenantId,
  { unit, population }: AddOptions,
): Promise<Audience> {
  if (unit !== undefined && population !== undefined) throw new BadUsage('either --unit or --population');
  if (population !== undefined) return { kind: 'population', population };
  if (unit === undefined) return { kind: 'everybody' };
  const found = (await listUnits(store, actor, tenantId)).find(({ code }) => code === unit.toLowerCase());
  if (!found) throw new BadUsage(`no unit ${unit}`);
  return { kind: 'unit', unitId: found.id };
}

function lineOf(one: Placed, at: number): readonly string[] {
  const { id, level, audience, unitName, textFr, startsAt, endsAt, withdrawnAt } = one;
  const whom = audience.kind === 'population' ? audience.population : (unitName ?? audience.kind);
  const isOver = withdrawnAt !== null || (endsAt !== null && endsAt <= at);
  const state = isOver ? 'over' : startsAt > at ? 'planned' : 'shown';
  return [String(id), level, state, whom, textFr.replaceAll(/\s+/g, ' ').slice(0, 60)];
}
