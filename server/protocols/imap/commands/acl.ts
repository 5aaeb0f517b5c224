/**
 * MYRIGHTS, GETACL, LISTRIGHTS, SETACL and DELETEACL (RFC 4314). Rights are mandates: they are given on an account, with a
 * reason and an end, and traced; so they are shown here, and given elsewhere.
 */
import type { Command } from '#formats/imap/command.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import { printAstring } from '#formats/imap/string.ts';
import { accountsOf } from '#server/access/accounts.ts';
import { listHoldings } from '#server/access/holders.ts';
import { Refusal } from '#server/access/refusal.ts';
import { allRights } from '#server/access/rights.ts';
import { locate, type Located } from '#server/protocols/imap/names.ts';
import { tellBad, tellNo } from '#server/protocols/imap/say.ts';
import { isUtf8, type Session, whoIn } from '#server/protocols/imap/session.ts';

import { knownLetters, lettersOf, printRights } from './rights.ts';

interface Named {
  readonly mailbox: string;
}

type IdentifierNamed = Extract<Command, { kind: 'deleteAcl' | 'listRights' }>;

export async function myRightsCommand(session: Session, command: Named): Promise<void> {
  const located = await locate(session, command.mailbox);
  session.connection.say(`* MYRIGHTS ${nameOf(session, located)} ${printRights(located)}\r\n`);
}

export async function getAclCommand(session: Session, command: Named): Promise<void> {
  const located = await locate(session, command.mailbox);
  const entries = await entriesOf(session, located);
  const printed = entries.map(({ email, letters }) => ` ${printAstring(email)} ${letters}`);
  session.connection.say(`* ACL ${nameOf(session, located)}${printed.join('')}\r\n`);
}

interface Entry {
  readonly email: string;
  readonly letters: string;
}

async function entriesOf(session: Session, { accountId, mailbox, reader }: Located): Promise<readonly Entry[]> {
  const { actor } = whoIn(session);
  const holdings = await listHoldings(session.store, actor, actor.tenantId, accountId);
  const account = (await accountsOf(session.store, actor)).find((each) => each.accountId === accountId);
  // An account somebody calls their own is theirs whole; a functional one is nobody's but by mandate.
  const owner = account?.isOwn ? [{ email: account.email, rights: allRights }] : [];
  return [...owner, ...holdings].map(({ email, rights }) => ({
    email,
    letters: lettersOf(mailbox, rights, reader !== undefined),
  }));
}

export async function listRightsCommand(session: Session, { mailbox, identifier }: IdentifierNamed): Promise<void> {
  const located = await managed(session, mailbox, identifier);
  const entry = (await entriesOf(session, located)).find(({ email }) => email === identifier.toLowerCase());
  // What they have stays, and nothing can be given here (RFC 4314 §3.7).
  const fixed = entry ? printAstring(entry.letters) : '""';
  session.connection.say(`* LISTRIGHTS ${nameOf(session, located)} ${printAstring(identifier)} ${fixed}\r\n`);
}

export async function changeAclCommand(
  session: Session,
  command: IdentifierNamed | Extract<Command, { kind: 'setAcl' }>,
): Promise<never> {
  const unknown =
    command.kind === 'setAcl' && command.rights.split('').find((letter) => !knownLetters.includes(letter));
  if (typeof unknown === 'string') throw tellBad(`There is no right ${unknown}`);
  await managed(session, command.mailbox, command.identifier);
  throw tellNo('CANNOT', 'Rights are given by mandates, with a reason and an end');
}

/** For who may see and change rights (RFC 4314 §4), the others are told no more than that. */
async function managed(session: Session, mailbox: string, identifier: string): Promise<Located> {
  if (identifier.trim() === '') throw tellBad('The identifier is empty');
  const located = await locate(session, mailbox);
  if (!located.accountRights.includes('manage')) throw new Refusal('mayNot');
  return located;
}

function nameOf(session: Session, { name }: Located): string {
  return printMailbox(name, isUtf8(session));
}
