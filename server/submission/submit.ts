/**
 * Submitting: the one way out of the house, whoever brings the message (JMAP, a mail program by SMTP). What is checked
 * here is written with the job that sends it in one transaction; from then on only the job touches it.
 */
import { randomUUIDv7 } from 'node:crypto';

import type { EmailAddress } from '#formats/address/types.ts';
import { flattenGroups } from '#formats/address/read.ts';
import { parseMessage } from '#formats/message/parse.ts';
import type { Envelope } from '#formats/message/types.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { parseAddress } from '#server/directory/address.ts';
import { fileMessage } from '#server/mail/emails/file.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { readEmails } from '#server/mail/emails/read.ts';
import { listIdentities } from '#server/mail/identities/list.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { StagedBlob } from '#server/store/blobs/stage.ts';
import { linkBlob, linkKnownBlob, openBlob, ownsBlob, stageBlob } from '#server/store/blobs/store.ts';
import {
  type AccountId,
  asMilliseconds,
  asUuid,
  type BlobHash,
  type EmailId,
  type IdentityId,
  type SubmissionId,
  type ThreadId,
  type Uuid,
} from '#server/store/ids.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { complete, hasHidden, withoutHidden } from './content.ts';
import { checkEnvelope, deriveEnvelope, planSendAt, readMail, type SubmissionEnvelope } from './envelope.ts';
import { submissionPolicy } from './policy.ts';
import { insertRecipients, insertSubmission, type Submission, type UndoStatus } from './queries.ts';
import { upsertRecent } from './recent-queries.ts';
import { checkFrom, requireSender, type Sender } from './sender.ts';

export interface NewSubmission {
  readonly accountId: AccountId;
  /** Must be one of the account's; without, From alone decides. */
  readonly identityId?: IdentityId;
  /** null: as the message's own header says (RFC 8621 §7). HOLDFOR and HOLDUNTIL of mailFrom say until when it waits. */
  readonly envelope: SubmissionEnvelope | null;
  readonly message:
    | { readonly kind: 'email'; readonly emailId: EmailId }
    /** As a mail program gave them; `received` makes the Received field of this hop, ending in CR LF. */
    | { readonly kind: 'octets'; readonly octets: Uint8Array; readonly received: (id: Uuid) => string };
}

export interface Submitted {
  readonly submissionId: SubmissionId;
  readonly threadId: ThreadId | undefined;
  readonly envelope: SubmissionEnvelope;
  /** Milliseconds since 1970. */
  readonly sendAt: number;
  /** `pending`: it can be taken back until then. */
  readonly undoStatus: UndoStatus;
}

/** As deliveryStatus says before anybody was asked (RFC 8621 §7). */
const waitingReply = '250 2.0.0 Queued';
/** Of a subject kept with the submission. */
const subjectCharacters = 200;
/** Addresses one message adds to those completion offers. */
const mostRecent = 100;

/**
 * Takes a message for sending. Durable when it resolves.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`; `forbiddenMailFrom`, `forbiddenFrom`; `noRecipients`,
 * `tooMany`; `tooLarge`; `invalidEmail` naming what is missing; `invalidProperties` for an unknown email or identity,
 * or parameters SMTP could not say; {InvalidRecipients}.
 */
export async function submitMessage(store: Store, actor: Actor, given: NewSubmission): Promise<Submitted> {
  const at = store.now();
  const policy = submissionPolicy(store);
  const { accountId } = given;
  const sender = await read(store, (tx) => requireSender(tx, actor, accountId, at));
  if (given.identityId !== undefined) await checkIdentity(store, actor, accountId, given.identityId);
  const arrivalId = asUuid(randomUUIDv7());
  const outgoing =
    given.message.kind === 'email'
      ? await prepareEmail(store, actor, accountId, sender, given.message.emailId)
      : await prepareOctets(store, sender, given.message.octets, given.message.received(arrivalId), at);
  if (outgoing.sizeOctets > policy.messageOctets) throw new Refusal('tooLarge', { limit: policy.messageOctets });
  const envelope = checkEnvelope(given.envelope ?? deriveEnvelope(outgoing.envelope), policy.recipients);
  checkFrom(outgoing.envelope, envelope.mailFrom.email, sender);
  const sendAt = planSendAt(readMail(envelope.mailFrom.parameters), at, policy.maxDelayMs);
  const undoStatus: UndoStatus = sendAt > at ? 'pending' : 'final';
  return transaction(store, accountId, async (tx) => {
    // The mandate may have ended while the message was being read.
    await requireSender(tx, actor, accountId, at);
    const copy = outgoing.copy && (await fileCopy(tx, outgoing.copy, at));
    const submission: Omit<Submission, 'createdModseq'> = {
      id: tx.newId<SubmissionId>(),
      identityId: given.identityId,
      emailId: copy?.emailId ?? outgoing.emailId,
      threadId: copy?.threadId ?? outgoing.threadId,
      hash: outgoing.hash,
      envelope: {
        ...envelope,
        via: given.message.kind === 'email' ? 'jmap' : 'smtp',
        arrivalId,
        personId: actor.kind === 'person' ? actor.personId : null,
        subject: (outgoing.envelope.subject ?? '').slice(0, subjectCharacters),
        reports: [],
      },
      undoStatus,
      sendAt,
      isReleased: false,
      createdAt: at,
    };
    await insertSubmission(tx, submission);
    await insertRecipients(tx, submission.id, envelope.rcptTo, waitingReply);
    await linkOutgoing(tx, outgoing, submission.id, at);
    await upsertRecent(tx, namedRecipients(outgoing.envelope, envelope), at);
    await enqueueJob(
      tx,
      {
        tenantId: tx.tenantId,
        kind: 'submit',
        key: submitKey(accountId, submission.id),
        accountId,
        payload: { submissionId: submission.id },
        runAt: sendAt,
      },
      at,
    );
    await recordTrace(tx, {
      tenantId: tx.tenantId,
      actor,
      verb: 'submit',
      at,
      accountId,
      mandateId: sender.mandateId,
      details: {
        submission: submission.id,
        via: submission.envelope.via,
        mailFrom: envelope.mailFrom.email,
        recipients: envelope.rcptTo.length,
        sizeOctets: outgoing.sizeOctets,
        sendAt,
      },
    });
    tx.modseq();
    if (submission.emailId !== undefined) tx.changed('EmailSubmission');
    if (sendAt <= at) tx.afterCommit(() => wakeRunners(store));
    return { submissionId: submission.id, threadId: submission.threadId, envelope, sendAt, undoStatus };
  });
}

