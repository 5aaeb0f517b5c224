/** What an export reads of a mailbox: its emails a page at a time, in the order of their uids. */
import { type AccountId, asBlobHash, type BlobHash, type MailboxId, type TenantId, asId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

import { type Keywords, keywordsFromRow } from '#server/mail/keywords.ts';

export interface ExportRow {
  readonly id: number;
  readonly uid: number;
  readonly hash: BlobHash;
  readonly receivedAt: number;
  readonly keywords: Keywords;
  /** JSON, as it is stored. */
  readonly envelope: string | null;
}

const selectPage = statement<{
  accountId: number;
  tenantId: number;
  mailboxId: number;
  after: number;
  limit: number;
}>()(({ q, p }) =>
  q
    .selectFrom('mailbox_email')
    .innerJoin('email', (join) =>
      join.onRef('email.account_id', '=', 'mailbox_email.account_id').onRef('email.id', '=', 'mailbox_email.email_id'),
    )
    .leftJoin('message', (join) =>
      join.onRef('message.hash', '=', 'email.hash').on('message.tenant_id', '=', p.tenantId),
    )
    .select([
      'mailbox_email.uid',
      'email.id',
      'email.hash',
      'email.received_at',
      'email.flags',
      'email.keywords',
      'message.envelope',
    ])
    .where('mailbox_email.account_id', '=', p.accountId)
    .where('mailbox_email.mailbox_id', '=', p.mailboxId)
    .where('mailbox_email.uid', '>', p.after)
    .orderBy('mailbox_email.uid')
    .limit(p.limit),
);

/** The emails of a mailbox above the uid `after`. */
export async function selectExportPage(
  tx: Tx,
  of: { readonly accountId: AccountId; readonly tenantId: TenantId; readonly mailboxId: MailboxId },
  after: number,
  limit: number,
): Promise<readonly ExportRow[]> {
  const found = await selectPage.all(tx, { ...of, after, limit });
  return found.map((row) => ({
    id: row.id,
    uid: row.uid,
    hash: asBlobHash(row.hash),
    receivedAt: row.received_at,
    keywords: keywordsFromRow(row.flags, row.keywords),
    envelope: row.envelope,
  }));
}

const selectTenant = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select(['tenant_id', 'email']).where('id', '=', p.accountId),
);

export async function selectOwner(
  tx: Tx,
  accountId: AccountId,
): Promise<{ readonly tenantId: TenantId; readonly email: string } | undefined> {
  const row = await selectTenant.first(tx, { accountId });
  return row && { tenantId: asId<TenantId>(row.tenant_id), email: row.email };
}
