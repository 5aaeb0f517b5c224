/**
 * Filing a message: the one place where an email comes into being, whoever brings it (LMTP, SMTP, JMAP import, a draft,
 * a migration). The message was read and its blob staged before; here, inside the account's transaction, nothing is
 * parsed and nothing waited for.
 */
import { Refusal } from '#server/access/refusal.ts';
import { linkBlob } from '#server/store/blobs/store.ts';
import type { EmailId, MailboxId, Milliseconds, ThreadId, Uid, Uuid } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { reopenFor } from '#server/mail/conversations/change.ts';
import { hasAttachmentBit, isUnread, type Keywords } from '#server/mail/keywords.ts';
import { enterMailbox, takeUids } from '#server/mail/mailboxes/queries.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import {
  insertThread,
  insertThreadKeys,
  insertThreadPlaces,
  selectThreadByKeys,
  touchThreads,
} from '#server/mail/threads/queries.ts';
import { countEmail, type Moves, refreshThreads } from '#server/mail/threads/refresh.ts';
import { insertMessage } from './message-queries.ts';
import { insertEmail, insertFiled, insertSearchDue } from './queries.ts';

export interface Filing {
  readonly mailboxIds: readonly MailboxId[];
  readonly keywords: Keywords;
  readonly receivedAt: Milliseconds;
  readonly arrivalId: Uuid | null;
  /** Now, by the store's clock. */
  readonly savedAt: Milliseconds;
  /** A delivery makes clients ring; a draft or an import does not (RFC 8621 §1.5 EmailDelivery). */
  readonly isDelivery: boolean;
}

export interface FiledEmail {
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
  /** In the first of its mailboxes. */
  readonly uid: Uid;
}

/**
 * Files the message in the account of `tx`.
 * @throws {Refusal} `noSuchMailbox`, `invalidProperties` without any mailbox, `overQuota`.
 */
export async function fileMessage(tx: AccountTx, message: ReadMessage, filing: Filing): Promise<FiledEmail> {
  const { staged } = message;
  if (filing.mailboxIds.length === 0) throw new Refusal('invalidProperties', { properties: ['mailboxIds'] });
  const { quotaOctets, usedOctets } = tx.usage;
  if (quotaOctets !== null && usedOctets + staged.sizeOctets > quotaOctets) throw new Refusal('overQuota');
  const emailId = tx.newId<EmailId>();
  const known = await selectThreadByKeys(tx, message.threadKeys);
  const threadId = known ?? tx.newId<ThreadId>();
  const isNewBlob = await linkBlob(
    tx,
    staged,
    { accountId: tx.accountId, tenantId: tx.tenantId, kind: 'email', owner: String(emailId), expiresAt: null },
    filing.savedAt,
  );
  const read = {
    hash: staged.hash,
    envelope: message.envelopeText,
    structure: message.structureText,
    preview: message.preview,
    sentAt: message.sentAt,
    hasAttachment: message.hasAttachment,
    headerFields: message.headerFields,
  };
  await insertMessage(tx, read, isNewBlob);
  await insertEmail(tx, {
    id: emailId,
    threadId,
    hash: staged.hash,
    sizeOctets: staged.sizeOctets,
    receivedAt: filing.receivedAt,
    sentAt: message.sentAt ?? filing.receivedAt,
    subjectKey: message.subjectKey,
    fromKey: message.fromKey,
    toKey: message.toKey,
    keywords: filing.keywords,
    hasAttachment: message.hasAttachment,
    savedAt: filing.savedAt,
    arrivalId: filing.arrivalId,
  });
  await insertThreadKeys(tx, threadId, emailId, message.threadKeys);
  const flags = filing.keywords.flags | (message.hasAttachment ? hasAttachmentBit : 0);
  const placing = { emailId, threadId, flags, receivedAt: filing.receivedAt, sizeOctets: staged.sizeOctets };
  let uids: readonly Uid[];
  if (known === undefined) uids = await fileThread(tx, placing, filing.mailboxIds);
  else {
    const moves: Moves = new Map();
    uids = await fileIn(tx, placing, filing.mailboxIds, moves);
    await touchThreads(tx, [threadId]);
    await refreshThreads(tx, [threadId], moves);
    if (filing.isDelivery) await reopenFor(tx, threadId, filing.savedAt);
  }
  await insertSearchDue(tx, [emailId]);
  tx.grow(staged.sizeOctets, 1);
  tx.changed('Email', 'Thread', 'Mailbox');
  if (filing.isDelivery) tx.changed('EmailDelivery');
  const [uid] = uids;
  if (uid === undefined) throw new Error('filed nowhere');
  return { emailId, threadId, uid };
}

interface Placing {
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
  readonly flags: number;
  readonly receivedAt: Milliseconds;
  readonly sizeOctets: number;
}

/** The first email of a thread: its places need no looking at others. @returns its uids. @throws {Refusal} `noSuchMailbox`. */
async function fileThread(tx: AccountTx, email: Placing, mailboxIds: readonly MailboxId[]): Promise<readonly Uid[]> {
  const unread = isUnread(email.flags) ? 1 : 0;
  const moves = { emails: 1, unreadEmails: unread, threads: 1, unreadThreads: unread, octets: email.sizeOctets };
  const uids: Uid[] = [];
  await insertThread(tx, email.threadId);
  for (const mailboxId of new Set(mailboxIds)) {
    const uid = await enterMailbox(tx, mailboxId, moves);
    if (uid === undefined) throw new Refusal('noSuchMailbox', { properties: ['mailboxIds'] });
    await insertFiled(tx, [{ ...email, mailboxId, uid }]);
    await insertThreadPlaces(tx, [{ ...email, mailboxId, emails: 1, isUnread: unread === 1 }]);
    uids.push(uid);
  }
  return uids;
}

/** Gives an email a place and a uid in each of `mailboxIds`. @returns the uids. @throws {Refusal} `noSuchMailbox`. */
async function fileIn(
  tx: AccountTx,
  email: Placing,
  mailboxIds: readonly MailboxId[],
  moves: Moves,
): Promise<readonly Uid[]> {
  const uids: Uid[] = [];
  for (const mailboxId of new Set(mailboxIds)) {
    const uid = await takeUids(tx, mailboxId, 1);
    if (uid === undefined) throw new Refusal('noSuchMailbox', { properties: ['mailboxIds'] });
    await insertFiled(tx, [{ ...email, mailboxId, uid }]);
    countEmail(moves, mailboxId, email.flags, email.sizeOctets, 1);
    uids.push(uid);
  }
  return uids;
}
