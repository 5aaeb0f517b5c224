/** SQL on emails, their places in mailboxes and their threads. Rows in, values out; every statement is bounded to one account. */
import { sql } from 'kysely';

import {
  type AccountId,
  asBlobHash,
  asId,
  asMilliseconds,
  asModseq,
  type BlobHash,
  type EmailId,
  type MailboxId,
  type Milliseconds,
  type Modseq,
  type ThreadId,
  type Uid,
} from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { Keywords } from '#server/mail/keywords.ts';
import { deletedBit, hasAttachmentBit, keywordsFromRow } from '#server/mail/keywords.ts';
import { deleteSaid } from '#server/mail/personal/queries.ts';

/** An email's place in one mailbox. */
export interface Filed {
  readonly emailId: EmailId;
  readonly mailboxId: MailboxId;
  readonly threadId: ThreadId;
  readonly uid: Uid;
  readonly receivedAt: Milliseconds;
  readonly sizeOctets: number;
  /** Keyword bits and hasAttachmentBit. */
  readonly flags: number;
  readonly createdModseq: Modseq;
}

/** What an account keeps of an email itself, without what the message says. */
export interface StoredEmail {
  readonly id: EmailId;
  readonly threadId: ThreadId;
  readonly hash: BlobHash;
  readonly sizeOctets: number;
  readonly receivedAt: Milliseconds;
  readonly keywords: Keywords;
  readonly hasAttachment: boolean;
  readonly createdModseq: Modseq;
}

export interface NewEmail extends Omit<StoredEmail, 'createdModseq'> {
  readonly sentAt: Milliseconds;
  readonly subjectKey: string;
  readonly fromKey: string;
  readonly toKey: string;
  readonly savedAt: Milliseconds;
  readonly arrivalId: string | null;
}

export async function insertEmail(tx: AccountTx, email: NewEmail): Promise<void> {
  const flags = email.keywords.flags | (email.hasAttachment ? hasAttachmentBit : 0);
  await insertRows(tx, 'email', [
    {
      account_id: tx.accountId,
      id: email.id,
      thread_id: email.threadId,
      hash: email.hash,
      size_octets: email.sizeOctets,
      received_at: email.receivedAt,
      sent_at: email.sentAt,
      subject_key: email.subjectKey,
      from_key: email.fromKey,
      to_key: email.toKey,
      flags,
      keywords: JSON.stringify(email.keywords.others),
      created_modseq: tx.modseq(),
      modseq: tx.modseq(),
      saved_at: email.savedAt,
      arrival_id: email.arrivalId,
    },
  ]);
  await insertKeywords(tx, email.id, email.keywords.others);
}

export async function insertKeywords(tx: AccountTx, emailId: EmailId, keywords: readonly string[]): Promise<void> {
  const values = keywords.map((keyword) => ({ account_id: tx.accountId, keyword, email_id: emailId }));
  await insertRows(tx, 'email_keyword', values, 'ignore');
}

export async function insertFiled(tx: AccountTx, filed: readonly Omit<Filed, 'createdModseq'>[]): Promise<void> {
  const values = filed.map((place) => ({
    account_id: tx.accountId,
    mailbox_id: place.mailboxId,
    uid: place.uid,
    email_id: place.emailId,
    thread_id: place.threadId,
    received_at: place.receivedAt,
    size_octets: place.sizeOctets,
    flags: place.flags,
    created_modseq: tx.modseq(),
    modseq: tx.modseq(),
  }));
  await insertRows(tx, 'mailbox_email', values);
}

/** A search index never reads what a delivery writes: it is told what is due. */
export async function insertSearchDue(tx: AccountTx, emailIds: readonly EmailId[]): Promise<void> {
  const values = emailIds.map((id) => ({ account_id: tx.accountId, email_id: id, modseq: tx.modseq() }));
  await insertRows(tx, 'search_due', values, 'ignore');
}

