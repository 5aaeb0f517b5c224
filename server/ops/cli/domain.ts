/** `pli domain add|list|records|default|remove` */
import type { Command } from 'commander';

import { Refusal } from '#server/access/refusal.ts';
import { parseDomain } from '#server/directory/address.ts';
import {
  addDomain,
  type Domain,
  findDomain,
  listDomains,
  makeDefault,
  removeDomain,
} from '#server/directory/domain.ts';
import { type DnsRecord, printZoneLine } from '#server/directory/records.ts';
import { recordsOf } from '#server/ops/reach.ts';
import { read } from '#server/store/store.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, withStore } from './context.ts';

export function register(group: Command): void {
  addCommonOptions(group.command('add'))
    .description('adds a mail domain, makes its DKIM key, prints the DNS records to publish')
    .argument('<name>', 'such as ac-valmont.fr')
    .option('--tenant <slug>', 'the institution it belongs to')
    .option('--default', 'planned addresses are of this domain from now on')
    .action((name: string, options: { tenant?: string; default?: boolean }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const isDefault = options.default === true;
        const domain = await addDomain(session.store, session.actor, { tenantId: tenant.id, name, isDefault });
        printRecords(command, domain, recordsOf(session.config, domain, session.store.now()));
      }),
    );
  addCommonOptions(group.command('records').alias('show'))
    .description('prints the DNS records of a domain, as lines of a zone file')
    .argument('<name>')
    .action((name: string, _options: object, command: Command) =>
      withStore(command, async (session) => {
        const domain = await read(session.store, (tx) => findDomain(tx, parseDomain(name) ?? ''));
        if (!domain) throw new Refusal('noSuchDomain', { description: name });
        printRecords(command, domain, recordsOf(session.config, domain, session.store.now()));
      }),
    );
  addCommonOptions(group.command('default'))
    .description('planned addresses are of this domain from now on; those there are stay')
    .argument('<name>')
    .option('--tenant <slug>')
    .action((name: string, options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        await makeDefault(session.store, session.actor, tenant.id, name);
        print(command, { name, isDefault: true }, () => [name]);
      }),
    );
  addCommonOptions(group.command('remove'))
    .description('removes a domain that no address is of any more')
    .argument('<name>')
    .option('--tenant <slug>')
    .action((name: string, options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const { addresses } = await removeDomain(session.store, session.actor, tenant.id, name);
        if (addresses > 0) throw new BadUsage(`${addresses} addresses are of ${name}`);
        print(command, { name, removed: true }, () => [`${name} is removed`]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists the domains of an institution, its default one first')
    .option('--tenant <slug>')
    .action((options: { tenant?: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const domains = (await listDomains(session.store, session.actor, tenant.id)).map(publicPart);
        print(command, domains, () =>
          printTable(
            domains.map(({ name, isDefault, dkimSelector }) => [name, isDefault ? 'default' : '', dkimSelector ?? '']),
          ),
        );
      }),
    );
}

const publicPart = ({ name, isDefault, dkimSelector }: Domain) => ({ name, isDefault, dkimSelector });

export function printRecords(command: Command, domain: Domain, records: readonly DnsRecord[]): void {
  print(command, { ...publicPart(domain), records }, () =>
    records.flatMap((record) => [`; ${record.why}`, printZoneLine(record)]),
  );
}
