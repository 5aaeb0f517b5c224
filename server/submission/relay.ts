/**
 * The job `relay`: one message to the recipients of one domain elsewhere. Each run ends in one transaction that keeps what
 * became of everyone, files the reports, and puts the job off or ends it; only what happens between the other server's
 * last word and that transaction can be sent twice (RFC 5321 §6.1).
 */
import { flattenGroups } from '#formats/address/read.ts';
import { parseMessage } from '#formats/message/parse.ts';
import type { OutgoingRecipient } from '#server/delivery/outbound/session.ts';
import { planRetry } from '#server/delivery/outbound/schedule.ts';
import { signatureOf } from '#server/delivery/outbound/sign.ts';
import type { Outcome, Transmit, Transmitted } from '#server/delivery/outbound/transmit.ts';
import { withCrLf } from '#server/delivery/outbound/wire.ts';
import { parseDomain } from '#server/directory/address.ts';
import { findDomain } from '#server/directory/domain.ts';
import { openBlob, unlinkBlob } from '#server/store/blobs/store.ts';
import type { AccountId, SubmissionId } from '#server/store/ids.ts';
import { finishJob, type Job, postponeJob, renewJob } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, write } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { mayLeave, setAside } from './hold.ts';
import type { SendingHouse } from './house.ts';
import { printOwnHop } from './hop.ts';
import { isUnderWay, type RecipientNews, selectSubmissions, updateRecipients } from './queries.ts';
import { keepRecipient, readRelay, recipientsOf, type RelayPayload } from './relay-payload.ts';
import { keepReports } from './release.ts';
import { type Fate, fileReports, printReports, stageReports, wantsToHear } from './reports.ts';

/** Renewed while a message is under way; after a crash another process waits this long. */
export const relayLeaseMs = 120_000;
const renewEveryMs = 40_000;
/** Until a connection to a busy host is free. */
const busyMs = 2_000;

export async function relayMessage(house: SendingHouse, transmit: Transmit, job: Job): Promise<void> {
  const { store } = house;
  const payload = readRelay(job.payload);
  const { submission } = payload;
  const isHeld =
    submission !== null &&
    !(await read(store, (tx) => mayLeave(tx, submission.accountId, submission.submissionId))) &&
    (await setAside(store, job, submission));
  if (isHeld) return;
  const recipients = recipientsOf(payload);
  const octets = await readOctets(house, job, payload);
  const transmitted = octets
    ? await keepingLease(house, job, payload, () => send(house, job, transmit, payload, recipients, octets))
    : allLost(recipients);
  if (transmitted.kind === 'busy') {
    house.onEvent({ kind: 'busy', domain: payload.domain });
    await write(store, (tx) => postponeJob(tx, job, store.now() + Math.round(busyMs * (0.5 + Math.random())), null));
    return;
  }
  await conclude(house, job, payload, recipients, octets ?? new Uint8Array(), transmitted.outcomes);
}

async function readOctets(
  { store, outbound }: SendingHouse,
  job: Job,
  { hash, hop }: RelayPayload,
): Promise<Uint8Array | undefined> {
  const blob = await openBlob(store, job.tenantId, hash);
  if (!blob) return undefined;
  const octets = withCrLf(await blob.bytes());
  return hop === null ? octets : Buffer.concat([Buffer.from(printOwnHop(outbound.hostName, hop)), octets]);
}

/** No attempt can bring it back: the sender must know. */
function allLost(recipients: readonly OutgoingRecipient[]): Transmitted {
  const outcome: Outcome = {
    kind: 'failed',
    status: '5.3.0',
    remoteMta: undefined,
    reply: '550 5.3.0 The message is no longer there',
    diagnostic: undefined,
    passesDsn: false,
  };
  return { kind: 'done', outcomes: new Map(recipients.map(({ address }) => [address, outcome])) };
}

