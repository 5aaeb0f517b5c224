/** SQL of filing many emails of one account at once: the same rows as one by one (queries.ts), a set a statement. */
import { asId, type EmailId, type ThreadId } from '#server/store/ids.ts';
import { insertRows, statement } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { hasAttachmentBit } from '#server/mail/keywords.ts';
import type { NewMessage } from './message-queries.ts';
import type { NewEmail } from './queries.ts';

export async function insertEmails(tx: AccountTx, emails: readonly NewEmail[]): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(
    tx,
    'email',
    emails.map((email) => ({
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
      flags: email.keywords.flags | (email.hasAttachment ? hasAttachmentBit : 0),
      keywords: JSON.stringify(email.keywords.others),
      created_modseq: modseq,
      modseq,
      saved_at: email.savedAt,
      arrival_id: email.arrivalId,
    })),
  );
  const keywords = emails.flatMap(({ id, keywords: { others } }) =>
    others.map((keyword) => ({ account_id: tx.accountId, keyword, email_id: id })),
  );
  await insertRows(tx, 'email_keyword', keywords, 'ignore');
}

const selectKnown = statement<{ tenantId: number; hashes: readonly string[] }>()(({ q, p, anyOf }) =>
  q.selectFrom('message').select('hash').where('tenant_id', '=', p.tenantId).where(anyOf('hash', p.hashes)),
);

/** What was read from the octets, for those of `messages` that the tenant does not know yet. */
export async function insertMessages(tx: AccountTx, messages: readonly NewMessage[]): Promise<void> {
  const known = await selectKnown.all(tx, { tenantId: tx.tenantId, hashes: messages.map(({ hash }) => hash) });
  const hashes = new Set<string>(known.map(({ hash }) => hash));
  const fresh = messages.filter(({ hash }) => !hashes.has(hash) && hashes.add(hash));
  await insertRows(
    tx,
    'message',
    fresh.map((message) => ({
      tenant_id: tx.tenantId,
      hash: message.hash,
      envelope: message.envelope,
      structure: message.structure,
      preview: message.preview,
      sent_at: message.sentAt,
      has_attachment: message.hasAttachment ? 1 : 0,
      header_fields: message.headerFields,
    })),
    'ignore',
  );
}

const selectThreads = statement<{ accountId: number; keys: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('thread_key')
    .select(({ fn }) => ['key', fn.min<number>('thread_id').as('thread_id')])
    .where('account_id', '=', p.accountId)
    .where(anyOf('key', p.keys))
    .groupBy('key'),
);

/** The oldest thread of each key that has one. */
export async function selectThreadsByKeys(tx: AccountTx, keys: readonly number[]): Promise<Map<number, ThreadId>> {
  if (keys.length === 0) return new Map();
  const found = await selectThreads.all(tx, { accountId: tx.accountId, keys });
  return new Map(found.map((row) => [row.key, asId<ThreadId>(row.thread_id)]));
}

export async function insertThreads(tx: AccountTx, ids: readonly ThreadId[]): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(
    tx,
    'thread',
    ids.map((id) => ({ account_id: tx.accountId, id, created_modseq: modseq, modseq })),
  );
}

export interface Threaded {
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
  readonly keys: readonly number[];
}

export async function insertKeysOfThreads(tx: AccountTx, emails: readonly Threaded[]): Promise<void> {
  const values = emails.flatMap(({ emailId, threadId, keys }) =>
    keys.map((key) => ({ account_id: tx.accountId, key, thread_id: threadId, email_id: emailId })),
  );
  await insertRows(tx, 'thread_key', values, 'ignore');
}
