/**
 * The job `submit`: a message leaves its sender. Our own people get it directly; for all others one job a domain is put in
 * the queue, in the transaction that says so. Run twice it does nothing twice: what was delivered is recognised.
 */
import { domainToASCII } from 'node:url';

import { Refusal } from '#server/access/refusal.ts';
import type { Arrival } from '#server/delivery/arrival.ts';
import { deliver, type Delivered } from '#server/delivery/deliver.ts';
import type { OutgoingRecipient } from '#server/delivery/outbound/session.ts';
import { findRecipient, type Recipient } from '#server/delivery/recipient.ts';
import { linkKnownBlob, openBlob, unlinkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asId, type BlobHash, type SubmissionId } from '#server/store/ids.ts';
import { enqueueJob, finishJob, type Job, renewJob, setJobHeld, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { readMail, readRcpt } from './envelope.ts';
import { mayLeave } from './hold.ts';
import type { SendingHouse } from './house.ts';
import {
  isUnderWay,
  markReleased,
  type RecipientNews,
  type RecipientState,
  selectRecipients,
  selectSubmissions,
  type Submission,
  updateEnvelope,
  updateRecipients,
  updateUndoStatus,
} from './queries.ts';
import { selectSender } from './sender-queries.ts';
import { newRelay, relayKey } from './relay-payload.ts';
import { type Fate, fileReports, printReports, stageReports } from './reports.ts';

export const submitLeaseMs = 60_000;

/** Recipients between two renewals of the lease. */
const atOnce = 256;

export async function releaseSubmission(house: SendingHouse, job: Job): Promise<void> {
  const { store } = house;
  const claimed = job.accountId === null ? undefined : await claim(store, job, job.accountId);
  if (!claimed) return;
  const { submission, accountId } = claimed;
  const blob = await openBlob(store, job.tenantId, submission.hash);
  if (!blob) throw new Error(`the message of submission ${accountId}:${submission.id} is not there`);
  const octets = await blob.bytes();
  const sorted = await sortRecipients(store, claimed.recipients, octets.length, submission.envelope.mailFrom.email);
  const outcomes = await deliverHere(house, job, claimed, octets, sorted.here);
  await conclude(house, job, claimed, octets, [...outcomes, ...sorted.refused], sorted.elsewhere);
}

interface Claimed {
  readonly accountId: AccountId;
  readonly submission: Submission;
  /** Those not dealt with yet. */
  readonly recipients: readonly RecipientState[];
}

/** From here on it cannot be taken back. undefined: there is nothing (more) to send, or it is held. */
function claim(store: Store, job: Job, accountId: AccountId): Promise<Claimed | undefined> {
  const id = submissionIdOf(job.payload);
  return transaction(store, accountId, async (tx) => {
    const [submission] = await selectSubmissions(tx, accountId, [id]);
    if (!submission || submission.isReleased || submission.undoStatus === 'canceled') {
      await finishJob(tx, job);
      return undefined;
    }
    if (!(await mayLeave(tx, accountId, id))) {
      await setJobHeld(tx, job);
      return undefined;
    }
    if (submission.undoStatus === 'pending') {
      await updateUndoStatus(tx, id, 'final');
      if (submission.emailId !== undefined) tx.changed('EmailSubmission');
    }
    const recipients = await selectRecipients(tx, accountId, [id]);
    return { accountId, submission, recipients: recipients.filter(({ delivered }) => delivered === 'queued') };
  });
}

function submissionIdOf(payload: unknown): SubmissionId {
  const id = typeof payload === 'object' && payload !== null && 'submissionId' in payload ? payload.submissionId : 0;
  return asId<SubmissionId>(Number(id));
}

interface Here {
  readonly recipient: OutgoingRecipient;
  readonly destination: Recipient;
}

/** What became of one of our own, or of an address in one of our domains that nobody has. */
interface Outcome {
  readonly recipient: OutgoingRecipient;
  readonly news: RecipientNews;
  readonly status: string;
}

async function sortRecipients(store: Store, recipients: readonly RecipientState[], sizeOctets: number, writer: string) {
  const here: Here[] = [];
  const refused: Outcome[] = [];
  const elsewhere: OutgoingRecipient[] = [];
  for (const { address, parameters } of recipients) {
    const recipient = { address, ...readRcpt(parameters) };
    try {
      const destination = await findRecipient(store, address, sizeOctets, writer);
      if (destination.kind === 'here') here.push({ recipient, destination });
      else elsewhere.push(recipient);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(outcomeOf(recipient, { kind: 'refused', refusal: error }));
    }
  }
  return { here, refused, elsewhere };
}

async function deliverHere(
  { store }: SendingHouse,
  job: Job,
  { submission }: Claimed,
  octets: Uint8Array,
  here: readonly Here[],
): Promise<readonly Outcome[]> {
  const { envelope } = submission;
  const arrival: Arrival = {
    id: envelope.arrivalId,
    at: store.now(),
    by: 'submission',
    mailFrom: envelope.mailFrom.email,
    remoteAddress: '',
    helloName: '',
    tls: null,
    authentication: null,
    verdicts: [],
  };
  const outcomes: Outcome[] = [];
  for (let from = 0; from < here.length; from += atOnce) {
    if (from > 0)
      await write(store, (tx) => renewJob(tx, job, { submissionId: submission.id }, store.now() + submitLeaseMs));
    const some = here.slice(from, from + atOnce);
    const done = await deliver(
      store,
      octets,
      arrival,
      some.map(({ destination }) => destination),
    );
    for (const [index, { recipient }] of some.entries()) {
      outcomes.push(outcomeOf(recipient, done[index] ?? { kind: 'delivered' }));
    }
  }
  return outcomes;
}

function outcomeOf(recipient: OutgoingRecipient, outcome: Delivered): Outcome {
  const { address } = recipient;
  if (outcome.kind === 'delivered') {
    const news = { address, smtpReply: '250 2.1.5 Delivered', delivered: 'yes', isDelayTold: false } as const;
    return { recipient, news, status: '2.1.5' };
  }
  const { reason, message } = outcome.refusal;
  if (reason === 'rejected') {
    // By the recipient's own rules, in their words (RFC 5429 §2.1).
    const news = { address, smtpReply: `550 5.7.1 ${oneLine(message)}`, delivered: 'no', isDelayTold: false } as const;
    return { recipient, news, status: '5.7.1' };
  }
  const isFull = reason === 'overQuota';
  const smtpReply = isFull ? '552 5.2.2 The mailbox is full' : '550 5.1.1 No such recipient here';
  const news = { address, smtpReply, delivered: 'no', isDelayTold: false } as const;
  return { recipient, news, status: isFull ? '5.2.2' : '5.1.1' };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 400);
}

