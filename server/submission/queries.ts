/** SQL on submissions and their recipients. Rows in, values out. */
import {
  type AccountId,
  asBlobHash,
  asId,
  type BlobHash,
  type EmailId,
  type IdentityId,
  type PersonId,
  type SubmissionId,
  type TenantId,
  type ThreadId,
  type Uuid,
} from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { EnvelopeAddress, Parameters, SubmissionEnvelope } from './envelope.ts';

/** `canceled` as RFC 8621 §7 spells it. */
export type UndoStatus = 'pending' | 'final' | 'canceled';
export type DeliveredState = 'queued' | 'yes' | 'no' | 'unknown';

/** What is kept of the envelope, and of how the submission came. */
export interface KeptEnvelope extends SubmissionEnvelope {
  readonly via: 'jmap' | 'smtp';
  /** Of the local deliveries: done once, however often they are begun. */
  readonly arrivalId: Uuid;
  readonly personId: PersonId | null;
  /** As its sender wrote it, cut to a line; of what a filter sends there is none, nor of what is older than the member. */
  readonly subject?: string;
  /** Delivery reports that came for it (RFC 8621 §7 dsnBlobIds). */
  readonly reports: readonly BlobHash[];
}

export interface Submission {
  readonly id: SubmissionId;
  readonly identityId: IdentityId | undefined;
  /** undefined: of no stored email, and not listed (it came by SMTP, or was destroyed while under way). */
  readonly emailId: EmailId | undefined;
  readonly threadId: ThreadId | undefined;
  /** Of the copy that travels. */
  readonly hash: BlobHash;
  readonly envelope: KeptEnvelope;
  readonly undoStatus: UndoStatus;
  /** Milliseconds since 1970. */
  readonly sendAt: number;
  /** Handed over: to our own people, and to the queue for all others. */
  readonly isReleased: boolean;
  readonly createdAt: number;
  readonly createdModseq: number;
}

export interface RecipientState {
  readonly submissionId: SubmissionId;
  readonly address: string;
  readonly parameters: Parameters | null;
  readonly smtpReply: string;
  readonly delivered: DeliveredState;
  readonly displayed: 'unknown' | 'yes';
}

export async function insertSubmission(tx: AccountTx, submission: Omit<Submission, 'createdModseq'>): Promise<void> {
  await insertRows(tx, 'submission', [
    {
      account_id: tx.accountId,
      id: submission.id,
      identity_id: submission.identityId ?? 0,
      email_id: submission.emailId ?? 0,
      thread_id: submission.threadId ?? 0,
      hash: submission.hash,
      envelope: JSON.stringify(submission.envelope),
      undo_status: submission.undoStatus,
      send_at: submission.sendAt,
      is_released: submission.isReleased ? 1 : 0,
      created_at: submission.createdAt,
      created_modseq: tx.modseq(),
      modseq: tx.modseq(),
    },
  ]);
}

export async function insertRecipients(
  tx: AccountTx,
  submissionId: SubmissionId,
  recipients: readonly EnvelopeAddress[],
  smtpReply: string,
): Promise<void> {
  await insertRows(
    tx,
    'submission_recipient',
    recipients.map(({ email, parameters }) => ({
      account_id: tx.accountId,
      submission_id: submissionId,
      address: email,
      parameters: JSON.stringify(parameters),
      smtp_reply: smtpReply,
      delivered: 'queued',
      displayed: 'unknown',
      attempts: 0,
      is_delay_told: 0,
    })),
  );
}

const selectByIds = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q.selectFrom('submission').selectAll().where('account_id', '=', p.accountId).where(anyOf('id', p.ids)).orderBy('id'),
);

export async function selectSubmissions(
  tx: Tx,
  accountId: AccountId,
  ids: readonly SubmissionId[],
): Promise<readonly Submission[]> {
  if (ids.length === 0) return [];
  return (await selectByIds.all(tx, { accountId, ids })).map(submissionOf);
}

const selectFrom = statement<{ accountId: number; since: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('submission')
    .selectAll()
    .where('account_id', '=', p.accountId)
    .where('created_at', '>=', p.since)
    .orderBy('id', 'desc')
    .limit(p.limit),
);