const deleteSearchDue = statement<{ accountId: number; emailIds: readonly number[] }>()(({ q, p, anyOf }) =>
  q.deleteFrom('search_due').where('account_id', '=', p.accountId).where(anyOf('email_id', p.emailIds)),
);

/** The same for emails that may be due already: an indexer just reading them must find that they changed meanwhile. */
export async function renewSearchDue(tx: AccountTx, emailIds: readonly EmailId[]): Promise<void> {
  await deleteSearchDue.run(tx, { accountId: tx.accountId, emailIds });
  await insertSearchDue(tx, emailIds);
}

const selectEmailsOfThreads = statement<{ accountId: number; threadIds: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('email')
    .innerJoin('mailbox_email', (join) =>
      join.onRef('mailbox_email.account_id', '=', 'email.account_id').onRef('mailbox_email.email_id', '=', 'email.id'),
    )
    .select(['email.id as email_id', 'email.thread_id', 'mailbox_email.mailbox_id', 'email.received_at', 'email.flags'])
    .where('email.account_id', '=', p.accountId)
    .where(anyOf('email.thread_id', p.threadIds)),
);

/** One row an email and mailbox, for all emails of `threadIds`. */
export async function selectThreadPlaces(
  tx: AccountTx,
  threadIds: readonly ThreadId[],
): Promise<readonly Omit<Filed, 'uid' | 'sizeOctets' | 'createdModseq'>[]> {
  const found = await selectEmailsOfThreads.all(tx, { accountId: tx.accountId, threadIds });
  return found.map((row) => ({
    emailId: asId<EmailId>(row.email_id),
    mailboxId: asId<MailboxId>(row.mailbox_id),
    threadId: asId<ThreadId>(row.thread_id),
    receivedAt: asMilliseconds(row.received_at),
    flags: row.flags,
  }));
}

const selectEmailsById = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('email')
    .select(['id', 'thread_id', 'hash', 'size_octets', 'received_at', 'flags', 'keywords', 'created_modseq'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('id', p.ids)),
);

export async function selectEmails(
  tx: Tx,
  accountId: AccountId,
  ids: readonly EmailId[],
): Promise<ReadonlyMap<EmailId, StoredEmail>> {
  if (ids.length === 0) return new Map();
  const found = await selectEmailsById.all(tx, { accountId, ids });
  return new Map(
    found.map((row) => {
      const id = asId<EmailId>(row.id);
      const email: StoredEmail = {
        id,
        threadId: asId<ThreadId>(row.thread_id),
        hash: asBlobHash(row.hash),
        sizeOctets: row.size_octets,
        receivedAt: asMilliseconds(row.received_at),
        keywords: keywordsFromRow(row.flags, row.keywords),
        hasAttachment: (row.flags & hasAttachmentBit) !== 0,
        createdModseq: asModseq(row.created_modseq),
      };
      return [id, email];
    }),
  );
}

const selectFiledByEmail = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('mailbox_email')
    .select(['email_id', 'mailbox_id', 'thread_id', 'uid', 'received_at', 'size_octets', 'flags', 'created_modseq'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('email_id', p.ids)),
);

/** Where these emails are filed, one row an email and mailbox. */
export async function selectFiled(tx: Tx, accountId: AccountId, ids: readonly EmailId[]): Promise<readonly Filed[]> {
  if (ids.length === 0) return [];
  const found = await selectFiledByEmail.all(tx, { accountId, ids });
  return found.map((row) => ({
    emailId: asId<EmailId>(row.email_id),
    mailboxId: asId<MailboxId>(row.mailbox_id),
    threadId: asId<ThreadId>(row.thread_id),
    uid: asId<Uid>(row.uid),
    receivedAt: asMilliseconds(row.received_at),
    sizeOctets: row.size_octets,
    flags: row.flags,
    createdModseq: asModseq(row.created_modseq),
  }));
}

