/** All SQL on mailboxes. Counts are kept, never counted: whoever files or unfiles an email says by how much they move. */
import { sql } from 'kysely';

import { type AccountId, asId, asModseq, type MailboxId, type Modseq, type Uid } from '#server/store/ids.ts';
import type { MailboxTable } from '#server/store/schema.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** Registered roles (RFC 8621 §2, IANA “IMAP Mailbox Name Attributes”). */
export type MailboxRole = 'inbox' | 'drafts' | 'sent' | 'archive' | 'junk' | 'trash' | 'important';

export interface Mailbox {
  readonly id: MailboxId;
  readonly parentId: MailboxId | null;
  readonly name: string;
  readonly role: MailboxRole | null;
  readonly sortOrder: number;
  readonly color: string | null;
  readonly isSubscribed: boolean;
  readonly isFavorite: boolean;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: Modseq;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
  readonly sizeOctets: number;
  readonly createdModseq: Modseq;
  /** When something else than the counts changed last. */
  readonly modseq: Modseq;
  readonly countsModseq: Modseq;
}

const selectAll = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('mailbox').selectAll().where('account_id', '=', p.accountId).orderBy('sort_order').orderBy('name'),
);

/** Every mailbox of the account, in the order clients show them. */
export async function selectMailboxes(tx: Tx, accountId: AccountId): Promise<readonly Mailbox[]> {
  const found = await selectAll.all(tx, { accountId });
  return found.map(mailboxOf);
}

const selectOne = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('mailbox').selectAll().where('account_id', '=', p.accountId).where('id', '=', p.id),
);

export async function selectMailbox(tx: Tx, accountId: AccountId, id: MailboxId): Promise<Mailbox | undefined> {
  const row = await selectOne.first(tx, { accountId, id });
  return row && mailboxOf(row);
}

const selectRole = statement<{ accountId: number; role: string }>()(({ q, p }) =>
  q.selectFrom('mailbox').select('id').where('account_id', '=', p.accountId).where('role', '=', p.role),
);

export async function selectMailboxIdByRole(
  tx: Tx,
  accountId: AccountId,
  role: MailboxRole,
): Promise<MailboxId | undefined> {
  const row = await selectRole.first(tx, { accountId, role });
  return row && asId<MailboxId>(row.id);
}

function mailboxOf(row: Omit<MailboxTable, 'account_id'>): Mailbox {
  return {
    id: asId<MailboxId>(row.id),
    parentId: row.parent_id === null ? null : asId<MailboxId>(row.parent_id),
    name: row.name,
    role: row.role as MailboxRole | null,
    sortOrder: row.sort_order,
    color: row.color,
    isSubscribed: row.is_subscribed === 1,
    isFavorite: row.is_favorite === 1,
    uidValidity: row.uid_validity,
    uidNext: row.uid_next,
    highestModseq: asModseq(row.highest_modseq),
    totalEmails: row.total_emails,
    unreadEmails: row.unread_emails,
    totalThreads: row.total_threads,
    unreadThreads: row.unread_threads,
    sizeOctets: row.size_octets,
    createdModseq: asModseq(row.created_modseq),
    modseq: asModseq(row.modseq),
    countsModseq: asModseq(row.counts_modseq),
  };
}

/** What a client may set. */
export interface MailboxSettings {
  readonly parentId: MailboxId | null;
  readonly name: string;
  readonly role: MailboxRole | null;
  readonly sortOrder: number;
  readonly color: string | null;
  readonly isSubscribed: boolean;
  readonly isFavorite: boolean;
}

/** @param uidValidity seconds since 1970 at creation: never the same for a mailbox made again (RFC 9051 §2.3.1.1). */
export async function insertMailbox(
  tx: AccountTx,
  id: MailboxId,
  mailbox: MailboxSettings,
  uidValidity: number,
): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(tx, 'mailbox', [
    {
      account_id: tx.accountId,
      id,
      parent_id: mailbox.parentId,
      name: mailbox.name,
      role: mailbox.role,
      sort_order: mailbox.sortOrder,
      color: mailbox.color,
      is_subscribed: mailbox.isSubscribed ? 1 : 0,
      is_favorite: mailbox.isFavorite ? 1 : 0,
      uid_validity: uidValidity,
      uid_next: 1,
      highest_modseq: modseq,
      total_emails: 0,
      unread_emails: 0,
      total_threads: 0,
      unread_threads: 0,
      size_octets: 0,
      created_modseq: modseq,
      modseq,
      counts_modseq: modseq,
    },
  ]);
}