/** Those handed in since, the newest first. */
export async function selectSince(
  tx: Tx,
  accountId: AccountId,
  since: number,
  limit: number,
): Promise<readonly Submission[]> {
  return (await selectFrom.all(tx, { accountId, since, limit })).map(submissionOf);
}

interface SubmissionRow {
  readonly id: number;
  readonly identity_id: number;
  readonly email_id: number;
  readonly thread_id: number;
  readonly hash: string;
  readonly envelope: string;
  readonly undo_status: string;
  readonly send_at: number;
  readonly is_released: number;
  readonly created_at: number;
  readonly created_modseq: number;
}

function submissionOf(row: SubmissionRow): Submission {
  return {
    id: asId<SubmissionId>(row.id),
    identityId: row.identity_id === 0 ? undefined : asId<IdentityId>(row.identity_id),
    emailId: row.email_id === 0 ? undefined : asId<EmailId>(row.email_id),
    threadId: row.thread_id === 0 ? undefined : asId<ThreadId>(row.thread_id),
    hash: asBlobHash(row.hash),
    envelope: JSON.parse(row.envelope) as KeptEnvelope,
    undoStatus: undoStatusOf(row.undo_status),
    sendAt: row.send_at,
    isReleased: row.is_released === 1,
    createdAt: row.created_at,
    createdModseq: row.created_modseq,
  };
}

function undoStatusOf(text: string): UndoStatus {
  return text === 'pending' || text === 'canceled' ? text : 'final';
}

const selectListed = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('submission')
    .select(['id', 'identity_id', 'email_id', 'thread_id', 'undo_status', 'send_at', 'modseq'])
    .where('account_id', '=', p.accountId)
    .where('email_id', '>', 0),
);

/** What queries filter and sort by. */
export interface SubmissionKeys {
  readonly id: SubmissionId;
  readonly identityId: number;
  readonly emailId: number;
  readonly threadId: number;
  readonly undoStatus: UndoStatus;
  readonly sendAt: number;
  readonly modseq: number;
}

/** Every listed submission of the account. */
export async function selectKeys(tx: Tx, accountId: AccountId): Promise<readonly SubmissionKeys[]> {
  return (await selectListed.all(tx, { accountId })).map((row) => ({
    id: asId<SubmissionId>(row.id),
    identityId: row.identity_id,
    emailId: row.email_id,
    threadId: row.thread_id,
    undoStatus: undoStatusOf(row.undo_status),
    sendAt: row.send_at,
    modseq: row.modseq,
  }));
}

/** Which of `ids` are listed. */
export async function selectListedOf(
  tx: Tx,
  accountId: AccountId,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const query = tx.q.selectFrom('submission').select('id').where('account_id', '=', accountId);
  const found = await rows(tx, query.where('email_id', '>', 0).where(tx.anyOf('id', ids)));
  return new Set(found.map((row) => row.id));
}

const selectRecipientsOf = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('submission_recipient')
    .select(['submission_id', 'address', 'parameters', 'smtp_reply', 'delivered', 'displayed'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('submission_id', p.ids)),
);

export async function selectRecipients(
  tx: Tx,
  accountId: AccountId,
  ids: readonly SubmissionId[],
): Promise<readonly RecipientState[]> {
  if (ids.length === 0) return [];
  const found = await selectRecipientsOf.all(tx, { accountId, ids });
  return found.map((row) => ({
    submissionId: asId<SubmissionId>(row.submission_id),
    address: row.address,
    parameters: JSON.parse(row.parameters) as Parameters | null,
    smtpReply: row.smtp_reply,
    delivered: deliveredOf(row.delivered),
    displayed: row.displayed === 'yes' ? 'yes' : 'unknown',
  }));
}

function deliveredOf(text: string): DeliveredState {
  return text === 'yes' || text === 'no' || text === 'unknown' ? text : 'queued';
}

