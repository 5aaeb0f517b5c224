/** `pli tenant brand show|set|reset`: name, logo, accent colours and names of hosts of an institution. */
import { readFile, stat } from 'node:fs/promises';

import type { Command } from 'commander';

import { logoOctetsAtMost } from '#formats/brand/logo.ts';
import type { BrandChange } from '#server/brand/brand.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface SetOptions {
  readonly tenant?: string;
  readonly name?: string;
  readonly logo?: string;
  readonly light?: string;
  readonly dark?: string;
  readonly addHost?: readonly string[];
  readonly removeHost?: readonly string[];
}

/** In place of a value: as the house has it. */
const house = 'house';

export function registerBrand(tenant: Command): void {
  const group = tenant.command('brand').description('how an institution looks, and the hosts it is reached by');
  addCommonOptions(group.command('show'))
    .description('prints name, logo, accent colours and hosts')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const { id } = await findTenant(session, { slug: options.tenant });
        await show(command, session, id);
      }),
    );
  addCommonOptions(group.command('set'))
    .description(`changes what is named; \`${house}\` in place of a value sets it back`)
    .option('--name <name>', 'what people see in place of the institution’s name: 80 characters')
    .option('--logo <file>', 'SVG or PNG of 128 kB and 1024 pixels at most; what may not be shown is left out')
    .option('--light <colour>', 'accent in light: #14606f; 4.5:1 on every ground it is written on')
    .option('--dark <colour>', 'accent in the dark')
    .option('--add-host <name...>', 'the login page of this host is this institution’s')
    .option('--remove-host <name...>')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((options: SetOptions, command: Command) =>
      withStore(command, async (session) => {
        const { changeBrand } = await import('#server/brand/brand.ts');
        const { addHostname, removeHostname } = await import('#server/brand/hostnames.ts');
        const { store, actor } = session;
        const { id } = await findTenant(session, { slug: options.tenant });
        const change = await changeOf(options);
        if (Object.keys(change).length > 0) {
          const { left } = await changeBrand(store, actor, id, change);
          if (left.length > 0) console.error(`left out of the logo: ${left.join(', ')}`);
        }
        for (const name of options.removeHost ?? []) await removeHostname(store, actor, id, name);
        for (const name of options.addHost ?? []) await addHostname(store, actor, id, name);
        await show(command, session, id);
      }),
    );
  addCommonOptions(group.command('reset'))
    .description('everything as the house has it; hosts stay')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const { resetBrand } = await import('#server/brand/brand.ts');
        const { id } = await findTenant(session, { slug: options.tenant });
        await resetBrand(session.store, session.actor, id);
        await show(command, session, id);
      }),
    );
}

async function changeOf({ name, logo, light, dark }: SetOptions): Promise<BrandChange> {
  const valueOf = (given: string) => (given === house ? null : given);
  return {
    ...(name !== undefined && { displayName: valueOf(name) }),
    ...(light !== undefined && { accentLight: valueOf(light) }),
    ...(dark !== undefined && { accentDark: valueOf(dark) }),
    ...(logo !== undefined && { logo: logo === house ? null : await readFileOf(logo) }),
  };
}

async function readFileOf(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > logoOctetsAtMost) throw new BadUsage(`${path}: ${size} octets, ${logoOctetsAtMost} at most`);
  return readFile(path);
}

async function show(
  command: Command,
  { store, actor }: Session,
  tenantId: Awaited<ReturnType<typeof findTenant>>['id'],
): Promise<void> {
  const { readBrand } = await import('#server/brand/brand.ts');
  const { brand, hostnames } = await readBrand(store, actor, tenantId);
  print(command, { ...brand, hostnames }, () =>
    printTable([
      ['name', brand.displayName ?? house],
      ['logo', brand.logo ? `${brand.logo.kind} ${brand.logo.hash.slice(0, 12)}` : house],
      ['light', brand.accentLight ?? house],
      ['dark', brand.accentDark ?? house],
      ...hostnames.map((name) => ['host', name]),
    ]),
  );
}