export function submitKey(accountId: AccountId, submissionId: SubmissionId): string {
  return `${accountId}:${submissionId}`;
}

async function checkIdentity(store: Store, actor: Actor, accountId: AccountId, id: IdentityId): Promise<void> {
  const { identities } = await listIdentities(store, actor, accountId);
  if (!identities.some((identity) => identity.id === id))
    throw new Refusal('invalidProperties', { properties: ['identityId'], description: 'no such identity' });
}

/** What is to travel, ready for the transaction. */
interface Outgoing {
  /** Of the message, as its sender wrote it. */
  readonly envelope: Envelope;
  readonly hash: BlobHash;
  readonly sizeOctets: number;
  /** undefined: the copy that travels is the stored email itself. */
  readonly staged: StagedBlob | undefined;
  readonly emailId: EmailId | undefined;
  readonly threadId: ThreadId | undefined;
  /** To be filed in Sent. */
  readonly copy: ReadMessage | undefined;
}

async function prepareEmail(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sender: Sender,
  emailId: EmailId,
): Promise<Outgoing> {
  const { emails, tenantId } = await readEmails(store, actor, accountId, [emailId]);
  const [email] = emails;
  const blob = email && (await openBlob(store, tenantId, email.hash));
  if (!email || !blob)
    throw new Refusal('invalidProperties', { properties: ['emailId'], description: 'no such email' });
  const { id, threadId, hash, sizeOctets } = email;
  const envelope = JSON.parse(email.envelope) as Envelope;
  checkComplete(envelope);
  const known = { envelope, emailId: id, threadId, copy: undefined };
  const header = await blob.bytes(0, Math.min(sizeOctets, headerOctets));
  if (!hasHidden(header) && !sender.onBehalf) return { ...known, hash, sizeOctets, staged: undefined };
  const staged = await stageBlob(store, withoutHidden(await blob.bytes(), sender.onBehalf));
  return { ...known, hash: staged.hash, sizeOctets: staged.sizeOctets, staged };
}

/** The reader of headers looks no further either. */
const headerOctets = 1_048_576;

/** What a client should have written (RFC 8621 §7.5 invalidEmail). */
function checkComplete({ from, sentAt, messageId }: Envelope): void {
  const missing = [
    ...(from === null ? ['from'] : []),
    ...(sentAt === null ? ['sentAt'] : []),
    ...(messageId === null ? ['messageId'] : []),
  ];
  if (missing.length > 0)
    throw new Refusal('invalidEmail', { properties: missing, description: `without ${missing.join(', ')}` });
}

async function prepareOctets(
  store: Store,
  sender: Sender,
  given: Uint8Array,
  received: string,
  at: number,
): Promise<Outgoing> {
  const { hostName } = submissionPolicy(store);
  const messageId = `${randomUUIDv7()}@${parseAddress(sender.account.email)?.domain ?? hostName}`;
  const { octets, wantsCopy } = complete(given, { from: sender.account, messageId, at });
  const travelling = Buffer.concat([Buffer.from(received), withoutHidden(octets, sender.onBehalf)]);
  const staged = await stageBlob(store, travelling);
  return {
    envelope: parseMessage(octets).envelope,
    hash: staged.hash,
    sizeOctets: staged.sizeOctets,
    staged,
    emailId: undefined,
    threadId: undefined,
    copy: wantsCopy ? await ingest(store, octets) : undefined,
  };
}

async function fileCopy(tx: AccountTx, copy: ReadMessage, at: number) {
  const savedAt = asMilliseconds(at);
  return fileMessage(tx, copy, {
    mailboxIds: [await requireMailboxByRole(tx, 'sent', at)],
    keywords: keywordsOf(['$seen']),
    receivedAt: savedAt,
    arrivalId: null,
    savedAt,
    isDelivery: false,
  });
}

async function linkOutgoing(tx: AccountTx, { hash, staged }: Outgoing, id: SubmissionId, at: number): Promise<void> {
  const { accountId, tenantId } = tx;
  const link = { accountId, tenantId, kind: 'submission' as const, owner: String(id), expiresAt: null };
  if (staged) return void (await linkBlob(tx, staged, link, at));
  if (!(await ownsBlob(tx, accountId, hash)))
    throw new Refusal('invalidProperties', { properties: ['emailId'], description: 'no such email' });
  await linkKnownBlob(tx, hash, link);
}

/** Those of the envelope, with the names the header gives them. */
function namedRecipients(message: Envelope, { rcptTo }: SubmissionEnvelope) {
  const inHeader = [message.to, message.cc, message.bcc].flatMap((groups) => flattenGroups(groups ?? []));
  const names = new Map(inHeader.map(({ email, name }: EmailAddress) => [email.toLowerCase(), name ?? '']));
  const addresses = new Set(rcptTo.map(({ email }) => email.toLowerCase()));
  return [...addresses].slice(0, mostRecent).map((address) => ({ address, name: names.get(address) ?? '' }));
}