async function send(
  { store }: SendingHouse,
  job: Job,
  transmit: Transmit,
  payload: RelayPayload,
  recipients: readonly OutgoingRecipient[],
  octets: Uint8Array,
): Promise<Transmitted> {
  const domain = parseDomain(signingDomainOf(octets, payload.mailFrom));
  const found = domain === undefined ? undefined : await read(store, (tx) => findDomain(tx, domain));
  // A key signs for its own institution only.
  const key = found?.tenantId === job.tenantId ? found : undefined;
  const signature = await signatureOf(octets, key);
  const signed = signature === '' ? octets : Buffer.concat([Buffer.from(signature), octets]);
  const { mailFrom, ret, envid } = payload;
  const mail = { mailFrom, ret: ret ?? undefined, envid: envid ?? undefined, octets: signed };
  return transmit(payload.domain, mail, recipients);
}

/** Whom DMARC looks at (RFC 7489 §3.1): From, and only then the envelope. */
function signingDomainOf(octets: Uint8Array, mailFrom: string): string {
  const { envelope } = parseMessage(octets.subarray(0, 256 * 1024));
  const address = flattenGroups(envelope.from ?? [])[0]?.email ?? mailFrom;
  return address.slice(address.lastIndexOf('@') + 1);
}

async function keepingLease<T>(
  { store }: SendingHouse,
  job: Job,
  payload: RelayPayload,
  work: () => Promise<T>,
): Promise<T> {
  let renewed: Promise<unknown> = Promise.resolve();
  // A database that is away for so long lets another process begin: as after a crash.
  const renew = (): void => {
    renewed = write(store, (tx) => renewJob(tx, job, payload, store.now() + relayLeaseMs)).catch(() => undefined);
  };
  const timer = setInterval(renew, renewEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // It must not overtake what is written at the end.
    await renewed;
  }
}

async function conclude(
  house: SendingHouse,
  job: Job,
  payload: RelayPayload,
  recipients: readonly OutgoingRecipient[],
  octets: Uint8Array,
  outcomes: ReadonlyMap<string, Outcome>,
): Promise<void> {
  const { store, outbound, patience, timeZone } = house;
  const at = store.now();
  const plan = planNext(payload, recipients, outcomes, at, patience);
  const about = {
    hostName: outbound.hostName,
    timeZone,
    mailFrom: payload.mailFrom,
    ret: payload.ret ?? undefined,
    envid: payload.envid ?? undefined,
    language: payload.language,
    arrivedAtMs: payload.queuedAtMs,
    willRetryUntilMs: payload.queuedAtMs + patience.giveUpAfterMs,
    octets,
  };
  const reports = await stageReports(store, printReports(plan.fates, about, at));
  const settle = async (tx: Tx, accountId: AccountId | null): Promise<boolean> => {
    if (!plan.next) {
      if (!(await finishJob(tx, job))) return false;
      const link = { kind: 'queue' as const, owner: job.key ?? job.id };
      if (accountId !== null && payload.submission === null) await unlinkBlob(tx, payload.hash, { accountId, ...link });
      return true;
    }
    await renewJob(tx, job, plan.next.payload, at);
    await postponeJob(tx, job, plan.next.atMs, plan.next.because);
    return true;
  };
  const { submission } = payload;
  if (submission === null) await write(store, (tx) => settle(tx, job.accountId));
  else {
    await transaction(store, submission.accountId, async (tx) => {
      if (!(await settle(tx, submission.accountId))) return;
      await keepNews(tx, submission.submissionId, plan.news);
      const [kept] = await selectSubmissions(tx, submission.accountId, [submission.submissionId]);
      const filed = await fileReports(tx, reports, at);
      if (kept) await keepReports(tx, kept, filed);
      if (kept?.emailId !== undefined) tx.changed('EmailSubmission');
    });
  }
  tellEvents(house, payload.domain, outcomes);
}

