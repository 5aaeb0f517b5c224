/** All SQL on threads: their rows, the keys that join emails into them, and their place in each mailbox. */
import {
  type AccountId,
  asId,
  type EmailId,
  type MailboxId,
  type Milliseconds,
  type ThreadId,
} from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

const selectByKeys = statement<{ accountId: number; keys: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('thread_key')
    .select(({ fn }) => fn.min<number | null>('thread_id').as('thread_id'))
    .where('account_id', '=', p.accountId)
    .where(anyOf('key', p.keys)),
);

const selectByKey = statement<{ accountId: number; key: number }>()(({ q, p }) =>
  q
    .selectFrom('thread_key')
    .select(({ fn }) => fn.min<number | null>('thread_id').as('thread_id'))
    .where('account_id', '=', p.accountId)
    .where('key', '=', p.key),
);

/** The oldest thread that has one of `keys`. */
export async function selectThreadByKeys(tx: AccountTx, keys: readonly number[]): Promise<ThreadId | undefined> {
  const [key] = keys;
  if (key === undefined) return undefined;
  const { accountId } = tx;
  // Most mail answers nothing, and has its own key alone.
  const row = await (keys.length === 1
    ? selectByKey.first(tx, { accountId, key })
    : selectByKeys.first(tx, { accountId, keys }));
  return row?.thread_id ? asId<ThreadId>(row.thread_id) : undefined;
}

export async function insertThreadKeys(
  tx: AccountTx,
  threadId: ThreadId,
  emailId: EmailId,
  keys: readonly number[],
): Promise<void> {
  const values = keys.map((key) => ({ account_id: tx.accountId, key, thread_id: threadId, email_id: emailId }));
  await insertRows(tx, 'thread_key', values, 'ignore');
}

export async function insertThread(tx: AccountTx, id: ThreadId): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(tx, 'thread', [{ account_id: tx.accountId, id, created_modseq: modseq, modseq }]);
}

const touch = statement<{ accountId: number; ids: readonly number[]; modseq: number }>()(({ q, p, anyOf }) =>
  q.updateTable('thread').set({ modseq: p.modseq }).where('account_id', '=', p.accountId).where(anyOf('id', p.ids)),
);

/** Says that these threads gained or lost an email. */
export async function touchThreads(tx: AccountTx, ids: readonly ThreadId[]): Promise<void> {
  await touch.run(tx, { accountId: tx.accountId, ids, modseq: tx.modseq() });
}

const selectCreated = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('thread')
    .select(['id', 'created_modseq'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('id', p.ids)),
);

/** Deletes threads that lost their last email, leaving a tombstone each. */
export async function deleteThreads(tx: AccountTx, ids: readonly ThreadId[]): Promise<void> {
  if (ids.length === 0) return;
  const found = await selectCreated.all(tx, { accountId: tx.accountId, ids });
  await changes(tx, tx.q.deleteFrom('thread').where('account_id', '=', tx.accountId).where(tx.anyOf('id', ids)));
  const gone = found.map((row) => ({
    account_id: tx.accountId,
    type: 'Thread',
    modseq: tx.modseq(),
    id: row.id,
    uid: 0,
    ref: 0,
    created_modseq: row.created_modseq,
  }));
  await insertRows(tx, 'tombstone', gone);
}

/** A conversation as one mailbox shows it: a row of a collapsed list. */
export interface ThreadPlace {
  readonly mailboxId: MailboxId;
  readonly threadId: ThreadId;
  /** Of the newest email of the thread in this mailbox, and that email. */
  readonly receivedAt: Milliseconds;
  readonly emailId: EmailId;
  readonly emails: number;
  readonly isUnread: boolean;
}

const selectPlaces = statement<{ accountId: number; threadIds: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('mailbox_thread')
    .select(['mailbox_id', 'thread_id', 'received_at', 'email_id', 'emails', 'unread'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('thread_id', p.threadIds)),
);

export async function selectThreadPlacesInMailboxes(
  tx: AccountTx,
  threadIds: readonly ThreadId[],
): Promise<readonly ThreadPlace[]> {
  const found = await selectPlaces.all(tx, { accountId: tx.accountId, threadIds });
  return found.map((row) => ({
    mailboxId: asId<MailboxId>(row.mailbox_id),
    threadId: asId<ThreadId>(row.thread_id),
    receivedAt: row.received_at as Milliseconds,
    emailId: asId<EmailId>(row.email_id),
    emails: row.emails,
    isUnread: row.unread === 1,
  }));
}

export async function insertThreadPlaces(tx: AccountTx, places: readonly ThreadPlace[]): Promise<void> {
  const values = places.map((place) => ({
    account_id: tx.accountId,
    mailbox_id: place.mailboxId,
    thread_id: place.threadId,
    received_at: place.receivedAt,
    email_id: place.emailId,
    emails: place.emails,
    unread: place.isUnread ? 1 : 0,
  }));
  await insertRows(tx, 'mailbox_thread', values);
}

const deletePlaces = statement<{ accountId: number; mailboxId: number; threadIds: readonly number[] }>()(
  ({ q, p, anyOf }) =>
    q
      .deleteFrom('mailbox_thread')
      .where('account_id', '=', p.accountId)
      .where('mailbox_id', '=', p.mailboxId)
      .where(anyOf('thread_id', p.threadIds)),
);

export async function deleteThreadPlaces(
  tx: AccountTx,
  mailboxId: MailboxId,
  threadIds: readonly ThreadId[],
): Promise<void> {
  await deletePlaces.run(tx, { accountId: tx.accountId, mailboxId, threadIds });
}

const selectMembers = statement<{ accountId: number; threadIds: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('email')
    .select(['thread_id', 'id'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('thread_id', p.threadIds))
    .orderBy('thread_id')
    .orderBy('received_at')
    .orderBy('id'),
);

/** The emails of each thread, oldest first (RFC 8621 §3). */
export async function selectThreadMembers(
  tx: Tx,
  accountId: AccountId,
  threadIds: readonly ThreadId[],
): Promise<ReadonlyMap<ThreadId, readonly EmailId[]>> {
  const members = new Map<ThreadId, EmailId[]>();
  if (threadIds.length === 0) return members;
  for (const row of await selectMembers.all(tx, { accountId, threadIds })) {
    const threadId = asId<ThreadId>(row.thread_id);
    const emails = members.get(threadId) ?? [];
    emails.push(asId<EmailId>(row.id));
    members.set(threadId, emails);
  }
  return members;
}
