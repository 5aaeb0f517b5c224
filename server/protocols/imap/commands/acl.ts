/**
 * MYRIGHTS, GETACL, LISTRIGHTS, SETACL and DELETEACL (RFC 4314). Rights are mandates: they are given on an account, with a
 * reason and an end, and traced; so they are shown here, and given elsewhere.
 */
import type { Command } from '#formats/imap/command.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import { printAstring } from '#formats/imap/string.ts';
import { accountsOf } from '#server/access/accounts.ts';
import { listHoldings } from '#server/access/holders.ts';
import { allRights } from '#server/access/rights.ts';
import { locate, type Located } from '#server/protocols/imap/names.ts';
import { tellNo } from '#server/protocols/imap/say.ts';
import { isUtf8, type Session, whoIn } from '#server/protocols/imap/session.ts';

import { allLetters, lettersOf, printRights } from './rights.ts';

interface Named {
  readonly mailbox: string;
}

export async function myRightsCommand(session: Session, command: Named): Promise<void> {
  const located = await locate(session, command.mailbox);
  session.connection.say(`* MYRIGHTS ${nameOf(session, located)} ${printRights(located)}\r\n`);
}

export async function getAclCommand(session: Session, command: Named): Promise<void> {
  const located = await locate(session, command.mailbox);
  const { actor } = whoIn(session);
  const { accountId, mailbox } = located;
  const holdings = await listHoldings(session.store, actor, actor.tenantId, accountId);
  const account = (await accountsOf(session.store, actor)).find((each) => each.accountId === accountId);
  // An account somebody calls their own is theirs whole; a functional one is nobody's but by mandate.
  const owner = account?.isOwn ? [{ email: account.email, rights: allRights }] : [];
  const entries = [...owner, ...holdings].map(
    ({ email, rights }) => ` ${printAstring(email)} ${lettersOf(mailbox, rights, located.reader !== undefined)}`,
  );
  session.connection.say(`* ACL ${nameOf(session, located)}${entries.join('')}\r\n`);
}

export async function listRightsCommand(
  session: Session,
  { mailbox, identifier }: Extract<Command, { kind: 'deleteAcl' | 'listRights' }>,
): Promise<void> {
  const located = await locate(session, mailbox);
  if (!located.accountRights.includes('manage')) throw tellNo('NOPERM', 'Not allowed');
  // What a mandate gives comes together (RFC 4314 §3.7): reading; writing; sending; managing.
  session.connection.say(`* LISTRIGHTS ${nameOf(session, located)} ${printAstring(identifier)} "" lr swikxte p a\r\n`);
}

export async function changeAclCommand(session: Session, { mailbox }: Named): Promise<never> {
  await locate(session, mailbox);
  throw tellNo('NOPERM', `Rights (${allLetters}) are given by mandates, with a reason and an end`);
}

function nameOf(session: Session, { name }: Located): string {
  return printMailbox(name, isUtf8(session));
}
