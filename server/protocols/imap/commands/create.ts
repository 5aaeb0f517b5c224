/** CREATE, DELETE and RENAME (RFC 9051 §6.3.4 to §6.3.6, RFC 6154 §3). Levels above a new mailbox are made with it. */
import type { Command } from '#formats/imap/command.ts';
import { createMailbox, destroyMailbox, updateMailbox } from '#server/mail/mailboxes/change.ts';
import type { MailboxId } from '#server/store/ids.ts';
import { moveByUid } from '#server/mail/emails/place.ts';
import { openView } from '#server/mail/view/open.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { delimiter, find, locate, mailboxesOf, territoryOf } from '#server/protocols/imap/names.ts';
import { tellNo } from '#server/protocols/imap/say.ts';
import { isSelected } from '#server/protocols/imap/search/sources.ts';
import { printMailboxId, type Session, whoIn } from '#server/protocols/imap/session.ts';

const roleOf = {
  '\\drafts': 'drafts',
  '\\sent': 'sent',
  '\\archive': 'archive',
  '\\junk': 'junk',
  '\\trash': 'trash',
  '\\important': 'important',
} as const;
type Use = keyof typeof roleOf;

export async function createCommand(session: Session, command: Extract<Command, { kind: 'create' }>): Promise<Done> {
  // A client may say that it wants to make mailboxes below: nothing more is needed for that (RFC 9051 §6.3.4).
  const name = command.mailbox.endsWith(delimiter) ? command.mailbox.slice(0, -1) : command.mailbox;
  const [use, ...others] = command.uses.map((each) => each.toLowerCase());
  if (others.length > 0 || (use !== undefined && !isUse(use))) throw tellNo('USEATTR', 'No mailbox can be used so');
  if (name === '' || (await find(session, name))) throw tellNo('ALREADYEXISTS', 'There is a mailbox of this name');
  const { accountId, parentId, last } = await makeAbove(session, name);
  const role = use === undefined ? null : roleOf[use];
  if (role !== null && (await mailboxesOf(session, accountId, '')).some(({ mailbox }) => mailbox.role === role))
    throw tellNo('USEATTR', 'There is a mailbox for this use');
  const { actor } = whoIn(session);
  const id = await createMailbox(session.store, actor, accountId, { name: last, parentId, role, isSubscribed: false });
  return { code: `MAILBOXID (${printMailboxId(id)})`, words: 'Created' };
}

function isUse(use: string): use is Use {
  return Object.hasOwn(roleOf, use);
}

/** Makes what is missing above a name. @returns where its own level belongs. */
async function makeAbove(session: Session, name: string) {
  const { actor } = whoIn(session);
  const territory = await territoryOf(session, name);
  if (!territory) throw tellNo('NOPERM', 'No mailbox can be made here');
  const { accountId, prefix } = territory;
  const levels = name.slice(prefix.length).split(delimiter);
  const last = levels.pop() ?? '';
  if (last === '' || levels.includes('')) throw tellNo('CANNOT', 'A level of the name is empty');
  const known = new Map(
    (await mailboxesOf(session, accountId, prefix)).map((located) => [located.name, located.mailbox.id]),
  );
  let parentId: MailboxId | null = null;
  let path = prefix.slice(0, -1);
  for (const level of levels) {
    path = path === '' ? level : `${path}${delimiter}${level}`;
    // The inbox is INBOX however it is written, and what is below it as well.
    const id: MailboxId | undefined = known.get(path);
    parentId =
      id ?? (await createMailbox(session.store, actor, accountId, { name: level, parentId, isSubscribed: false }));
  }
  return { accountId, parentId, last };
}

export async function deleteCommand(session: Session, { mailbox: name }: { readonly mailbox: string }): Promise<void> {
  const located = await locate(session, name);
  const { accountId, mailbox, rights } = located;
  if (!rights.mayDelete && mailbox.role !== null) throw tellNo('CANNOT', 'This mailbox has its use, and stays');
  await destroyMailbox(session.store, whoIn(session).actor, accountId, mailbox.id, true);
  // Who deletes the mailbox it has selected has none selected any more.
  if (isSelected(session, located)) session.state = { kind: 'authenticated', who: whoIn(session) };
}

export async function renameCommand(session: Session, command: Extract<Command, { kind: 'rename' }>): Promise<void> {
  const { actor } = whoIn(session);
  const { store } = session;
  const from = await locate(session, command.from);
  if (await find(session, command.to)) throw tellNo('ALREADYEXISTS', 'There is a mailbox of this name');
  if (command.to.startsWith(`${command.from}${delimiter}`)) throw tellNo('CANNOT', 'A mailbox cannot be below itself');
  if (from.mailbox.role === 'inbox') return renameInbox(session, command.to);
  const { accountId, parentId, last } = await makeAbove(session, command.to);
  if (accountId !== from.accountId) throw tellNo('CANNOT', 'A mailbox stays in its account');
  await updateMailbox(store, actor, accountId, from.mailbox.id, { name: last, parentId });
}

/** The emails go to a new mailbox, and the inbox stays, empty (RFC 9051 §6.3.6). */
async function renameInbox(session: Session, name: string): Promise<void> {
  const { actor } = whoIn(session);
  const { store } = session;
  const inbox = await locate(session, 'INBOX');
  const { accountId, parentId, last } = await makeAbove(session, name);
  const mailboxId = await createMailbox(store, actor, accountId, { name: last, parentId, isSubscribed: false });
  const { columns } = await openView(store, actor, inbox.accountId, inbox.mailbox.id);
  const uids = columns.uids.slice(0, columns.length);
  const from = { accountId: inbox.accountId, mailboxId: inbox.mailbox.id };
  await moveByUid(store, actor, from, uids, { accountId, mailboxId });
}
