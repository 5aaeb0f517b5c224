/** GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208): each account is one root, named by its address; the institution sets it. */
import { printMailbox } from '#formats/imap/mailbox.ts';
import { printAstring } from '#formats/imap/string.ts';
import { accountsOf } from '#server/access/accounts.ts';
import { readUsage } from '#server/quota/read.ts';
import type { AccountId } from '#server/store/ids.ts';
import { locate } from '#server/protocols/imap/names.ts';
import { tellNo } from '#server/protocols/imap/say.ts';
import { isUtf8, type Session, whoIn } from '#server/protocols/imap/session.ts';

/** STORAGE counts in units of 1024 octets (RFC 9208 §5.1). */
const unitOctets = 1024;

export async function getQuotaCommand(session: Session, { root }: { readonly root: string }): Promise<void> {
  const account = (await accountsOf(session.store, whoIn(session).actor)).find(({ email }) => email === root);
  if (!account) throw tellNo('NONEXISTENT', 'No such quota root');
  await sayQuota(session, root, account.accountId);
}

export async function getQuotaRootCommand(session: Session, { mailbox }: { readonly mailbox: string }): Promise<void> {
  const { accountId, name } = await locate(session, mailbox);
  const accounts = await accountsOf(session.store, whoIn(session).actor);
  const root = accounts.find((account) => account.accountId === accountId)?.email ?? '';
  session.connection.say(`* QUOTAROOT ${printMailbox(name, isUtf8(session))} ${printAstring(root)}\r\n`);
  await sayQuota(session, root, accountId);
}

export function setQuotaCommand(): never {
  throw tellNo('NOPERM', 'The institution sets quotas');
}

async function sayQuota(session: Session, root: string, accountId: AccountId): Promise<void> {
  const { quotaOctets, usedOctets } = await readUsage(session.store, whoIn(session).actor, accountId);
  const resources =
    quotaOctets === null ? '' : `STORAGE ${Math.ceil(usedOctets / unitOctets)} ${Math.floor(quotaOctets / unitOctets)}`;
  session.connection.say(`* QUOTA ${printAstring(root)} (${resources})\r\n`);
}
