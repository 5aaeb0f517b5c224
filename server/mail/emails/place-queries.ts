/** SQL on emails by their uids in one mailbox: what programs that count (IMAP) name them by. */
import { sql } from 'kysely';

import {
  type AccountId,
  asBlobHash,
  asId,
  asMilliseconds,
  asModseq,
  type EmailId,
  type MailboxId,
  type Modseq,
  type ThreadId,
  type Uid,
} from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { deletedBit, hasAttachmentBit, keywordsFromRow } from '#server/mail/keywords.ts';
import type { Filed, StoredEmail } from './queries.ts';

/** An email where it stands in one mailbox. */
export interface Placed extends Filed {
  readonly modseq: Modseq;
  readonly isDeleted: boolean;
  readonly email: StoredEmail;
}

interface PlacedRow {
  readonly uid: number;
  readonly email_id: number;
  readonly thread_id: number;
  readonly received_at: number;
  readonly size_octets: number;
  readonly flags: number;
  readonly modseq: number;
  readonly created_modseq: number;
  readonly hash: string;
  readonly keywords: string;
  readonly email_created_modseq: number;
}

const columns = sql`me.uid, me.email_id, me.thread_id, me.received_at, me.size_octets, me.flags, me.modseq,
  me.created_modseq, e.hash, e.keywords, e.created_modseq as email_created_modseq`;

const selectByUids = statement<{ accountId: number; mailboxId: number; uids: readonly number[] }>()(
  ({ p, anyOf }) => sql<PlacedRow>`select ${columns} from mailbox_email as me
    join email as e on e.account_id = me.account_id and e.id = me.email_id
    where me.account_id = ${p.accountId} and me.mailbox_id = ${p.mailboxId} and ${anyOf('me.uid', p.uids)}
    order by me.uid`,
);

/** Those of `uids` that are there, ascending. */
export async function selectPlaced(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  uids: readonly number[],
): Promise<readonly Placed[]> {
  if (uids.length === 0) return [];
  const found = await selectByUids.all(tx, { accountId, mailboxId, uids });
  return found.map((row) => {
    const id = asId<EmailId>(row.email_id);
    const threadId = asId<ThreadId>(row.thread_id);
    const receivedAt = asMilliseconds(row.received_at);
    return {
      emailId: id,
      mailboxId,
      threadId,
      uid: asId<Uid>(row.uid),
      receivedAt,
      sizeOctets: row.size_octets,
      flags: row.flags,
      createdModseq: asModseq(row.created_modseq),
      modseq: asModseq(row.modseq),
      isDeleted: (row.flags & deletedBit) !== 0,
      email: {
        id,
        threadId,
        hash: asBlobHash(row.hash),
        sizeOctets: row.size_octets,
        receivedAt,
        keywords: keywordsFromRow(row.flags, row.keywords),
        hasAttachment: (row.flags & hasAttachmentBit) !== 0,
        createdModseq: asModseq(row.email_created_modseq),
      },
    };
  });
}

const markDeleted = statement<{
  accountId: number;
  mailboxId: number;
  uids: readonly number[];
  set: number;
  modseq: number;
}>()(({ q, p, anyOf }) =>
  q
    .updateTable('mailbox_email')
    .set({ flags: sql<number>`(flags & ${sql.lit(~deletedBit)}) | ${p.set}`, modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .where(anyOf('uid', p.uids)),
);

/** Marks places for removal, or takes the mark away. */
export async function updateDeleted(
  tx: AccountTx,
  mailboxId: MailboxId,
  uids: readonly number[],
  isDeleted: boolean,
): Promise<void> {
  const set = isDeleted ? deletedBit : 0;
  await markDeleted.run(tx, { accountId: tx.accountId, mailboxId, uids, set, modseq: tx.modseq() });
}

const selectUids = statement<{ accountId: number; mailboxId: number; emailIds: readonly number[] }>()(
  ({ q, p, anyOf }) =>
    q
      .selectFrom('mailbox_email')
      .select(['email_id', 'uid'])
      .where('account_id', '=', p.accountId)
      .where('mailbox_id', '=', p.mailboxId)
      .where(anyOf('email_id', p.emailIds)),
);

/** The uids these emails have in a mailbox, by email. */
export async function selectUidsOf(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  emailIds: readonly EmailId[],
): Promise<ReadonlyMap<EmailId, Uid>> {
  const found = await selectUids.all(tx, { accountId, mailboxId, emailIds });
  return new Map(found.map((row) => [asId<EmailId>(row.email_id), asId<Uid>(row.uid)]));
}
