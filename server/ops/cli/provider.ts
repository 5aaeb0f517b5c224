/** `pli provider add|change|list|show|enable|disable|remove|policy`: the identity providers an institution believes. */
import { readFileSync } from 'node:fs';

import type { Command } from 'commander';

import type { Provider, ProviderChange } from '#server/federation/providers.ts';
import { leavings, linkings, providerKinds } from '#server/federation/settings.ts';

import {
  addCommonOptions,
  BadUsage,
  findTenant,
  print,
  printTable,
  readPassword,
  type Session,
  withStore,
} from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface Options extends TenantOption {
  readonly name?: string;
  readonly position?: string;
  readonly url?: string;
  readonly clientId?: string;
  readonly secretStdin?: boolean;
  readonly clientAuthentication?: string;
  readonly scope?: readonly string[];
  readonly level?: readonly string[];
  readonly userinfoAlgorithm?: string;
  readonly casVersion?: string;
  readonly entityId?: string;
  readonly logoutUrl?: string;
  readonly certificate?: readonly string[];
  readonly domain?: readonly string[];
  readonly linkBy?: string;
  readonly linkClaim?: string;
  readonly leaving?: string;
  readonly trustSecondFactor?: boolean;
  readonly recoveryUrl?: string;
  readonly inside?: boolean;
  readonly plain?: boolean;
  readonly bindDn?: string;
  readonly base?: string;
  readonly filter?: string;
  readonly passwordsOf?: readonly string[];
  readonly peopleFilter?: string;
  readonly attribute?: readonly string[];
  readonly unitsBase?: string;
  readonly unitsFilter?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

function addSettings(command: Command): Command {
  return command
    .option('--position <number>', 'its place among the buttons')
    .option(
      '--url <url>',
      'OpenID: the issuer; CAS: what stands before /login; SAML: where people are sent to log in; LDAP: ldaps://host or ldap://host',
    )
    .option('--client-id <id>', 'OpenID: our name there')
    .option('--secret-stdin', 'OpenID and LDAP: our secret there, on the standard input')
    .option('--client-authentication <way>', 'OpenID: how the secret is shown, basic or post')
    .option('--scope <name...>', 'OpenID: what is asked for')
    .option('--level <acr...>', 'OpenID: the levels of assurance that will do')
    .option('--userinfo-algorithm <name>', 'OpenID: what userinfo must be signed with')
    .option('--cas-version <number>', 'CAS: 2 or 3')
    .option('--entity-id <id>', 'SAML: its name')
    .option('--logout-url <url>', 'SAML: where people are sent to leave')
    .option('--certificate <file...>', 'SAML: what it signs with; LDAP: what its authority is; PEM')
    .option('--domain <name...>', 'whoever types an address of one of these is offered it')
    .option('--link-by <what>', `what people are first recognised by: ${linkings.join(', ')}`)
    .option('--link-claim <name>', 'what it calls that')
    .option('--leaving <when>', `whether leaving us leaves it too: ${leavings.join(', ')}`)
    .option('--trust-second-factor', 'its own second factor is enough')
    .option('--no-trust-second-factor', 'ours is asked besides')
    .option('--recovery-url <url>', 'where its people get a forgotten password back')
    .option('--inside', 'it may be inside our network, and speak plain HTTP there')
    .option('--plain', 'LDAP: without TLS, with --inside: for a directory on this machine, or a laboratory')
    .option('--bind-dn <dn>', 'LDAP: as whom we search; its password by --secret-stdin')
    .option('--base <dn>', 'LDAP: where people are')
    .option('--filter <filter>', 'LDAP: how one is found, with {userName}, {email} or {externalId}; (uid={userName})')
    .option('--passwords-of <population...>', 'LDAP: whose passwords it keeps; * is everybody, nobody at first')
    .option('--people-filter <filter>', 'LDAP: who is imported')
    .option('--attribute <column=attribute...>', 'LDAP: what else a column of people.csv is called there')
    .option('--units-base <dn>', 'LDAP: where units are')
    .option('--units-filter <filter>', 'LDAP: which ones are imported')
    .option(...tenantOption);
}

export function register(group: Command): void {
  addSettings(addCommonOptions(group.command('add')))
    .description('adds a provider, and opens it at once')
    .argument('<kind>', providerKinds.join(', '))
    .argument('<name>', 'on its button')
    .action((kind: string, name: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const known = providerKinds.find((one) => one === kind);
        if (known === undefined) throw new BadUsage(`a provider is one of ${providerKinds.join(', ')}`);
        const { addProvider } = await import('#server/federation/providers.ts');
        const tenant = await findTenant(session, { slug: options.tenant });
        const secret = options.secretStdin === true ? await readPassword() : undefined;
        const settings = settingsOf(known, options);
        const added = await addProvider(session.store, session.actor, tenant.id, {
          kind: known,
          name,
          settings,
          secret,
        });
        print(command, shown(added), () => [`provider ${added.id}: ${added.name}`]);
      }),
    );
  addSettings(addCommonOptions(group.command('change')))
    .description('changes what is given, and keeps the rest')
    .argument('<id>', 'as list prints it')
    .option('--name <name>', 'on its button')
    .action((id: string, options: Options, command: Command) =>
      change(command, id, options, async ({ kind }) => ({
        name: options.name,
        position: options.position === undefined ? undefined : Number(options.position),
        settings: settingsOf(kind, options),
        secret: options.secretStdin === true ? await readPassword() : undefined,
      })),
    );
  for (const [word, isEnabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    addCommonOptions(group.command(word))
      .description(isEnabled ? 'lets people in by it' : 'lets nobody in by it any more; links and sessions stay')
      .argument('<id>', 'as list prints it')
      .option(...tenantOption)
      .action((id: string, options: Options, command: Command) =>
        change(command, id, options, () => Promise.resolve({ isEnabled })),
      );
  }
  addCommonOptions(group.command('remove'))
    .description('removes a provider and everybody’s links to it')
    .argument('<id>', 'as list prints it')
    .option(...tenantOption)
    .action((id: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const { removeProvider } = await import('#server/federation/providers.ts');
        const provider = await find(session, id, options);
        await removeProvider(session.store, session.actor, provider.tenantId, provider.id);
        print(command, { id: provider.id, removed: true }, () => [`provider ${id}: removed`]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists the providers, in the order of their buttons')
    .option(...tenantOption)
    .action((options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const all = await listOf(session, options);
        print(command, all.map(shown), () =>
          printTable(all.map(({ id, kind, name, isEnabled }) => [String(id), kind, isEnabled ? 'on' : 'off', name])),
        );
      }),
    );
  addCommonOptions(group.command('show'))
    .description('shows all of one, but its secret')
    .argument('<id>', 'as list prints it')
    .option(...tenantOption)
    .action((id: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const provider = shown(await find(session, id, options));
        print(command, provider, () =>
          printTable(Object.entries({ ...provider, ...provider.settings }).map(([key, value]) => [key, textOf(value)])),
        );
      }),
    );
  registerPolicy(group);
}

interface PolicyOptions extends TenantOption {
  readonly saml?: string;
  readonly direct?: string;
  readonly recovery?: string;
}

function registerPolicy(group: Command): void {
  addCommonOptions(group.command('policy'))
    .description('shows what an institution decided about other providers, or changes it')
    .option('--saml <word>', 'open or closed: SAML 2, which is closed at first')
    .option('--direct <word>', 'shown or hidden: name and password on the login page')
    .option('--recovery <id>', 'the provider where forgotten passwords are got back, or none')
    .option(...tenantOption)
    .action((options: PolicyOptions, command: Command) =>
      withStore(command, async (session) => {
        const { changeFederationPolicy } = await import('#server/federation/policy.ts');
        const { id } = await findTenant(session, { slug: options.tenant });
        const { saml, direct, recovery } = options;
        const policy = await changeFederationPolicy(session.store, session.actor, id, {
          ...(saml !== undefined && { isSamlOpen: wordOf(saml, 'open', 'closed') }),
          ...(direct !== undefined && { isDirectHidden: wordOf(direct, 'hidden', 'shown') }),
          ...(recovery !== undefined && { recoveryProviderId: recovery === 'none' ? null : Number(recovery) }),
        });
        print(command, policy, () => printTable(Object.entries(policy).map(([key, value]) => [key, String(value)])));
      }),
    );
}

function wordOf(given: string, yes: string, no: string): boolean {
  if (given !== yes && given !== no) throw new BadUsage(`${yes} or ${no}, not ${given}`);
  return given === yes;
}

function change(
  command: Command,
  id: string,
  options: TenantOption,
  plan: (provider: Provider) => Promise<ProviderChange>,
): Promise<void> {
  return withStore(command, async (session) => {
    const { changeProvider } = await import('#server/federation/providers.ts');
    const before = await find(session, id, options);
    const after = await changeProvider(session.store, session.actor, before.tenantId, before.id, await plan(before));
    print(command, shown(after), () => [`provider ${id}: ${after.name}, ${after.isEnabled ? 'on' : 'off'}`]);
  });
}

async function listOf(session: Session, { tenant }: TenantOption): Promise<readonly Provider[]> {
  const { listProviders } = await import('#server/federation/providers.ts');
  return listProviders(session.store, session.actor, (await findTenant(session, { slug: tenant })).id);
}

async function find(session: Session, id: string, options: TenantOption): Promise<Provider> {
  const found = (await listOf(session, options)).find((one) => String(one.id) === id);
  if (!found) throw new BadUsage(`no provider ${id}`);
  return found;
}

function shown({ id, kind, name, position, isEnabled, secret, settings }: Provider) {
  return { id, kind, name, position, isEnabled, hasSecret: secret !== null, settings };
}

const addressNames = { oidc: 'issuer', cas: 'url', saml: 'entryPoint', ldap: 'url' } as const;

function settingsOf(kind: Provider['kind'], options: Options): Readonly<Record<string, unknown>> {
  const given = {
    [addressNames[kind]]: options.url,
    clientId: options.clientId,
    clientAuthentication: options.clientAuthentication,
    scopes: options.scope,
    levels: options.level,
    userinfoAlgorithm: options.userinfoAlgorithm,
    version: options.casVersion === undefined ? undefined : Number(options.casVersion),
    entityId: options.entityId,
    logoutUrl: options.logoutUrl,
    certificates: options.certificate?.map((file) => readFileSync(file, 'utf8')),
    domains: options.domain?.filter((one) => one !== ''),
    linkBy: options.linkBy,
    linkClaim: options.linkClaim,
    leaving: options.leaving,
    isSecondFactorTrusted: options.trustSecondFactor,
    recoveryUrl: options.recoveryUrl,
    mayReachInside: options.inside,
    isPlain: options.plain,
    bindDn: options.bindDn,
    base: options.base,
    filter: options.filter,
    passwordsOf: options.passwordsOf?.filter((one) => one !== ''),
    peopleFilter: options.peopleFilter,
    attributes: options.attribute?.filter((one) => one !== ''),
    unitsBase: options.unitsBase,
    unitsFilter: options.unitsFilter,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
