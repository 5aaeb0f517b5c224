/** `pli account app-password add|list|revoke`: keys for programs, as the person's own page gives them out. */
import type { Command } from 'commander';

import type { Credential } from '#server/access/credential.ts';
import { allScopes, type Scope } from '#server/access/actor.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface Options {
  readonly tenant?: string;
}

interface AddOptions extends Options {
  readonly label: string;
  readonly scope?: readonly string[];
  readonly bearer?: boolean;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;

export function registerAppPassword(group: Command): void {
  addCommonOptions(group.command('add'))
    .description('makes a password for one program, and prints it: it is shown this once')
    .argument('<name>', 'user name or e-mail address')
    .option('--label <text>', 'which program, on which machine', 'command line')
    .option('--scope <scope...>', `what it may do: ${allScopes.join(', ')}; all of it when absent`)
    .option('--bearer', 'a bearer token instead')
    .option(...tenantOption)
    .action((name: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const { addCredential } = await import('#server/access/credential.ts');
        const made = await addCredential(session.store, session.actor, {
          ...(await find(session, name, options)),
          kind: options.bearer === true ? 'bearer' : 'appPassword',
          name: options.label,
          ...(options.scope && { scopes: options.scope.map(scopeOf) }),
        });
        print(command, made, () => [made.secret]);
      }),
    );
  addCommonOptions(group.command('list'))
    .description('lists those that still work, with their last use')
    .argument('<name>', 'user name or e-mail address')
    .option(...tenantOption)
    .action((name: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { listCredentials } = await import('#server/access/credential.ts');
        const all = await listCredentials(session.store, session.actor, await find(session, name, options));
        print(command, all.map(publicPart), () => printTable(all.map(rowOf)));
      }),
    );
  addCommonOptions(group.command('revoke'))
    .description('ends one at once')
    .argument('<name>', 'user name or e-mail address')
    .argument('<id>', 'as list prints it')
    .option(...tenantOption)
    .action((name: string, id: string, options: Options, command: Command) =>
      withStore(command, async (session) => {
        const { revokeCredential } = await import('#server/access/credential.ts');
        const isEnded = await revokeCredential(session.store, session.actor, await find(session, name, options), id);
        if (!isEnded) throw new BadUsage(`${name} has no app password ${id} that still works`);
        print(command, { id, revoked: true }, () => [`${id}: revoked`]);
      }),
    );
}

async function find(session: Session, name: string, { tenant }: Options) {
  const { findPerson } = await import('#server/directory/people.ts');
  const given = tenant === undefined ? undefined : (await findTenant(session, { slug: tenant })).id;
  const { tenantId, personId } = await findPerson(session.store, session.actor, name, given);
  return { tenantId, personId };
}

/** @throws {BadUsage} */
function scopeOf(text: string): Scope {
  const scope = allScopes.find((one) => one === text);
  if (scope === undefined) throw new BadUsage(`--scope is one of ${allScopes.join(', ')}`);
  return scope;
}

const publicPart = ({ id, kind, name, scopes, createdAt, expiresAt, lastUsedAt, lastUsedFrom }: Credential) => ({
  id,
  kind,
  name,
  scopes,
  createdAt,
  expiresAt,
  lastUsedAt,
  lastUsedFrom,
});

function rowOf({ id, kind, name, scopes, createdAt, lastUsedAt, lastUsedFrom }: Credential): readonly string[] {
  const used = lastUsedAt === null ? 'never used' : `used ${printDay(lastUsedAt)} from ${lastUsedFrom ?? '?'}`;
  return [id, kind, name, scopes.join(','), `made ${printDay(createdAt)}`, used];
}

function printDay(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
