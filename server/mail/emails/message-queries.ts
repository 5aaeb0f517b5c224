/** SQL on what was read from messages: kept once a tenant by the hash of the octets, and read beside the emails. */
import {
  type AccountId,
  asBlobHash,
  asId,
  asMilliseconds,
  asModseq,
  type BlobHash,
  type EmailId,
  type ThreadId,
} from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { hasAttachmentBit, keywordsFromRow } from '#server/mail/keywords.ts';
import type { StoredEmail } from './queries.ts';

export interface ReadEmail extends StoredEmail {
  readonly envelope: string;
  readonly structure: string;
  readonly preview: string;
}

const selectWithMessage = statement<{ accountId: number; tenantId: number; ids: readonly number[] }>()(
  ({ q, p, anyOf }) =>
    q
      .selectFrom('email')
      .innerJoin('message', (join) =>
        join.on('message.tenant_id', '=', p.tenantId).onRef('message.hash', '=', 'email.hash'),
      )
      .select(['email.id', 'email.thread_id', 'email.hash', 'email.size_octets', 'email.received_at'])
      .select(['email.flags', 'email.keywords', 'email.created_modseq'])
      .select(['message.envelope', 'message.structure', 'message.preview'])
      .where('email.account_id', '=', p.accountId)
      .where(anyOf('email.id', p.ids)),
);

/** Emails with what was read from their messages; envelope and structure are JSON text, parsed only by who needs them. */
export async function selectEmailsWithMessage(
  tx: Tx,
  accountId: AccountId,
  tenantId: number,
  ids: readonly EmailId[],
): Promise<readonly ReadEmail[]> {
  if (ids.length === 0) return [];
  const found = await selectWithMessage.all(tx, { accountId, tenantId, ids });
  return found.map((row) => ({
    id: asId<EmailId>(row.id),
    threadId: asId<ThreadId>(row.thread_id),
    hash: asBlobHash(row.hash),
    sizeOctets: row.size_octets,
    receivedAt: asMilliseconds(row.received_at),
    keywords: keywordsFromRow(row.flags, row.keywords),
    hasAttachment: (row.flags & hasAttachmentBit) !== 0,
    createdModseq: asModseq(row.created_modseq),
    envelope: row.envelope,
    structure: row.structure,
    preview: row.preview,
  }));
}

const selectMessageHash = statement<{ tenantId: number; hash: string }>()(({ q, p }) =>
  q.selectFrom('message').select('hash').where('tenant_id', '=', p.tenantId).where('hash', '=', p.hash),
);

export interface NewMessage {
  readonly hash: BlobHash;
  readonly envelope: string;
  readonly structure: string;
  readonly preview: string;
  readonly sentAt: number | null;
  readonly hasAttachment: boolean;
  readonly headerFields: Uint8Array | null;
}

/**
 * What was read from the octets is kept once for all who received them.
 * @param isNewBlob whether this transaction brought the octets: then it is looked for only by the insert itself.
 */
export async function insertMessage(tx: AccountTx, message: NewMessage, isNewBlob: boolean): Promise<void> {
  if (!isNewBlob && (await selectMessageHash.first(tx, { tenantId: tx.tenantId, hash: message.hash }))) return;
  const row = {
    tenant_id: tx.tenantId,
    hash: message.hash,
    envelope: message.envelope,
    structure: message.structure,
    preview: message.preview,
    sent_at: message.sentAt,
    has_attachment: message.hasAttachment ? 1 : 0,
    header_fields: message.headerFields,
  };
  await insertRows(tx, 'message', [row], 'ignore');
}
