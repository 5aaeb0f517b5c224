/** `pli init`: makes the store of a new house, its certificate, and its first institution with its domain. */
import { mkdirSync } from 'node:fs';

import type { Command } from 'commander';

import { addDomain } from '#server/directory/domain.ts';
import { addTenant, listTenants } from '#server/directory/tenant.ts';
import { ownCertificate } from '#server/ops/certificate.ts';
import { recordsOf } from '#server/ops/reach.ts';

import { addCommonOptions, BadUsage, print, withStore } from './context.ts';
import { printRecords } from './domain.ts';

interface InitOptions {
  readonly slug?: string;
  readonly name?: string;
  readonly domain?: string;
}

export function register(command: Command): void {
  addCommonOptions(command)
    .option('--slug <slug>', 'short name of the first institution: a–z, 0–9, hyphen')
    .option('--name <name>', 'its name in full')
    .option('--domain <domain>', 'its mail domain, such as ac-valmont.fr')
    .action((options: InitOptions, self: Command) =>
      withStore(self, async ({ store, actor, config }) => {
        mkdirSync(config.data, { recursive: true });
        if (config.tls.cert === '') ownCertificate(config.data, config.hostname);
        const known = await listTenants(store, actor);
        const { slug, domain } = options;
        if (slug === undefined || domain === undefined) {
          if (known.length === 0) throw new BadUsage('name the first institution: --slug SLUG --domain DOMAIN');
          return print(self, { data: config.data }, () => [`${config.data}: ready`]);
        }
        const tenantId = await addTenant(store, actor, { slug, name: options.name ?? slug });
        const added = await addDomain(store, actor, { tenantId, name: domain, isDefault: true });
        return printRecords(self, added, recordsOf(config, added, store.now()));
      }),
    );
}