const updateUndo = statement<{ accountId: number; id: number; undoStatus: string; modseq: number }>()(({ q, p }) =>
  q
    .updateTable('submission')
    .set({ undo_status: p.undoStatus, modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id),
);

export async function updateUndoStatus(tx: AccountTx, id: SubmissionId, undoStatus: UndoStatus): Promise<void> {
  await updateUndo.run(tx, { accountId: tx.accountId, id, undoStatus, modseq: tx.modseq() });
}

const updateReleased = statement<{ accountId: number; id: number; modseq: number }>()(({ q, p }) =>
  q
    .updateTable('submission')
    .set({ is_released: 1, undo_status: 'final', modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id),
);

export async function markReleased(tx: AccountTx, id: SubmissionId): Promise<void> {
  await updateReleased.run(tx, { accountId: tx.accountId, id, modseq: tx.modseq() });
}

const updateOneRecipient = statement<{
  accountId: number;
  id: number;
  address: string;
  smtpReply: string;
  delivered: string;
  isDelayTold: number;
}>()(({ q, p }) =>
  q
    .updateTable('submission_recipient')
    .set((eb) => ({
      smtp_reply: p.smtpReply,
      delivered: p.delivered,
      is_delay_told: p.isDelayTold,
      attempts: eb('attempts', '+', 1),
    }))
    .where('account_id', '=', p.accountId)
    .where('submission_id', '=', p.id)
    .where('address', '=', p.address),
);

export interface RecipientNews {
  readonly address: string;
  readonly smtpReply: string;
  readonly delivered: DeliveredState;
  readonly isDelayTold: boolean;
}

/** Writes what became of recipients, and that the submission changed. */
export async function updateRecipients(tx: AccountTx, id: SubmissionId, news: readonly RecipientNews[]): Promise<void> {
  const { accountId } = tx;
  for (const { address, smtpReply, delivered, isDelayTold } of news) {
    const told = isDelayTold ? 1 : 0;
    await updateOneRecipient.run(tx, { accountId, id, address, smtpReply, delivered, isDelayTold: told });
  }
  await touchOne.run(tx, { accountId, id, modseq: tx.modseq() });
}

const touchOne = statement<{ accountId: number; id: number; modseq: number }>()(({ q, p }) =>
  q.updateTable('submission').set({ modseq: p.modseq }).where('account_id', '=', p.accountId).where('id', '=', p.id),
);

export async function updateEnvelope(tx: AccountTx, id: SubmissionId, envelope: KeptEnvelope): Promise<void> {
  const query = tx.q.updateTable('submission').set({ envelope: JSON.stringify(envelope), modseq: tx.modseq() });
  await changes(tx, query.where('account_id', '=', tx.accountId).where('id', '=', id));
}

/** It is no longer listed; what is still to be sent goes on. */
export async function unlistSubmission(tx: AccountTx, { id, createdModseq }: Submission): Promise<void> {
  const query = tx.q.updateTable('submission').set({ email_id: 0, thread_id: 0, modseq: tx.modseq() });
  await changes(tx, query.where('account_id', '=', tx.accountId).where('id', '=', id));
  await buryOne(tx, id, createdModseq);
}

export async function deleteSubmission(tx: AccountTx, { id, createdModseq }: Submission): Promise<void> {
  const { accountId } = tx;
  const those = tx.q.deleteFrom('submission_recipient').where('account_id', '=', accountId);
  await changes(tx, those.where('submission_id', '=', id));
  await changes(tx, tx.q.deleteFrom('submission').where('account_id', '=', accountId).where('id', '=', id));
  await buryOne(tx, id, createdModseq);
}

async function buryOne(tx: AccountTx, id: SubmissionId, createdModseq: number): Promise<void> {
  await insertRows(tx, 'tombstone', [
    {
      account_id: tx.accountId,
      type: 'EmailSubmission',
      modseq: tx.modseq(),
      id,
      uid: 0,
      ref: 0,
      created_modseq: createdModseq,
    },
  ]);
}

const countQueued = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('submission_recipient')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', p.accountId)
    .where('submission_id', '=', p.id)
    .where('delivered', '=', 'queued'),
);

export async function isUnderWay(tx: Tx, accountId: AccountId, id: SubmissionId): Promise<boolean> {
  return ((await countQueued.first(tx, { accountId, id }))?.count ?? 0) > 0;
}

const deleteJobByKey = statement<{ tenantId: number; kind: string; key: string }>()(({ q, p }) =>
  q.deleteFrom('job').where('tenant_id', '=', p.tenantId).where('kind', '=', p.kind).where('key', '=', p.key),
);

/** The job that was to send it, taken back with it. */
export async function deleteSubmitJob(tx: Tx, tenantId: TenantId, key: string): Promise<void> {
  await deleteJobByKey.run(tx, { tenantId, kind: 'submit', key });
}
