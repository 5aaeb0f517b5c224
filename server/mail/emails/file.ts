/**
 * Filing a message: the one place where an email comes into being, whoever brings it (LMTP, SMTP, JMAP import, a draft,
 * a migration). The message was read and its blob staged before; here, inside the account's transaction, nothing is
 * parsed and nothing waited for.
 */
import { listedFields } from '#formats/message/listed.ts';
import { printStructure } from '#formats/message/pack.ts';
import { baseSubject } from '#formats/message/subject.ts';
import type { Envelope, ParsedMessage } from '#formats/message/types.ts';
import { Refusal } from '#server/access/refusal.ts';
import { linkBlob, type StagedBlob } from '#server/store/blobs/store.ts';
import {
  asMilliseconds,
  type EmailId,
  type MailboxId,
  type Milliseconds,
  type ThreadId,
  type Uuid,
} from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { hasAttachmentBit, isUnread, type Keywords } from '#server/mail/keywords.ts';
import { enterMailbox, takeUids } from '#server/mail/mailboxes/queries.ts';
import { threadKeys } from '#server/mail/threads/keys.ts';
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

/** A message read and staged once, however many accounts it is filed in. */
export interface ReadMessage {
  readonly staged: StagedBlob;
  readonly envelope: Envelope;
  readonly envelopeText: string;
  readonly structureText: string;
  readonly preview: string;
  readonly hasAttachment: boolean;
  /** See formats/message/listed.ts. */
  readonly headerFields: Uint8Array | null;
  readonly threadKeys: readonly number[];
  readonly sentAt: Milliseconds | null;
  readonly subjectKey: string;
  readonly fromKey: string;
  readonly toKey: string;
}

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
}

const sortKeyCharacters = 64;

/** Everything that can be decided before any transaction. */
export function readyToFile(octets: Uint8Array, parsed: ParsedMessage, staged: StagedBlob): ReadMessage {
  const { envelope } = parsed;
  const sentAt = envelope.sentAt === null ? NaN : Date.parse(envelope.sentAt);
  return {
    staged,
    envelope,
    envelopeText: JSON.stringify(envelope),
    structureText: printStructure(parsed.structure),
    preview: parsed.preview,
    hasAttachment: parsed.hasAttachment,
    headerFields: listedFields(octets, parsed.headers),
    threadKeys: threadKeys(envelope),
    sentAt: Number.isNaN(sentAt) ? null : asMilliseconds(sentAt),
    subjectKey: sortKey(baseSubject(envelope.subject ?? '')),
    fromKey: sortKey(addresseeOf(envelope.from)),
    toKey: sortKey(addresseeOf(envelope.to)),
  };
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
  if (known === undefined) await fileThread(tx, placing, filing.mailboxIds);
  else {
    const moves: Moves = new Map();
    await fileIn(tx, placing, filing.mailboxIds, moves);
    await touchThreads(tx, [threadId]);
    await refreshThreads(tx, [threadId], moves);
  }
  await insertSearchDue(tx, [emailId]);
  tx.grow(staged.sizeOctets, 1);
  tx.changed('Email', 'Thread', 'Mailbox');
  if (filing.isDelivery) tx.changed('EmailDelivery');
  return { emailId, threadId };
}

interface Placing {
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
  readonly flags: number;
  readonly receivedAt: Milliseconds;
  readonly sizeOctets: number;
}

/** The first email of a thread: its places need no looking at others. @throws {Refusal} `noSuchMailbox`. */
async function fileThread(tx: AccountTx, email: Placing, mailboxIds: readonly MailboxId[]): Promise<void> {
  const unread = isUnread(email.flags) ? 1 : 0;
  const moves = { emails: 1, unreadEmails: unread, threads: 1, unreadThreads: unread, octets: email.sizeOctets };
  await insertThread(tx, email.threadId);
  for (const mailboxId of new Set(mailboxIds)) {
    const uid = await enterMailbox(tx, mailboxId, moves);
    if (uid === undefined) throw new Refusal('noSuchMailbox', { properties: ['mailboxIds'] });
    await insertFiled(tx, [{ ...email, mailboxId, uid }]);
    await insertThreadPlaces(tx, [{ ...email, mailboxId, emails: 1, isUnread: unread === 1 }]);
  }
}

/** Gives an email a place and a uid in each of `mailboxIds`. @throws {Refusal} `noSuchMailbox`. */
async function fileIn(tx: AccountTx, email: Placing, mailboxIds: readonly MailboxId[], moves: Moves): Promise<void> {
  for (const mailboxId of new Set(mailboxIds)) {
    const uid = await takeUids(tx, mailboxId, 1);
    if (uid === undefined) throw new Refusal('noSuchMailbox', { properties: ['mailboxIds'] });
    await insertFiled(tx, [{ ...email, mailboxId, uid }]);
    countEmail(moves, mailboxId, email.flags, email.sizeOctets, 1);
  }
}

function addresseeOf(groups: Envelope['from']): string {
  const first = groups?.[0]?.addresses[0];
  return first?.name ?? first?.email ?? '';
}

/**
 * Sorts as people expect without a locale: no accents, no case (the i;unicode-casemap of RFC 5051 in spirit). Nor U+0000,
 * which a word in UTF-16 brings and a text of PostgreSQL cannot hold.
 */
function sortKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\0]/gu, '')
    .toLowerCase()
    .slice(0, sortKeyCharacters)
    .toWellFormed();
}
