/** Taking a message back while it waits, and taking a submission off the list (RFC 8621 §7.5). */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import { unlinkBlob } from '#server/store/blobs/store.ts';
import type { AccountId, SubmissionId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import {
  deleteSubmission,
  deleteSubmitJob,
  isUnderWay,
  type RecipientState,
  selectRecipients,
  selectSubmissions,
  type Submission,
  unlistSubmission,
  updateRecipients,
  updateUndoStatus,
} from './queries.ts';
import { submitKey } from './submit.ts';

/**
 * Takes a message back before it leaves.
 * @returns the submission as it was.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `noSuchSubmission`; `cannotUnsend` once it is on its way.
 */
export function cancelSubmission(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: SubmissionId,
): Promise<Submission> {
  const at = store.now();
  return transaction(store, accountId, async (tx) => {
    const { mandateId } = await requireRight(tx, actor, accountId, 'sendOnBehalf', at);
    const submission = await requireListed(tx, id);
    if (submission.undoStatus === 'canceled') return submission;
    if (submission.undoStatus === 'final') throw new Refusal('cannotUnsend');
    await updateUndoStatus(tx, id, 'canceled');
    await deleteSubmitJob(tx, tx.tenantId, submitKey(accountId, id));
    await noteNotSent(tx, id, await selectRecipients(tx, accountId, [id]));
    await unlinkBlob(tx, submission.hash, { accountId, kind: 'submission', owner: String(id) });
    const details = { submission: id };
    await recordTrace(tx, {
      tenantId: tx.tenantId,
      actor,
      verb: 'cancelSubmission',
      at,
      accountId,
      mandateId,
      details,
    });
    tx.changed('EmailSubmission');
    return submission;
  });
}

async function noteNotSent(tx: AccountTx, id: SubmissionId, recipients: readonly RecipientState[]): Promise<void> {
  const news = recipients.map(({ address }) => ({
    address,
    smtpReply: '550 5.0.0 Taken back by its sender',
    delivered: 'no' as const,
    isDelayTold: false,
  }));
  await updateRecipients(tx, id, news);
}

/**
 * Takes a submission off the list. Nothing that is on its way is stopped by it (RFC 8621 §7.5): cancel does that.
 * @returns the submission as it was.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `noSuchSubmission`.
 */
export function destroySubmission(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: SubmissionId,
): Promise<Submission> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'sendOnBehalf', store.now());
    const submission = await requireListed(tx, id);
    if (await isUnderWay(tx, accountId, id)) await unlistSubmission(tx, submission);
    else {
      await deleteSubmission(tx, submission);
      for (const hash of [submission.hash, ...submission.envelope.reports])
        await unlinkBlob(tx, hash, { accountId, kind: 'submission', owner: String(id) });
    }
    tx.changed('EmailSubmission');
    return submission;
  });
}

async function requireListed(tx: AccountTx, id: SubmissionId): Promise<Submission> {
  const [submission] = await selectSubmissions(tx, tx.accountId, [id]);
  if (submission?.emailId === undefined) throw new Refusal('noSuchSubmission');
  return submission;
}
