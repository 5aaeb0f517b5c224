/**
 * Holding what an account sends: while others may be writing in its name nothing of it leaves the house, and nothing is
 * lost. What waits is set aside, what is sent meanwhile is set aside when its turn comes; each message is then let go
 * or given up by somebody who has looked. Letters of the house about the account are none of its own, and go.
 */
import { unlinkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asId, type SubmissionId, type TenantId } from '#server/store/ids.ts';
import {
  holdJobsOf,
  type Job,
  keysOfHeld,
  releaseJobsOf,
  removeJobsOf,
  setJobHeld,
  wakeRunners,
} from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { deleteHold, selectHold, upsertHold } from './hold-queries.ts';
import { isUnderWay, selectRecipients, selectSubmissions, updateRecipients, updateUndoStatus } from './queries.ts';
import { submitKey } from './submit.ts';

const kinds = ['submit', 'relay'] as const;

/** From now on nothing of the account leaves; what is on the wire this instant does. */
export async function holdQueue(tx: AccountTx, at: number): Promise<void> {
  const { accountId, tenantId } = tx;
  await upsertHold(tx, { accountId, tenantId, at, released: [] });
  for (const kind of kinds) await holdJobsOf(tx, { tenantId, kind, keyPrefix: prefixOf(accountId) }, at);
}

/** Whether a message may go: its account is not held, or it was let go. */
export async function mayLeave(tx: Tx, accountId: AccountId, id: SubmissionId): Promise<boolean> {
  const hold = await selectHold(tx, accountId);
  return !hold || hold.released.includes(id);
}

/** Sets a job aside whose message may not go; asked again under the account's lock. @returns whether it is. */
export function setAside(
  store: Store,
  job: Job,
  { accountId, submissionId }: { readonly accountId: AccountId; readonly submissionId: SubmissionId },
): Promise<boolean> {
  return transaction(store, accountId, async (tx) => {
    if (await mayLeave(tx, accountId, submissionId)) return false;
    await setJobHeld(tx, job);
    return true;
  });
}

export interface HeldMessage {
  readonly id: SubmissionId;
  /** Milliseconds since 1970: when it was handed in. */
  readonly at: number;
  /** '' where it is not known, as of what a filter sends. */
  readonly subject: string;
  /** Those who have not got it. */
  readonly recipients: readonly string[];
}

/** The oldest first. */
export async function listHeld(
  tx: Tx,
  { tenantId, accountId }: { readonly tenantId: TenantId; readonly accountId: AccountId },
): Promise<readonly HeldMessage[]> {
  const keys: string[] = [];
  for (const kind of kinds) keys.push(...(await keysOfHeld(tx, { tenantId, kind, keyPrefix: prefixOf(accountId) })));
  const ids = new Set(keys.map(submissionOf));
  const those = await selectSubmissions(tx, accountId, [...ids]);
  const recipients = await selectRecipients(tx, accountId, [...ids]);
  return those.map(({ id, createdAt, envelope }) => ({
    id,
    at: createdAt,
    subject: envelope.subject ?? '',
    recipients: recipients
      .filter(({ submissionId, delivered }) => submissionId === id && delivered === 'queued')
      .map(({ address }) => address),
  }));
}

/** Lets some go; each at its hour, or now where that has passed. */
export async function releaseHeld(store: Store, tx: AccountTx, ids: readonly SubmissionId[]): Promise<void> {
  const { accountId, tenantId } = tx;
  const hold = await selectHold(tx, accountId);
  if (!hold) return;
  await upsertHold(tx, { ...hold, released: [...new Set([...hold.released, ...ids])] });
  for (const id of ids)
    for (const kind of kinds) await releaseJobsOf(tx, { tenantId, kind, ...keysOf(kind, accountId, id) });
  tx.afterCommit(() => wakeRunners(store));
}

/** Gives some up: whoever has not got them will not, and nobody is told but by their state. */
export async function dropHeld(tx: AccountTx, ids: readonly SubmissionId[]): Promise<void> {
  const { accountId, tenantId } = tx;
  const recipients = await selectRecipients(tx, accountId, ids);
  for (const submission of await selectSubmissions(tx, accountId, ids)) {
    const { id } = submission;
    for (const kind of kinds) await removeJobsOf(tx, { tenantId, kind, ...keysOf(kind, accountId, id) });
    const news = recipients
      .filter(({ submissionId, delivered }) => submissionId === id && delivered === 'queued')
      .map(({ address }) => ({
        address,
        smtpReply: '550 5.7.1 Given up by an administrator',
        delivered: 'no' as const,
        isDelayTold: false,
      }));
    await updateRecipients(tx, id, news);
    if (submission.undoStatus === 'pending') await updateUndoStatus(tx, id, 'canceled');
    if (!(await isUnderWay(tx, accountId, id)))
      await unlinkBlob(tx, submission.hash, { accountId, kind: 'submission', owner: String(id) });
    if (submission.emailId !== undefined) tx.changed('EmailSubmission');
  }
}

/** The account's mail goes again. What is still held is let go: give it up before, or not. */
export async function endHold(store: Store, tx: AccountTx): Promise<void> {
  const { accountId, tenantId } = tx;
  await deleteHold(tx, accountId);
  for (const kind of kinds) await releaseJobsOf(tx, { tenantId, kind, keyPrefix: prefixOf(accountId) });
  tx.afterCommit(() => wakeRunners(store));
}

/** Keys of jobs begin with the account's number (submit.ts, relay-payload.ts); those of letters do not. */
function prefixOf(accountId: AccountId): string {
  return `${accountId}:`;
}

/** One job hands a message over, one a domain relays it. */
function keysOf(kind: (typeof kinds)[number], accountId: AccountId, id: SubmissionId) {
  return kind === 'submit' ? { key: submitKey(accountId, id) } : { keyPrefix: `${submitKey(accountId, id)}:` };
}

function submissionOf(key: string): SubmissionId {
  return asId<SubmissionId>(Number(key.split(':')[1]));
}
