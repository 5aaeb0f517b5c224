/**
 * Mailboxes by the names IMAP gives them: one's own from the top, the inbox as INBOX; those of other accounts, as
 * mandates allow, below `Partagées/<address>` (RFC 9051 §6.3.10). `/` separates levels. A name stands for one mailbox: a
 * mailbox that would take the name of the inbox or of the shared ones has its number added.
 */
import { accountsOf, type ReachableAccount } from '#server/access/accounts.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Right } from '#server/access/rights.ts';
import { listMailboxes, type Mailbox, type MailboxRights, readMailbox, rightsIn } from '#server/mail/mailboxes/list.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';

import { type PlacedName, type Session, type Who, whoIn } from './session.ts';

export const delimiter = '/';
/** In the language of the institution: it is a name people see. */
export const sharedRoot = 'Partagées';

/** One line of a LIST: a mailbox, or a level above some that is none itself. */
export type Level =
  | ({ readonly kind: 'mailbox' } & Located)
  | { readonly kind: 'level'; readonly name: string; readonly hasChildren: boolean };

export interface Located {
  readonly name: string;
  readonly accountId: AccountId;
  readonly mailbox: Mailbox;
  readonly rights: MailboxRights;
  /** On the whole account. */
  readonly accountRights: readonly Right[];
  /** Whose `\Seen` it is; undefined where it is everybody's. */
  readonly reader: Reader | undefined;
  readonly hasChildren: boolean;
}

/** The mailbox of this name. @throws {Refusal} `noSuchMailbox` */
export async function locate(session: Session, name: string): Promise<Located> {
  const located = await find(session, name);
  if (!located) throw new Refusal('noSuchMailbox');
  return located;
}

/** The same, undefined where there is none. `hasChildren` is for LIST, which asks for all. */
export async function find(session: Session, name: string): Promise<Located | undefined> {
  const { placed } = session;
  const known = placed.get(name);
  const again = known && (await findPlaced(session, name, known));
  if (again) return again;
  placed.delete(name);
  const found = await findByName(session, name);
  // At the top of one's own account a name hangs on nothing but its mailbox.
  if (found?.mailbox.parentId === null && found.accountId === whoIn(session).accountId) {
    const { accountId, mailbox } = found;
    placed.set(name, { accountId, mailboxId: mailbox.id, modseq: mailbox.modseq });
  }
  return found;
}

/** Where the name led before, unless something else than emails changed there since. */
async function findPlaced(session: Session, name: string, known: PlacedName): Promise<Located | undefined> {
  const { accountId, mailboxId, modseq } = known;
  try {
    const {
      mailbox,
      rights: accountRights,
      reader,
    } = await readMailbox(session.store, whoIn(session).actor, accountId, mailboxId);
    if (mailbox.modseq !== modseq) return undefined;
    const rights = rightsIn(mailbox, accountRights, reader !== undefined);
    return { name, accountId, mailbox, rights, accountRights, reader, hasChildren: false };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

async function findByName(session: Session, name: string): Promise<Located | undefined> {
  const territory = await territoryOf(session, name);
  if (!territory) return undefined;
  const all = await mailboxesOf(session, territory.accountId, territory.prefix);
  return all.find((located) => located.name === name);
}

/** Where a name that need not exist yet belongs: the account, and what stands before its own names there. */
export interface Territory {
  readonly accountId: AccountId;
  readonly prefix: string;
}

/** @returns undefined for a level that holds no mailboxes itself, or an account the actor may not know of. */
export async function territoryOf(session: Session, name: string): Promise<Territory | undefined> {
  const who = whoIn(session);
  if (name !== sharedRoot && !name.startsWith(`${sharedRoot}/`)) return { accountId: who.accountId, prefix: '' };
  const address = name.split(delimiter)[1];
  const account = (await sharedAccounts(session, who)).find(({ email }) => email === address);
  return account && { accountId: account.accountId, prefix: prefixOf(account) };
}

function prefixOf({ email }: ReachableAccount): string {
  return `${sharedRoot}/${email}/`;
}

export async function sharedAccounts(session: Session, who: Who): Promise<readonly ReachableAccount[]> {
  return (await accountsOf(session.store, who.actor)).filter(({ isOwn }) => !isOwn);
}

/** Every mailbox one may know of, and the levels above shared ones, by account. */
export async function listLevels(session: Session, wantsShared: boolean): Promise<readonly Level[]> {
  const who = whoIn(session);
  const own = await mailboxesOf(session, who.accountId, '');
  const levels: Level[] = own.map((located) => ({ kind: 'mailbox', ...located }));
  if (!wantsShared) return levels;
  const shared = await sharedAccounts(session, who);
  if (shared.length > 0) levels.push({ kind: 'level', name: sharedRoot, hasChildren: true });
  for (const account of shared) {
    const theirs = await mailboxesOf(session, account.accountId, prefixOf(account)).catch((error: unknown) => {
      // A mandate that ended since the accounts were listed.
      if (error instanceof Refusal) return [];
      throw error;
    });
    levels.push({ kind: 'level', name: `${sharedRoot}/${account.email}`, hasChildren: theirs.length > 0 });
    for (const located of theirs) levels.push({ kind: 'mailbox', ...located });
  }
  return levels;
}

/** The mailboxes of one account by name, in the order clients show them. @throws {Refusal} `noSuchAccount` */
export async function mailboxesOf(session: Session, accountId: AccountId, prefix: string): Promise<readonly Located[]> {
  const { mailboxes, rights, reader } = await listMailboxes(session.store, whoIn(session).actor, accountId);
  const names = namesOf(mailboxes, prefix === '');
  const parents = new Set(mailboxes.map(({ parentId }) => parentId));
  return mailboxes.map((mailbox) => ({
    name: prefix + (names.get(mailbox.id) ?? mailbox.name),
    accountId,
    mailbox,
    rights: rightsIn(mailbox, rights, reader !== undefined),
    accountRights: rights,
    reader,
    hasChildren: parents.has(mailbox.id),
  }));
}

/** Names within the account, each once. */
export function namesOf(mailboxes: readonly Mailbox[], isOwn: boolean): ReadonlyMap<MailboxId, string> {
  const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
  const names = new Map<MailboxId, string>();
  const nameOf = (mailbox: Mailbox): string => {
    const known = names.get(mailbox.id);
    if (known !== undefined) return known;
    const parent = mailbox.parentId === null ? undefined : byId.get(mailbox.parentId);
    const name = parent ? `${nameOf(parent)}${delimiter}${mailbox.name}` : topName(mailbox, isOwn);
    names.set(mailbox.id, name);
    return name;
  };
  for (const mailbox of mailboxes) nameOf(mailbox);
  return names;
}

function topName({ id, name, role }: Mailbox, isOwn: boolean): string {
  if (role === 'inbox') return 'INBOX';
  const isTaken = /^inbox$/i.test(name) || (isOwn && name === sharedRoot);
  return isTaken ? `${name} ${id}` : name;
}
