/** SQL of searching a mailbox: what the view's columns do not hold. All of it is read off the event loop. */
import { sql } from 'kysely';

import type { AccountId, MailboxId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';
import { heavyColumns, heavyRead, type Store } from '#server/store/store.ts';

interface Place {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** Only UIDs above. */
  readonly above: number;
}

const dateNames = ['uid', 'sent_at', 'saved_at'] as const;

/** Ascending by uid. */
export async function readDates(
  store: Store,
  { accountId, mailboxId, above }: Place,
): Promise<{ readonly uids: Float64Array; readonly sentAt: Float64Array; readonly savedAt: Float64Array }> {
  const read = await heavyColumns(
    store,
    dateNames,
    () => sql`select me.uid as uid, e.sent_at as sent_at, e.saved_at as saved_at from mailbox_email as me
      join email as e on e.account_id = me.account_id and e.id = me.email_id
      where me.account_id = ${accountId} and me.mailbox_id = ${mailboxId} and me.uid > ${above} order by me.uid`,
  );
  return { uids: read.uid, sentAt: read.sent_at, savedAt: read.saved_at };
}

/** Envelopes as stored, ascending by uid, at most `limit`. */
export async function readEnvelopes(
  store: Store,
  tenantId: number,
  { accountId, mailboxId, above }: Place,
  limit: number,
): Promise<readonly { readonly uid: number; readonly envelope: string }[]> {
  const rows = await heavyRead(
    store,
    () => sql`select me.uid as uid, m.envelope as envelope from mailbox_email as me
      join email as e on e.account_id = me.account_id and e.id = me.email_id
      left join message as m on m.tenant_id = ${tenantId} and m.hash = e.hash
      where me.account_id = ${accountId} and me.mailbox_id = ${mailboxId} and me.uid > ${above}
      order by me.uid limit ${limit}`,
  );
  return rows.map((row) => ({
    uid: Number(row['uid']),
    envelope: typeof row['envelope'] === 'string' ? row['envelope'] : '',
  }));
}

const selectUids = statement<{ accountId: number; mailboxId: number; threadId: number }>()(({ q, p }) =>
  q
    .selectFrom('mailbox_email')
    .innerJoin('email', (join) =>
      join.onRef('email.account_id', '=', 'mailbox_email.account_id').onRef('email.id', '=', 'mailbox_email.email_id'),
    )
    .select('mailbox_email.email_id as id')
    .where('email.account_id', '=', p.accountId)
    .where('email.thread_id', '=', p.threadId)
    .where('mailbox_email.mailbox_id', '=', p.mailboxId),
);

/** Emails of the mailbox that belong to the thread. */
export async function selectThreadEmails(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  threadId: number,
): Promise<ReadonlySet<number>> {
  return new Set((await selectUids.all(tx, { accountId, mailboxId, threadId })).map((row) => row.id));
}
