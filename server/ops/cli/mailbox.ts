/** `pli mailbox members list|add|remove`: who works in a functional mailbox, or in somebody's, and what they may do. */
import type { Command } from 'commander';

import type { ListedMandate } from '#server/access/mandate.ts';

import { addCommonOptions, BadUsage, print, printTable, type Session, withStore } from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface AddOptions extends TenantOption {
  readonly may?: readonly string[];
  readonly until?: string;
  readonly reason?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;
const mailboxArgument = ['<mailbox>', 'an address that leads to it, or a person’s user name'] as const;

export function register(group: Command): void {
  const members = group.command('members').description('who works in it: list, add, remove');
  addCommonOptions(members.command('list'))
    .description('lists those who hold a mandate on it, or will')
    .argument(...mailboxArgument)
    .option(...tenantOption)
    .action((mailbox: string, options: TenantOption, command: Command) =>
      withStore(command, async (session) => {
        const standing = await standingOn(session, mailbox, options);
        const { stateOfMandate } = await import('#server/access/mandate.ts');
        const at = session.store.now();
        print(
          command,
          standing.map(({ id, holder, rights, endsAt, ...one }) => ({
            id,
            email: holder.email,
            name: holder.name,
            rights,
            endsAt,
            state: stateOfMandate({ ...one, id, rights, endsAt }, at),
          })),
          () =>
            printTable(
              standing.map((one) => [
                one.holder.email,
                one.holder.name,
                one.rights.join(' '),
                one.endsAt === null ? 'no end' : `until ${new Date(one.endsAt - 1).toISOString().slice(0, 10)}`,
                stateOfMandate(one, at),
              ]),
            ),
        );
      }),
    );
  addCommonOptions(members.command('add'))
    .description('lets somebody work in it, from now on; they need not accept it')
    .argument(...mailboxArgument)
    .argument('<person>', 'user name or e-mail address')
    .option('--may <right...>', 'read, draft, write, sendOnBehalf, sendAs or manage', ['read'])
    .option('--until <day>', 'the last day, as 2027-08-31')
    .option('--reason <text>', 'kept with it')
    .option(...tenantOption)
    .action((mailbox: string, person: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const { grantMandate } = await import('#server/access/mandate.ts');
        const { allRights } = await import('#server/access/rights.ts');
        const wanted = options.may ?? ['read'];
        const rights = allRights.filter((right) => wanted.includes(right));
        if (rights.length < new Set(wanted).size) throw new BadUsage(`a right is one of ${allRights.join(', ')}`);
        const { tenantId, personId, email } = await find(session, person, options);
        const id = await grantMandate(session.store, session.actor, {
          tenantId,
          accountId: (await findMailbox(session, mailbox, options)).accountId,
          personId,
          rights,
          endsAt: options.until === undefined ? null : endOf(options.until),
          ...(options.reason !== undefined && { reason: options.reason }),
        });
        print(command, { id, mailbox, email, rights }, () => [`${email}: ${rights.join(' ')} in ${mailbox}`]);
      }),
    );
  addCommonOptions(members.command('remove'))
    .description('ends every mandate somebody holds on it, at once')
    .argument(...mailboxArgument)
    .argument('<person>', 'user name or e-mail address')
    .option('--reason <text>', 'kept in the trace')
    .option(...tenantOption)
    .action((mailbox: string, person: string, options: AddOptions, command: Command) =>
      withStore(command, async (session) => {
        const { revokeMandate } = await import('#server/access/mandate.ts');
        const { tenantId, personId, email } = await find(session, person, options);
        const theirs = (await standingOn(session, mailbox, options)).filter((one) => one.personId === personId);
        if (theirs.length === 0) throw new BadUsage(`${email} does not work in ${mailbox}`);
        for (const { id } of theirs)
          await revokeMandate(session.store, session.actor, tenantId, id, options.reason ?? null);
        print(command, { mailbox, email, removed: theirs.length }, () => [`${email}: no longer in ${mailbox}`]);
      }),
    );
}

/** Those that were not ended, nor are over. */
async function standingOn(session: Session, mailbox: string, options: TenantOption): Promise<readonly ListedMandate[]> {
  const { listMandates, stateOfMandate } = await import('#server/access/mandate.ts');
  const { accountId, tenantId } = await findMailbox(session, mailbox, options);
  const at = session.store.now();
  const over = new Set(['revoked', 'declined', 'ended']);
  const all = await listMandates(session.store, session.actor, tenantId, accountId);
  return all.filter((one) => !over.has(stateOfMandate(one, at)));
}

/** @throws {Refusal} `noSuchAccount`, `noSuchPerson`. */
async function findMailbox(session: Session, mailbox: string, options: TenantOption) {
  if (!mailbox.includes('@')) return find(session, mailbox, options);
  const { findAccountByAddress } = await import('#server/directory/address.ts');
  const { Refusal } = await import('#server/access/refusal.ts');
  const { read } = await import('#server/store/store.ts');
  const route = await read(session.store, (tx) => findAccountByAddress(tx, mailbox));
  if (route.kind !== 'account') throw new Refusal('noSuchAccount', { description: `nobody here has ${mailbox}` });
  return route;
}

async function find(session: Session, name: string, { tenant }: TenantOption) {
  const { findPerson } = await import('#server/directory/people.ts');
  const { findTenant } = await import('./context.ts');
  const given = tenant === undefined ? undefined : (await findTenant(session, { slug: tenant })).id;
  return findPerson(session.store, session.actor, name, given);
}

/** The end of that day, UTC. @throws {BadUsage} */
function endOf(day: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T24:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new BadUsage('--until is a day, as 2027-08-31');
  return at;
}
