/** `pli openid client add|list|show|change|remove|renew-secret`, `pli openid rotate-keys`: who may ask us who somebody is. */
import type { Command } from 'commander';

import type { Client, ClientFields } from '#server/provider/clients.ts';
import type { ClientScope } from '#server/provider/scopes.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface ClientOptions extends TenantOption {
  readonly name?: string;
  readonly redirect?: readonly string[];
  readonly postLogout?: readonly string[];
  readonly logoutUri?: string;
  readonly scope?: readonly string[];
  readonly public?: boolean;
  readonly firstParty?: boolean;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function register(group: Command): void {
  const client = group.command('client').description('those that may');
  withFields(addCommonOptions(client.command('add')))
    .description('registers one; the secret of one that can keep it is shown this once')
    .argument('<name>', 'as people are shown it')
    .option('--public', 'a program on people’s devices, or in their browser: it has no secret')
    .action((name: string, options: ClientOptions, command: Command) =>
      withStore(command, async (session) => {
        const { addClient } = await import('#server/provider/clients.ts');
        const tenant = await findTenant(session, { slug: options.tenant });
        if (!options.redirect) throw new BadUsage('--redirect: where people are sent back to');
        const isConfidential = options.public !== true;
        const given = { name, isConfidential, redirectUris: options.redirect, ...(await fieldsOf(options)) };
        const { id, secret } = await addClient(session.store, session.actor, tenant.id, given);
        print(command, { clientId: id, clientSecret: secret }, () => [
          `client_id      ${id}`,
          ...(secret === null ? [] : [`client_secret  ${secret}`, '', 'It is not shown again.']),
        ]);
      }),
    );
  addCommonOptions(client.command('list'))
    .description('lists them')
    .option(...tenantOption)
    .action((options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const all = await listOf(session, options);
        print(command, all.map(publicPart), () =>
          printTable(
            all.map(({ id, name, scopes, redirectUris }) => [id, name, scopes.join(','), redirectUris.join(' ')]),
          ),
        );
      }),
    );
  addCommonOptions(client.command('show'))
    .description('shows one')
    .argument('<id>', 'client_id')
    .option(...tenantOption)
    .action((id: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const found = publicPart(await findIn(session, options, id));
        print(command, found, () =>
          printTable(
            Object.entries(found).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(' ') : String(value),
            ]),
          ),
        );
      }),
    );
  withFields(addCommonOptions(client.command('change')))
    .description('changes what is given, and keeps the rest')
    .argument('<id>', 'client_id')
    .option('--name <name>', 'as people are shown it')
    .option('--no-first-party', 'people are asked')
    .action((id: string, options: ClientOptions, command: Command) =>
      withStore(command, async (session) => {
        const { changeClient } = await import('#server/provider/clients.ts');
        const { tenantId } = await findIn(session, options, id);
        await changeClient(session.store, session.actor, { tenantId, id }, await fieldsOf(options));
        print(command, publicPart(await findIn(session, options, id)), () => [`${id}: changed`]);
      }),
    );
  addCommonOptions(client.command('renew-secret'))
    .description('another secret; the one before ends at once')
    .argument('<id>', 'client_id')
    .option(...tenantOption)
    .action((id: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { renewClientSecret } = await import('#server/provider/clients.ts');
        const { tenantId } = await findIn(session, options, id);
        const { secret } = await renewClientSecret(session.store, session.actor, { tenantId, id });
        print(command, { clientId: id, clientSecret: secret }, () => [`client_secret  ${secret}`]);
      }),
    );
  addCommonOptions(client.command('remove'))
    .description('ends one, and at once every token it has')
    .argument('<id>', 'client_id')
    .option(...tenantOption)
    .action((id: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { removeClient } = await import('#server/provider/clients.ts');
        const { tenantId } = await findIn(session, options, id);
        await removeClient(session.store, session.actor, { tenantId, id });
        print(command, { clientId: id, removed: true }, () => [`${id}: removed`]);
      }),
    );
  addCommonOptions(group.command('rotate-keys'))
    .description('new keys to sign with; the old ones are shown for seven days more')
    .action((_options: object, command: Command) =>
      withStore(command, async (session) => {
        const { rotateKeys } = await import('#server/provider/keys.ts');
        const kids = await rotateKeys(session.store, session.actor);
        print(command, { kids }, () => kids);
      }),
    );
}

function withFields(command: Command): Command {
  return command
    .option('--redirect <uri...>', 'where people are sent back to, letter by letter')
    .option('--post-logout <uri...>', 'where they may be sent after logging out')
    .option('--logout-uri <uri>', 'where it is told that a session has ended (back-channel logout)')
    .option('--scope <scope...>', 'openid profile email affiliation offline_access mail submission')
    .option('--first-party', 'a service of the house: people are not asked')
    .option(...tenantOption);
}

async function fieldsOf(options: ClientOptions): Promise<Partial<ClientFields>> {
  const { name, redirect, postLogout, logoutUri, scope, firstParty } = options;
  return {
    ...(name !== undefined && { name }),
    ...(redirect && { redirectUris: redirect }),
    ...(postLogout && { postLogoutUris: postLogout }),
    ...(logoutUri !== undefined && { logoutUri: logoutUri === '' ? null : logoutUri }),
    ...(scope && { scopes: await scopesOf(scope) }),
    ...(firstParty !== undefined && { isFirstParty: firstParty }),
  };
}

/** @throws {BadUsage} naming those that exist. */
async function scopesOf(names: readonly string[]): Promise<readonly ClientScope[]> {
  const { allClientScopes } = await import('#server/provider/scopes.ts');
  return names
    .flatMap((given) => given.split(/[ ,]+/))
    .map((name) => {
      const known = allClientScopes.find((scope) => scope === name);
      if (!known) throw new BadUsage(`a scope is one of ${allClientScopes.join(', ')}`);
      return known;
    });
}

async function listOf(session: Session, { tenant }: TenantOption): Promise<readonly Client[]> {
  const { listClients } = await import('#server/provider/clients.ts');
  const { id } = await findTenant(session, { slug: tenant });
  return listClients(session.store, session.actor, id);
}

async function findIn(session: Session, options: TenantOption, id: string): Promise<Client> {
  const found = (await listOf(session, options)).find((one) => one.id === id);
  if (!found) throw new BadUsage(`no client ${id}`);
  return found;
}

const publicPart = ({
  id,
  name,
  isFirstParty,
  secretHash,
  redirectUris,
  postLogoutUris,
  logoutUri,
  scopes,
}: Client) => ({
  clientId: id,
  name,
  isFirstParty,
  isConfidential: secretHash !== null,
  redirectUris,
  postLogoutUris,
  logoutUri,
  scopes,
});