const updateSettings = statement<{
  accountId: number;
  id: number;
  parentId: number | null;
  name: string;
  role: string | null;
  sortOrder: number;
  color: string | null;
  isSubscribed: number;
  isFavorite: number;
  modseq: number;
}>()(({ q, p }) =>
  q
    .updateTable('mailbox')
    .set({
      parent_id: p.parentId,
      name: p.name,
      role: p.role,
      sort_order: p.sortOrder,
      color: p.color,
      is_subscribed: p.isSubscribed,
      is_favorite: p.isFavorite,
      modseq: p.modseq,
    })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id),
);

export async function updateMailboxSettings(tx: AccountTx, id: MailboxId, settings: MailboxSettings): Promise<void> {
  await updateSettings.run(tx, {
    accountId: tx.accountId,
    id,
    parentId: settings.parentId,
    name: settings.name,
    role: settings.role,
    sortOrder: settings.sortOrder,
    color: settings.color,
    isSubscribed: settings.isSubscribed ? 1 : 0,
    isFavorite: settings.isFavorite ? 1 : 0,
    modseq: tx.modseq(),
  });
}

/** Deletes an empty mailbox, leaving a tombstone. */
export async function deleteMailbox(tx: AccountTx, mailbox: Mailbox): Promise<void> {
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('mailbox').where('account_id', '=', accountId).where('id', '=', mailbox.id));
  const annotations = tx.q.deleteFrom('annotation').where('account_id', '=', accountId);
  await changes(tx, annotations.where('mailbox_id', '=', mailbox.id));
  await insertRows(tx, 'tombstone', [
    {
      account_id: accountId,
      type: 'Mailbox',
      modseq: tx.modseq(),
      id: mailbox.id,
      uid: 0,
      ref: 0,
      created_modseq: mailbox.createdModseq,
    },
  ]);
}

const takeUidsOf = statement<{ accountId: number; id: number; count: number }>()(({ q, p }) =>
  q
    .updateTable('mailbox')
    .set({ uid_next: sql<number>`uid_next + ${p.count}` })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id)
    .returning('uid_next'),
);

/** Takes the next `count` uids of a mailbox. @returns the first; undefined when there is no such mailbox. */
export async function takeUids(tx: AccountTx, id: MailboxId, count: number): Promise<Uid | undefined> {
  const row = await takeUidsOf.first(tx, { accountId: tx.accountId, id, count });
  return row && asId<Uid>(row.uid_next - count);
}

/** How far counts move: differences, zero where nothing does. */
export interface CountMoves {
  emails: number;
  unreadEmails: number;
  threads: number;
  unreadThreads: number;
  octets: number;
}

type Moved = { readonly [Name in keyof CountMoves]: number } & { readonly modseq: number };

const moved = (p: Moved) => ({
  total_emails: sql<number>`total_emails + ${p.emails}`,
  unread_emails: sql<number>`unread_emails + ${p.unreadEmails}`,
  total_threads: sql<number>`total_threads + ${p.threads}`,
  unread_threads: sql<number>`unread_threads + ${p.unreadThreads}`,
  size_octets: sql<number>`size_octets + ${p.octets}`,
  counts_modseq: p.modseq,
  highest_modseq: p.modseq,
});

const moveCountsOf = statement<Moved & { accountId: number; id: number }>()(({ q, p }) =>
  q.updateTable('mailbox').set(moved(p)).where('account_id', '=', p.accountId).where('id', '=', p.id),
);

const enterMailboxOf = statement<Moved & { accountId: number; id: number }>()(({ q, p }) =>
  q
    .updateTable('mailbox')
    .set({ ...moved(p), uid_next: sql<number>`uid_next + ${p.emails}` })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id)
    .returning('uid_next'),
);

/** takeUids, one for each email of `moves`, and moveCounts in one. */
export async function enterMailbox(tx: AccountTx, id: MailboxId, moves: CountMoves): Promise<Uid | undefined> {
  const row = await enterMailboxOf.first(tx, { accountId: tx.accountId, id, ...moves, modseq: tx.modseq() });
  return row && asId<Uid>(row.uid_next - moves.emails);
}

export async function moveCounts(tx: AccountTx, id: MailboxId, moves: CountMoves): Promise<void> {
  await moveCountsOf.run(tx, { accountId: tx.accountId, id, ...moves, modseq: tx.modseq() });
}
