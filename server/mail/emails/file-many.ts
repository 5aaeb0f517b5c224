/**
 * Filing many messages in one account at once, as imports and the demonstration do: what fileMessage does one by one,
 * a set a statement. The order given is the order of ids and uids, and one modseq stands for all. One alone goes the way
 * of one, which asks less.
 */
import { Refusal } from '#server/access/refusal.ts';
import { linkBlobs } from '#server/store/blobs/link-many.ts';
import { asId, type EmailId, type MailboxId, type ThreadId, type Uid } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { hasAttachmentBit } from '#server/mail/keywords.ts';
import { takeUids } from '#server/mail/mailboxes/queries.ts';
import { touchThreads } from '#server/mail/threads/queries.ts';
import { countEmail, type Moves, refreshThreads } from '#server/mail/threads/refresh.ts';
import {
  insertEmails,
  insertKeysOfThreads,
  insertMessages,
  insertThreads,
  selectThreadsByKeys,
} from './bulk-queries.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { type FiledEmail, fileMessage, type Filing } from './file.ts';
import { insertFiled, insertSearchDue } from './queries.ts';

export interface MessageToFile {
  readonly message: ReadMessage;
  readonly filing: Filing;
}

/**
 * Files them in the account of `tx`, all or none.
 * @throws {Refusal} `noSuchMailbox`, `invalidProperties` for one without any mailbox, `overQuota`.
 */
export async function fileMany(tx: AccountTx, given: readonly MessageToFile[]): Promise<readonly FiledEmail[]> {
  const [only] = given;
  if (!only) return [];
  if (given.length === 1) return [await fileMessage(tx, only.message, only.filing)];
  if (given.some(({ filing }) => filing.mailboxIds.length === 0))
    throw new Refusal('invalidProperties', { properties: ['mailboxIds'] });
  const octets = given.reduce((sum, { message }) => sum + message.staged.sizeOctets, 0);
  const { quotaOctets, usedOctets } = tx.usage;
  if (quotaOctets !== null && usedOctets + octets > quotaOctets) throw new Refusal('overQuota');
  const { emails, newThreads, knownThreads } = await joinThreads(tx, given);
  await linkBlobs(
    tx,
    emails.map(({ message, filing, emailId }) => ({
      staged: message.staged,
      at: filing.savedAt,
      owner: {
        accountId: tx.accountId,
        tenantId: tx.tenantId,
        kind: 'email',
        owner: String(emailId),
        expiresAt: null,
      },
    })),
  );
  await insertMessages(
    tx,
    emails.map(({ message: { staged, envelopeText: envelope, structureText: structure, ...rest } }) => ({
      hash: staged.hash,
      envelope,
      structure,
      preview: rest.preview,
      sentAt: rest.sentAt,
      hasAttachment: rest.hasAttachment,
      headerFields: rest.headerFields,
    })),
  );
  await insertEmails(
    tx,
    emails.map(({ message, filing, emailId, threadId }) => ({
      id: emailId,
      threadId,
      hash: message.staged.hash,
      sizeOctets: message.staged.sizeOctets,
      receivedAt: filing.receivedAt,
      sentAt: message.sentAt ?? filing.receivedAt,
      subjectKey: message.subjectKey,
      fromKey: message.fromKey,
      toKey: message.toKey,
      keywords: filing.keywords,
      hasAttachment: message.hasAttachment,
      savedAt: filing.savedAt,
      arrivalId: filing.arrivalId,
    })),
  );
  await insertKeysOfThreads(
    tx,
    emails.map(({ emailId, threadId, message }) => ({ emailId, threadId, keys: message.threadKeys })),
  );
  const moves: Moves = new Map();
  const uidOf = await placeAll(tx, emails, moves);
  await insertThreads(tx, newThreads);
  if (knownThreads.length > 0) await touchThreads(tx, knownThreads);
  await refreshThreads(tx, [...newThreads, ...knownThreads], moves);
  await insertSearchDue(
    tx,
    emails.map(({ emailId }) => emailId),
  );
  tx.grow(octets, emails.length);
  tx.changed('Email', 'Thread', 'Mailbox');
  if (given.some(({ filing }) => filing.isDelivery)) tx.changed('EmailDelivery');
  return emails.map(({ emailId, threadId }) => {
    const uid = uidOf.get(emailId);
    if (uid === undefined) throw new Error('filed nowhere');
    return { emailId, threadId, uid };
  });
}

interface Joined extends MessageToFile, Omit<FiledEmail, 'uid'> {}

/** Gives each message its ids. A thread begun by one message takes in those after it. */
async function joinThreads(
  tx: AccountTx,
  given: readonly MessageToFile[],
): Promise<{
  readonly emails: readonly Joined[];
  readonly newThreads: readonly ThreadId[];
  readonly knownThreads: readonly ThreadId[];
}> {
  const threadOf = await selectThreadsByKeys(tx, [...new Set(given.flatMap(({ message }) => message.threadKeys))]);
  const fresh = new Set<ThreadId>();
  const known = new Set<ThreadId>();
  const emails = given.map((one): Joined => {
    const emailId = tx.newId<EmailId>();
    const { threadKeys } = one.message;
    const candidates = threadKeys.flatMap((key) => threadOf.get(key) ?? []);
    const oldest = candidates.reduce<ThreadId | undefined>(
      (best, id) => (best === undefined || id < best ? id : best),
      undefined,
    );
    const threadId = oldest ?? tx.newId<ThreadId>();
    if (oldest === undefined) fresh.add(threadId);
    else if (!fresh.has(threadId)) known.add(threadId);
    for (const key of threadKeys) {
      const before = threadOf.get(key);
      if (before === undefined || threadId < before) threadOf.set(key, threadId);
    }
    return { ...one, emailId, threadId };
  });
  return { emails, newThreads: [...fresh], knownThreads: [...known] };
}

/** Gives each email a place and a uid in each of its mailboxes. @returns those in the first. @throws {Refusal} `noSuchMailbox`. */
async function placeAll(tx: AccountTx, emails: readonly Joined[], moves: Moves): Promise<ReadonlyMap<EmailId, Uid>> {
  const uidOf = new Map<EmailId, Uid>();
  const byMailbox = new Map<MailboxId, Joined[]>();
  for (const email of emails) {
    for (const mailboxId of new Set(email.filing.mailboxIds))
      byMailbox.getOrInsertComputed(mailboxId, () => []).push(email);
  }
  for (const [mailboxId, those] of byMailbox) {
    const first = await takeUids(tx, mailboxId, those.length);
    if (first === undefined) throw new Refusal('noSuchMailbox', { properties: ['mailboxIds'] });
    const places = those.map(({ emailId, threadId, message, filing }, index) => ({
      emailId,
      threadId,
      mailboxId,
      uid: nthUid(first, index),
      flags: filing.keywords.flags | (message.hasAttachment ? hasAttachmentBit : 0),
      receivedAt: filing.receivedAt,
      sizeOctets: message.staged.sizeOctets,
    }));
    await insertFiled(tx, places);
    for (const { flags, sizeOctets } of places) countEmail(moves, mailboxId, flags, sizeOctets, 1);
    those.forEach(({ emailId, filing }, index) => {
      if (filing.mailboxIds[0] === mailboxId) uidOf.set(emailId, nthUid(first, index));
    });
  }
  return uidOf;
}

function nthUid(first: Uid, n: number): Uid {
  return asId<Uid>(first + n);
}