const updateEmailKeywords = statement<{
  accountId: number;
  id: number;
  flags: number;
  keywords: string;
  modseq: number;
}>()(({ q, p }) =>
  q
    .updateTable('email')
    .set({ flags: p.flags, keywords: p.keywords, modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id),
);

const updateFiledFlags = statement<{ accountId: number; emailId: number; flags: number; modseq: number }>()(
  ({ q, p }) =>
    q
      .updateTable('mailbox_email')
      // What is marked for removal in a mailbox stays so.
      .set({ flags: sql<number>`(flags & ${sql.lit(deletedBit)}) | ${p.flags}`, modseq: p.modseq })
      .where('account_id', '=', p.accountId)
      .where('email_id', '=', p.emailId),
);

const deleteKeywords = statement<{ accountId: number; emailId: number }>()(({ q, p }) =>
  q.deleteFrom('email_keyword').where('account_id', '=', p.accountId).where('email_id', '=', p.emailId),
);

/** Replaces an email's keywords everywhere they stand; `flags` carries hasAttachmentBit too. */
export async function replaceKeywords(
  tx: AccountTx,
  before: Pick<StoredEmail, 'id' | 'keywords' | 'hasAttachment'>,
  keywords: Keywords,
): Promise<void> {
  const flags = keywords.flags | (before.hasAttachment ? hasAttachmentBit : 0);
  const modseq = tx.modseq();
  const others = JSON.stringify(keywords.others);
  await updateEmailKeywords.run(tx, { accountId: tx.accountId, id: before.id, flags, keywords: others, modseq });
  await updateFiledFlags.run(tx, { accountId: tx.accountId, emailId: before.id, flags, modseq });
  if (before.keywords.others.join(' ') === keywords.others.join(' ')) return;
  await deleteKeywords.run(tx, { accountId: tx.accountId, emailId: before.id });
  await insertKeywords(tx, before.id, keywords.others);
}

/** The same flag bits set and cleared on many emails at once. */
export async function updateFlagsOfMany(
  tx: AccountTx,
  ids: readonly EmailId[],
  set: number,
  clear: number,
): Promise<void> {
  const flags = sql<number>`(flags | ${sql.lit(set)}) & ${sql.lit(~clear)}`;
  const modseq = tx.modseq();
  const emails = tx.q.updateTable('email').set({ flags, modseq }).where('account_id', '=', tx.accountId);
  await changes(tx, emails.where(tx.anyOf('id', ids)));
  const filed = tx.q.updateTable('mailbox_email').set({ flags, modseq }).where('account_id', '=', tx.accountId);
  await changes(tx, filed.where(tx.anyOf('email_id', ids)));
}

const updateKeywords = statement<{ accountId: number; ids: readonly number[]; keywords: string }>()(({ q, p, anyOf }) =>
  q.updateTable('email').set({ keywords: p.keywords }).where('account_id', '=', p.accountId).where(anyOf('id', p.ids)),
);

const deleteKeywordsOf = statement<{ accountId: number; words: readonly string[]; ids: readonly number[] }>()(
  ({ q, p, anyOf }) =>
    q
      .deleteFrom('email_keyword')
      .where('account_id', '=', p.accountId)
      .where(anyOf('keyword', p.words))
      .where(anyOf('email_id', p.ids)),
);

/** The same keywords beside the bits on many emails at once; updateFlagsOfMany has said that they changed. */
export async function updateKeywordsOfMany(
  tx: AccountTx,
  ids: readonly EmailId[],
  others: readonly string[],
  { removed, added }: { readonly removed: readonly string[]; readonly added: readonly string[] },
): Promise<void> {
  const { accountId } = tx;
  await updateKeywords.run(tx, { accountId, ids, keywords: JSON.stringify(others) });
  if (removed.length > 0) await deleteKeywordsOf.run(tx, { accountId, words: removed, ids });
  const rowsToAdd = ids.flatMap((id) => added.map((keyword) => ({ account_id: accountId, keyword, email_id: id })));
  await insertRows(tx, 'email_keyword', rowsToAdd, 'ignore');
}

const touchEmailsById = statement<{ accountId: number; ids: readonly number[]; modseq: number }>()(({ q, p, anyOf }) =>
  q.updateTable('email').set({ modseq: p.modseq }).where('account_id', '=', p.accountId).where(anyOf('id', p.ids)),
);

/** Says that these emails changed, where only their mailboxes did. */
export async function touchEmails(tx: AccountTx, ids: readonly EmailId[]): Promise<void> {
  await touchEmailsById.run(tx, { accountId: tx.accountId, ids, modseq: tx.modseq() });
}

const deleteFiledById = statement<{ accountId: number; mailboxId: number; ids: readonly number[] }>()(
  ({ q, p, anyOf }) =>
    q
      .deleteFrom('mailbox_email')
      .where('account_id', '=', p.accountId)
      .where('mailbox_id', '=', p.mailboxId)
      .where(anyOf('email_id', p.ids)),
);

/** Takes emails out of mailboxes, leaving a tombstone a place (RFC 7162 §3.2.10 VANISHED, queryChanges). */
export async function removeFiled(tx: AccountTx, places: readonly Filed[]): Promise<void> {
  const modseq = tx.modseq();
  for (const [mailboxId, those] of Map.groupBy(places, (place) => place.mailboxId)) {
    await deleteFiledById.run(tx, { accountId: tx.accountId, mailboxId, ids: those.map((place) => place.emailId) });
  }
  const gone = places.map((place) => ({
    account_id: tx.accountId,
    type: 'MailboxEmail',
    modseq,
    id: place.mailboxId,
    uid: place.uid,
    ref: place.emailId,
    created_modseq: place.createdModseq,
  }));
  await insertRows(tx, 'tombstone', gone);
}

const emailTables = ['email_keyword', 'thread_key', 'passport'] as const;

/** Deletes the rows of emails that are in no mailbox any more, leaving a tombstone each. Their blobs lose this owner. */
export async function deleteEmails(tx: AccountTx, emails: readonly StoredEmail[]): Promise<void> {
  const ids = emails.map((email) => email.id);
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('email').where('account_id', '=', accountId).where(tx.anyOf('id', ids)));
  for (const table of emailTables) {
    await changes(tx, tx.q.deleteFrom(table).where('account_id', '=', accountId).where(tx.anyOf('email_id', ids)));
  }
  await deleteSaid(tx, ids);
  const owners = ids.map(String);
  const links = tx.q.deleteFrom('blob_link').where('account_id', '=', accountId).where('kind', '=', 'email');
  // The hash is the key's second column: with it the owners are found without reading the account's other links.
  const hashes = [...new Set(emails.map((email) => email.hash))];
  await changes(tx, links.where(tx.anyOf('hash', hashes)).where(tx.anyOf('owner', owners)));
  const gone = emails.map((email) => ({
    account_id: accountId,
    type: 'Email',
    modseq: tx.modseq(),
    id: email.id,
    uid: 0,
    ref: 0,
    created_modseq: email.createdModseq,
  }));
  await insertRows(tx, 'tombstone', gone);
}

const selectIdsInMailbox = statement<{ accountId: number; mailboxId: number; after: number; limit: number }>()(
  ({ q, p }) =>
    q
      .selectFrom('mailbox_email')
      .select(['uid', 'email_id'])
      .where('account_id', '=', p.accountId)
      .where('mailbox_id', '=', p.mailboxId)
      .where('uid', '>', p.after)
      .orderBy('uid')
      .limit(p.limit),
);

/** Emails of a mailbox by uid, a page at a time. */
export async function selectMailboxPage(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  after: number,
  limit: number,
): Promise<readonly { readonly uid: Uid; readonly emailId: EmailId }[]> {
  const found = await selectIdsInMailbox.all(tx, { accountId, mailboxId, after, limit });
  return found.map((row) => ({ uid: asId<Uid>(row.uid), emailId: asId<EmailId>(row.email_id) }));
}
