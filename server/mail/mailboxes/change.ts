/**
 * Creating, changing and destroying mailboxes (RFC 8621 §2.5). A name is unique among its siblings, a role in the
 * account, and no mailbox is below itself.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { changeEmailsIn } from '#server/mail/emails/change.ts';
import { destroyEmailsIn } from '#server/mail/emails/destroy.ts';
import { selectFiled, selectMailboxPage } from '#server/mail/emails/queries.ts';
import {
  deleteMailbox,
  insertMailbox,
  type Mailbox,
  type MailboxRole,
  type MailboxSettings,
  selectMailbox,
  selectMailboxes,
  updateMailboxSettings,
} from './queries.ts';

export const mailboxLimits = { depth: 10, nameOctets: 490, perAccount: 2_000 };

export const mailboxRoles: readonly MailboxRole[] = [
  'inbox',
  'drafts',
  'sent',
  'archive',
  'junk',
  'trash',
  'important',
];

const newMailbox: Omit<MailboxSettings, 'name'> = {
  parentId: null,
  role: null,
  sortOrder: 100,
  color: null,
  isSubscribed: true,
  isFavorite: false,
};

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `invalidProperties`, `alreadyExists`, `tooMany`. */
export function createMailbox(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  given: Partial<MailboxSettings> & { readonly name: string },
): Promise<MailboxId> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write');
    return createMailboxIn(tx, given, store.now());
  });
}

/** The same inside a transaction that is open; rights are checked already. */
export async function createMailboxIn(
  tx: AccountTx,
  given: Partial<MailboxSettings> & { readonly name: string },
  at: number,
): Promise<MailboxId> {
  const mailboxes = await selectMailboxes(tx, tx.accountId);
  if (mailboxes.length >= mailboxLimits.perAccount) throw new Refusal('tooMany', { limit: mailboxLimits.perAccount });
  const settings = { ...newMailbox, ...given, name: given.name.normalize('NFC') };
  checkSettings(mailboxes, undefined, settings);
  const id = tx.newId<MailboxId>();
  await insertMailbox(tx, id, settings, Math.floor(at / 1000));
  tx.changed('Mailbox');
  return id;
}

/** @throws {Refusal} `noSuchMailbox`, `noSuchAccount`, `mayNot`, `invalidProperties`, `alreadyExists`, `wouldLoop`. */
export function updateMailbox(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: MailboxId,
  given: Partial<MailboxSettings>,
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write');
    const mailboxes = await selectMailboxes(tx, accountId);
    const mailbox = mailboxes.find((each) => each.id === id);
    if (!mailbox) throw new Refusal('noSuchMailbox');
    const settings = { ...settingsOf(mailbox), ...given };
    const settled = { ...settings, name: settings.name.normalize('NFC') };
    checkSettings(mailboxes, mailbox, settled);
    await updateMailboxSettings(tx, id, settled);
    tx.changed('Mailbox');
  });
}

function settingsOf(mailbox: Mailbox): MailboxSettings {
  const { parentId, name, role, sortOrder, color, isSubscribed, isFavorite } = mailbox;
  return { parentId, name, role, sortOrder, color, isSubscribed, isFavorite };
}

/**
 * What any set of mailboxes must keep, for a mailbox that is new (`before` undefined) or changes.
 * @throws {Refusal}
 */
export function checkSettings(
  mailboxes: readonly Mailbox[],
  before: Mailbox | undefined,
  after: MailboxSettings,
): void {
  const octets = Buffer.byteLength(after.name);
  // Control characters, and "/" which separates levels wherever a path is written (IMAP, Sieve).
  const isBadName =
    after.name.trim() === '' || octets > mailboxLimits.nameOctets || /[\p{Cc}\u2028\u2029/]/u.test(after.name);
  if (isBadName) throw new Refusal('invalidProperties', { properties: ['name'] });
  if (before?.role === 'inbox' && (after.role !== 'inbox' || after.parentId !== null)) {
    throw new Refusal('invalidProperties', { properties: after.role === 'inbox' ? ['parentId'] : ['role'] });
  }
  const others = mailboxes.filter((mailbox) => mailbox.id !== before?.id);
  const twin = others.find((mailbox) => mailbox.parentId === after.parentId && mailbox.name === after.name);
  if (twin) throw new Refusal('alreadyExists', { properties: ['name'] });
  if (after.role !== null && others.some((mailbox) => mailbox.role === after.role)) {
    throw new Refusal('invalidProperties', { properties: ['role'], description: 'another mailbox has this role' });
  }
  checkAncestors(mailboxes, before?.id, after.parentId);
}

function checkAncestors(mailboxes: readonly Mailbox[], id: MailboxId | undefined, parentId: MailboxId | null): void {
  const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
  let depth = 1;
  for (let at = parentId; at !== null; depth += 1) {
    const parent = byId.get(at);
    if (!parent || at === id || depth >= mailboxLimits.depth) {
      throw new Refusal('invalidProperties', { properties: ['parentId'] });
    }
    at = parent.parentId;
  }
}

const emailsPerPage = 1_000;

/**
 * Destroys a mailbox without children. With `removeEmails` its emails leave it, and those filed nowhere else are
 * destroyed; without, it must be empty.
 * @throws {Refusal} `noSuchMailbox`, `mailboxHasChild`, `mailboxHasEmail`, `mayNot` for one that has a role.
 */
export function destroyMailbox(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: MailboxId,
  removeEmails: boolean,
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write');
    const mailboxes = await selectMailboxes(tx, accountId);
    const mailbox = mailboxes.find((each) => each.id === id);
    if (!mailbox) throw new Refusal('noSuchMailbox');
    if (mailbox.role !== null) throw new Refusal('mayNot', { description: 'a mailbox with a role stays' });
    if (mailboxes.some((each) => each.parentId === id)) throw new Refusal('mailboxHasChild');
    if (mailbox.totalEmails > 0 && !removeEmails) throw new Refusal('mailboxHasEmail');
    await emptyMailboxIn(tx, id);
    await deleteMailbox(tx, mailbox);
    tx.changed('Mailbox');
  });
}

/**
 * Takes every email out of a mailbox; those filed nowhere else are destroyed.
 * @returns how many left it.
 * @throws {Refusal} `noSuchMailbox`, `noSuchAccount`, `mayNot`.
 */
export function emptyMailbox(store: Store, actor: Actor, accountId: AccountId, id: MailboxId): Promise<number> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write');
    if (!(await selectMailbox(tx, accountId, id))) throw new Refusal('noSuchMailbox');
    return emptyMailboxIn(tx, id);
  });
}

async function emptyMailboxIn(tx: AccountTx, id: MailboxId): Promise<number> {
  let count = 0;
  for (let after = 0; ;) {
    const page = await selectMailboxPage(tx, tx.accountId, id, after, emailsPerPage);
    const last = page.at(-1);
    if (!last) return count;
    after = last.uid;
    count += page.length;
    const ids = page.map((place) => place.emailId);
    const elsewhere = new Set(
      (await selectFiled(tx, tx.accountId, ids))
        .filter((place) => place.mailboxId !== id)
        .map((place) => place.emailId),
    );
    await destroyEmailsIn(
      tx,
      ids.filter((emailId) => !elsewhere.has(emailId)),
    );
    const change = { kind: 'patch', add: [], remove: [id] } as const;
    await changeEmailsIn(
      tx,
      [...elsewhere].map((emailId) => ({ emailId, mailboxIds: change })),
    );
  }
}