/** One transaction: what became of our own people, who is told, and the queue for all others. */
async function conclude(
  house: SendingHouse,
  job: Job,
  { accountId, submission }: Claimed,
  octets: Uint8Array,
  outcomes: readonly Outcome[],
  elsewhere: readonly OutgoingRecipient[],
): Promise<void> {
  const { store, outbound, timeZone } = house;
  const at = store.now();
  const { envelope, id, hash } = submission;
  const { ret, envid } = readMail(envelope.mailFrom.parameters);
  const language = (await read(store, (tx) => selectSender(tx, accountId)))?.language ?? 'fr';
  const fates: readonly Fate[] = outcomes.map(({ recipient, news, status }) => ({
    recipient,
    action: news.delivered === 'yes' ? 'delivered' : 'failed',
    status,
    remoteMta: undefined,
    diagnostic: `smtp; ${news.smtpReply}`,
  }));
  const about = {
    hostName: outbound.hostName,
    timeZone,
    mailFrom: envelope.mailFrom.email,
    ret,
    envid,
    language,
    arrivedAtMs: submission.createdAt,
    willRetryUntilMs: undefined,
    octets,
  };
  const reports = await stageReports(store, printReports(fates, about, at));
  await transaction(store, accountId, async (tx) => {
    // Somebody else's lease began while ours had run out, and did it.
    if (!(await finishJob(tx, job))) return;
    await updateRecipients(
      tx,
      id,
      outcomes.map(({ news }) => news),
    );
    for (const [domain, recipients] of Map.groupBy(elsewhere, domainOf)) {
      const payload = newRelay({
        hash,
        domain,
        mailFrom: about.mailFrom,
        ret,
        envid,
        recipients,
        queuedAtMs: at,
        language,
        submission: { accountId, submissionId: id },
        hop: envelope.via === 'jmap' ? { id: envelope.arrivalId, atMs: submission.createdAt } : undefined,
      });
      const key = relayKey(accountId, id, domain);
      await enqueueJob(tx, { tenantId: tx.tenantId, kind: 'relay', key, accountId, payload, runAt: at }, at);
    }
    const filed = await fileReports(tx, reports, at);
    await keepReports(tx, submission, filed);
    await markReleased(tx, id);
    if (!(await isUnderWay(tx, accountId, id)))
      await unlinkBlob(tx, hash, { accountId, kind: 'submission', owner: String(id) });
    if (submission.emailId !== undefined) tx.changed('EmailSubmission');
    tx.afterCommit(() => wakeRunners(store));
  });
  const delivered = outcomes.filter(({ news }) => news.delivered === 'yes').length;
  if (delivered > 0) house.onEvent({ kind: 'delivered', recipients: delivered });
  if (outcomes.length > delivered) house.onEvent({ kind: 'refused', recipients: outcomes.length - delivered });
}

/** Notes the reports that came for a submission, and keeps them as long as it is listed. */
export async function keepReports(
  tx: Parameters<typeof markReleased>[0],
  submission: Submission,
  hashes: readonly BlobHash[],
): Promise<void> {
  if (hashes.length === 0 || submission.emailId === undefined) return;
  const { envelope, id } = submission;
  await updateEnvelope(tx, id, { ...envelope, reports: [...envelope.reports, ...hashes] });
  const { accountId, tenantId } = tx;
  for (const hash of hashes)
    await linkKnownBlob(tx, hash, { accountId, tenantId, kind: 'submission', owner: String(id), expiresAt: null });
}

/** In its ASCII form, lower case: one queue for `académie.fr` however it is written. */
function domainOf({ address }: OutgoingRecipient): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return domain.startsWith('[') ? domain : domainToASCII(domain) || domain.toLowerCase();
}
