/** The queue as an administrator sees it: what waits, why, until when; sending it now, or giving it up. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import { unlinkBlob } from '#server/store/blobs/store.ts';
import { finishJob, type Job, retryJob, selectJob, selectJobs } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { isUnderWay, selectSubmissions, updateRecipients } from './queries.ts';
import { readRelay, type RelayPayload } from './relay-payload.ts';

export interface Queued {
  readonly id: string;
  /** `hold`: not yet handed over (it waits for its hour); `relay`: on its way to one domain. */
  readonly kind: 'hold' | 'relay';
  /** `held`: its account is, while somebody looks into who writes in its name. */
  readonly state: 'waiting' | 'sending' | 'failed' | 'held';
  readonly accountId: number | null;
  readonly domain: string | null;
  readonly mailFrom: string | null;
  readonly recipients: readonly string[];
  /** Milliseconds since 1970. */
  readonly queuedAt: number;
  readonly nextTryAt: number;
  readonly failures: number;
  readonly lastError: string | null;
}

const kinds = ['submit', 'relay'];

/** The oldest first. @throws {Refusal} `mayNot`. */
export function listQueue(
  store: Store,
  actor: Actor,
  filter: { readonly domain?: string | undefined; readonly limit: number },
): Promise<readonly Queued[]> {
  requireSystem(actor);
  return read(store, async (tx) => {
    const found = (await selectJobs(tx, { kinds, limit: filter.limit })).map((job) => queuedOf(job, store.now()));
    return filter.domain === undefined ? found : found.filter(({ domain }) => domain === filter.domain);
  });
}

/** @throws {Refusal} `mayNot`, `noSuchJob`. */
export function showQueued(store: Store, actor: Actor, id: string): Promise<Queued> {
  requireSystem(actor);
  return read(store, async (tx) => queuedOf(await requireJob(tx, id), store.now()));
}

/** Tries it now, one that was given up too. @throws {Refusal} `mayNot`, `noSuchJob`. */
export async function retryQueued(store: Store, actor: Actor, id: string): Promise<void> {
  requireSystem(actor);
  const at = store.now();
  await write(store, async (tx) => {
    const job = await requireJob(tx, id);
    await retryJob(tx, id, at);
    const details = { job: id, kind: job.kind };
    await recordTrace(tx, { tenantId: job.tenantId, actor, verb: 'retryQueued', at, ...accountOf(job), details });
  });
}

/**
 * Gives up a message on its way: its recipients there will not get it, and deliveryStatus says so. Nothing is sent to
 * its sender: whoever drops it tells them, or not.
 * @throws {Refusal} `mayNot`, `noSuchJob`; `tryLater` while it is being sent.
 */
export async function dropQueued(store: Store, actor: Actor, id: string): Promise<void> {
  requireSystem(actor);
  const at = store.now();
  const job = await read(store, (tx) => requireJob(tx, id));
  if (job.leaseUntil !== null && job.leaseUntil > at)
    throw new Refusal('tryLater', { description: 'it is being sent just now' });
  const drop = async (tx: Tx): Promise<void> => {
    if (!(await finishJob(tx, job))) throw new Refusal('noSuchJob');
    const details = { job: id, kind: job.kind, recipients: queuedOf(job, at).recipients };
    await recordTrace(tx, { tenantId: job.tenantId, actor, verb: 'dropQueued', at, ...accountOf(job), details });
  };
  const { accountId } = job;
  if (accountId === null) return write(store, drop);
  const payload = job.kind === 'relay' ? readRelay(job.payload) : undefined;
  const submissionId = payload ? payload.submission?.submissionId : undefined;
  if (payload && submissionId === undefined) {
    return write(store, async (tx) => {
      await drop(tx);
      await unlinkBlob(tx, payload.hash, { accountId, kind: 'queue', owner: job.key ?? id });
    });
  }
  if (!payload || submissionId === undefined)
    throw new Refusal('mayNot', { description: 'it has not left its sender, who can take it back' });
  await transaction(store, accountId, async (tx) => {
    await drop(tx);
    const news = payload.recipients.map(({ address }) => ({
      address,
      smtpReply: '550 5.7.1 Given up by an administrator',
      delivered: 'no' as const,
      isDelayTold: payload.hasWarned,
    }));
    await updateRecipients(tx, submissionId, news);
    const [submission] = await selectSubmissions(tx, accountId, [submissionId]);
    if (submission && !(await isUnderWay(tx, accountId, submissionId)))
      await unlinkBlob(tx, submission.hash, { accountId, kind: 'submission', owner: String(submissionId) });
    if (submission?.emailId !== undefined) tx.changed('EmailSubmission');
  });
}

function accountOf({ accountId }: Job) {
  return accountId === null ? {} : { accountId };
}

async function requireJob(tx: Tx, id: string): Promise<Job> {
  const job = await selectJob(tx, id);
  if (!job || !kinds.includes(job.kind)) throw new Refusal('noSuchJob', { description: id });
  return job;
}

function queuedOf(job: Job, at: number): Queued {
  const payload: RelayPayload | undefined = job.kind === 'relay' ? readRelay(job.payload) : undefined;
  const isLeased = job.leaseUntil !== null && job.leaseUntil > at;
  return {
    id: job.id,
    kind: payload ? 'relay' : 'hold',
    state: job.state === 'waiting' && isLeased ? 'sending' : job.state,
    accountId: job.accountId,
    domain: payload?.domain ?? null,
    mailFrom: payload?.mailFrom ?? null,
    recipients: payload?.recipients.map(({ address }) => address) ?? [],
    queuedAt: payload?.queuedAtMs ?? job.createdAt,
    nextTryAt: job.runAt,
    failures: payload?.failures ?? 0,
    lastError: job.lastError,
  };
}
