/** `pli tenant add|list|factors|policy|contact|brand` */
import type { Command } from 'commander';

import { addTenant, listTenants } from '#server/directory/tenant.ts';

import { registerBrand } from './brand.ts';
import { registerContact } from './contact.ts';
import { addCommonOptions, print, printTable, withStore } from './context.ts';
import { registerFactorPolicy } from './factors.ts';
import { registerPolicies } from './policy.ts';

export function register(group: Command): void {
  registerBrand(group);
  registerContact(group, 'tenant');
  registerFactorPolicy(group);
  registerPolicies(group);
  addCommonOptions(group.command('add'))
    .description('adds an institution')
    .argument('<slug>', 'short name: a–z, 0–9, hyphen')
    .option('--name <name>', 'its name in full')
    .action((slug: string, options: { name?: string }, command: Command) =>
      withStore(command, async ({ store, actor }) => {
        const id = await addTenant(store, actor, { slug, name: options.name ?? slug });
        print(command, { id, slug }, () => [slug]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists the institutions')
    .action((_options: object, command: Command) =>
      withStore(command, async ({ store, actor }) => {
        const tenants = await listTenants(store, actor);
        print(command, tenants, () => printTable(tenants.map(({ slug, name }) => [slug, name])));
      }),
    );
}
