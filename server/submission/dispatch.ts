/**
 * What a filter sends by itself (a forward, an absence answer, a notification): written in the transaction that decided
 * it, so that it leaves exactly when the message it is about is kept. From then on it is a submission like any other,
 * of no stored email and listed nowhere.
 */
import { randomUUIDv7 } from 'node:crypto';

import type { StagedBlob } from '#server/store/blobs/stage.ts';
import { linkBlob } from '#server/store/blobs/store.ts';
import { asUuid, type SubmissionId } from '#server/store/ids.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import type { Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { EnvelopeAddress } from './envelope.ts';
import { insertRecipients, insertSubmission } from './queries.ts';
import { submitKey } from './submit.ts';

export interface Dispatch {
  /** The message as it travels, its Received field in it. */
  readonly staged: StagedBlob;
  /** An address of the account, or the null sender: then nobody hears what becomes of it. */
  readonly mailFrom: EnvelopeAddress;
  readonly recipients: readonly EnvelopeAddress[];
}

/** Call for mail that is allowed to go: nothing is checked here any more. */
export async function dispatchIn(
  store: Store,
  tx: AccountTx,
  { staged, mailFrom, recipients }: Dispatch,
  at: number,
): Promise<SubmissionId> {
  const { accountId, tenantId } = tx;
  const id = tx.newId<SubmissionId>();
  await insertSubmission(tx, {
    id,
    identityId: undefined,
    emailId: undefined,
    threadId: undefined,
    hash: staged.hash,
    envelope: {
      mailFrom,
      rcptTo: recipients,
      via: 'smtp',
      arrivalId: asUuid(randomUUIDv7()),
      personId: null,
      reports: [],
    },
    undoStatus: 'final',
    sendAt: at,
    isReleased: false,
    createdAt: at,
  });
  await insertRecipients(tx, id, recipients, '250 2.0.0 Queued');
  await linkBlob(tx, staged, { accountId, tenantId, kind: 'submission', owner: String(id), expiresAt: null }, at);
  const key = submitKey(accountId, id);
  await enqueueJob(tx, { tenantId, kind: 'submit', key, accountId, payload: { submissionId: id }, runAt: at }, at);
  tx.afterCommit(() => wakeRunners(store));
  return id;
}
