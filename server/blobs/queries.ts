/** What an account's people have uploaded and not yet used, and where its blobs are used. */
import { type AccountId, asId, type BlobHash, type EmailId, type MailboxId, type ThreadId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

const sumUploads = statement<{ accountId: number; owner: string; now: number }>()(({ q, p }) =>
  q
    .selectFrom('blob_link')
    .innerJoin('blob', (join) =>
      join.onRef('blob.tenant_id', '=', 'blob_link.tenant_id').onRef('blob.hash', '=', 'blob_link.hash'),
    )
    .select(({ fn }) => [fn.countAll<number>().as('files'), fn.sum<number | null>('blob.size_octets').as('octets')])
    .where('blob_link.account_id', '=', p.accountId)
    .where('blob_link.kind', '=', 'upload')
    .where('blob_link.owner', '=', p.owner)
    .where('blob_link.expires_at', '>', p.now),
);

export interface Uploaded {
  readonly files: number;
  readonly octets: number;
}

export async function selectUploaded(tx: Tx, accountId: AccountId, owner: string, now: number): Promise<Uploaded> {
  const row = await sumUploads.first(tx, { accountId, owner, now });
  return { files: row?.files ?? 0, octets: row?.octets ?? 0 };
}

const selectEmailsByHash = statement<{ accountId: number; hash: string }>()(({ q, p }) =>
  q
    .selectFrom('email')
    .innerJoin('mailbox_email', (join) =>
      join.onRef('mailbox_email.account_id', '=', 'email.account_id').onRef('mailbox_email.email_id', '=', 'email.id'),
    )
    .select(['email.id as email_id', 'email.thread_id', 'mailbox_email.mailbox_id'])
    .where('email.account_id', '=', p.accountId)
    .where('email.hash', '=', p.hash)
    .orderBy('email.id')
    .limit(1000),
);

export interface Uses {
  readonly emailIds: readonly EmailId[];
  readonly mailboxIds: readonly MailboxId[];
  readonly threadIds: readonly ThreadId[];
}

/** Each id once; of a blob used more than a thousand times, the first thousand places. */
export async function selectUses(tx: Tx, accountId: AccountId, hash: BlobHash): Promise<Uses> {
  const found = await selectEmailsByHash.all(tx, { accountId, hash });
  const once = (ids: readonly number[]) => [...new Set(ids)];
  return {
    emailIds: once(found.map((row) => row.email_id)).map((id) => asId<EmailId>(id)),
    mailboxIds: once(found.map((row) => row.mailbox_id)).map((id) => asId<MailboxId>(id)),
    threadIds: once(found.map((row) => row.thread_id)).map((id) => asId<ThreadId>(id)),
  };
}