async function keepNews(tx: AccountTx, id: SubmissionId, news: readonly RecipientNews[]): Promise<void> {
  await updateRecipients(tx, id, news);
  const { accountId } = tx;
  if (await isUnderWay(tx, accountId, id)) return;
  const [submission] = await selectSubmissions(tx, accountId, [id]);
  if (submission) await unlinkBlob(tx, submission.hash, { accountId, kind: 'submission', owner: String(id) });
}

interface Plan {
  readonly news: readonly RecipientNews[];
  readonly fates: readonly Fate[];
  /** undefined: everybody has a yes or a no. */
  readonly next: { readonly payload: RelayPayload; readonly atMs: number; readonly because: string } | undefined;
}

/** The decision without the doing. */
export function planNext(
  payload: RelayPayload,
  recipients: readonly OutgoingRecipient[],
  outcomes: ReadonlyMap<string, Outcome>,
  at: number,
  patience: SendingHouse['patience'],
): Plan {
  const waiting = recipients.filter(({ address }) => (outcomes.get(address)?.kind ?? 'later') === 'later');
  const failures = payload.failures + 1;
  const step =
    waiting.length === 0
      ? undefined
      : planRetry(
          {
            queuedAtMs: payload.queuedAtMs,
            attempts: failures,
            nowMs: at,
            hasWarned: payload.hasWarned,
            mayWarn: waiting.some((recipient) => wantsToHear(payload.mailFrom, recipient, 'delayed')),
          },
          Math.random(),
          patience,
        );
  const isOver = step?.kind === 'giveUp';
  const mustWarn = step?.kind === 'retry' && step.mustWarn;
  const news: RecipientNews[] = [];
  const fates: Fate[] = [];
  for (const recipient of recipients) {
    const outcome = outcomes.get(recipient.address) ?? unanswered;
    const isFailed = outcome.kind === 'failed' || (outcome.kind === 'later' && isOver);
    const isDelayTold = payload.hasWarned || mustWarn;
    const delivered = outcome.kind === 'taken' ? 'unknown' : isFailed ? 'no' : 'queued';
    news.push({ address: recipient.address, smtpReply: outcome.reply, delivered, isDelayTold });
    const action = isFailed ? 'failed' : outcome.kind === 'later' ? 'delayed' : 'relayed';
    const isTold = action === 'delayed' ? mustWarn : action === 'failed' || !outcome.passesDsn;
    const diagnostic = outcome.diagnostic ?? `x-pli; ${outcome.reply}`;
    const { remoteMta } = outcome;
    // RFC 3463 §3.5: after days of "later" it is the time that ran out.
    const status = outcome.kind === 'later' && isOver ? outcome.status.replace(/^4/, '5') : outcome.status;
    if (isTold) fates.push({ recipient, action, status, remoteMta, diagnostic });
  }
  if (step?.kind !== 'retry') return { news, fates, next: undefined };
  const next: RelayPayload = {
    ...payload,
    recipients: waiting.map(keepRecipient),
    failures,
    hasWarned: payload.hasWarned || mustWarn,
  };
  const because = outcomes.get(waiting[0]?.address ?? '')?.reply ?? unanswered.reply;
  return { news, fates, next: { payload: next, atMs: step.atMs, because } };
}

/** All its hosts were busy but some, and those said nothing of this one. */
const unanswered: Outcome = {
  kind: 'later',
  status: '4.4.1',
  remoteMta: undefined,
  reply: '451 4.4.1 no answer yet',
  diagnostic: undefined,
  passesDsn: false,
};

function tellEvents({ onEvent }: SendingHouse, domain: string, outcomes: ReadonlyMap<string, Outcome>): void {
  for (const [kind, those] of Map.groupBy(outcomes.values(), (outcome) => outcome.kind)) {
    const replies = new Set(those.map(({ reply }) => reply));
    const [reply] = replies;
    onEvent({ kind, domain, recipients: those.length, reply: replies.size === 1 ? reply : undefined });
  }
}
