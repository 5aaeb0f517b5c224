/**
 * Copying and moving emails from one mailbox to another by their uids (RFC 9051 §6.4.7, §6.4.8). All or none, in the order
 * of the uids. Within an account it is the same email that is filed once more, or elsewhere; from one account to another
 * it becomes an email there.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Reader } from '#server/access/reader.ts';
import { requireRight } from '#server/access/require-right.ts';
import { selectTenantOf } from '#server/mail/queries.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import {
  type AccountId,
  asId,
  asMilliseconds,
  type EmailId,
  type MailboxId,
  type Modseq,
  type ThreadId,
  type Uid,
} from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction, transactions } from '#server/store/transaction.ts';

import { ingest } from '#server/mail/ingest.ts';
import { hasAttachmentBit } from '#server/mail/keywords.ts';
import { selectMailbox, takeUids } from '#server/mail/mailboxes/queries.ts';
import { fileAsRead } from '#server/mail/personal/file.ts';
import { shownTo } from '#server/mail/personal/shown.ts';
import { countEmail, type Moves, refreshThreads } from '#server/mail/threads/refresh.ts';
import { duplicateEmails } from './duplicate.ts';
import { removeFrom } from './expunge.ts';
import { fileMany, type MessageToFile } from './file-many.ts';
import { type Placed, selectPlaced, selectUidsOf } from './place-queries.ts';
import { insertFiled, removeFiled, touchEmails } from './queries.ts';

export interface MailboxRef {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
}

export interface Placement {
  /** Of the mailbox the emails went to. */
  readonly uidValidity: number;
  /** One for one: the uid an email had, ascending, and the one it has there. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Of the account the emails came from, when they left it. */
  readonly modseq?: Modseq;
}

/** @throws {Refusal} `noSuchAccount`, `noSuchMailbox` of the target, `mayNot`, `readOnlyAccount`, `overQuota`. */
export function copyByUid(
  store: Store,
  actor: Actor,
  from: MailboxRef,
  uids: Uint32Array,
  to: MailboxRef,
): Promise<Placement> {
  if (from.accountId !== to.accountId) return carry(store, actor, from, uids, to, false);
  return place(store, actor, from, uids, to, async ({ tx, reader, found, moves }) => {
    const there = await selectUidsOf(
      tx,
      tx.accountId,
      to.mailboxId,
      found.map(({ emailId }) => emailId),
    );
    const twice = found.filter(({ emailId }) => there.has(emailId));
    const doubles = await duplicateEmails(tx, twice, store.now(), reader !== undefined);
    const idOf = new Map<EmailId, EmailId>(twice.map(({ emailId }, index) => [emailId, doubles[index] ?? emailId]));
    return { to: await fileAgain(tx, found, (id) => idOf.get(id) ?? id, to.mailboxId, moves) };
  });
}

/** The same, and the emails leave the mailbox they came from. @throws {Refusal} as copyByUid. */
export function moveByUid(
  store: Store,
  actor: Actor,
  from: MailboxRef,
  uids: Uint32Array,
  to: MailboxRef,
): Promise<Placement> {
  if (from.accountId !== to.accountId) return carry(store, actor, from, uids, to, true);
  return place(store, actor, from, uids, to, async ({ tx, found, moves }) => {
    const ids = found.map(({ emailId }) => emailId);
    const isSame = from.mailboxId === to.mailboxId;
    const there = isSame ? new Map<EmailId, Uid>() : await selectUidsOf(tx, tx.accountId, to.mailboxId, ids);
    for (const { flags, sizeOctets } of found) countEmail(moves, from.mailboxId, flags, sizeOctets, -1);
    await removeFiled(tx, found);
    const fresh = found.filter(({ emailId }) => !there.has(emailId));
    const given = await fileAgain(tx, fresh, (id) => id, to.mailboxId, moves);
    const uidOf = new Map<EmailId, number>([
      ...there,
      ...fresh.map(({ emailId }, n) => [emailId, given[n] ?? 0] as const),
    ]);
    await touchEmails(tx, ids);
    return { to: ids.map((id) => uidOf.get(id) ?? 0), modseq: tx.modseq() };
  });
}

interface Work {
  readonly tx: AccountTx;
  /** Undefined when what the actor reads is read for everybody. */
  readonly reader: Reader | undefined;
  /** In the order of their uids; one at least. */
  readonly found: readonly Placed[];
  /** What the work adds to the mailboxes' counts and takes from them. */
  readonly moves: Moves;
}

/** Within an account: finds the emails, has them filed by `work`, and brings conversations and counts up to date. */
function place(
  store: Store,
  actor: Actor,
  from: MailboxRef,
  uids: Uint32Array,
  to: MailboxRef,
  work: (its: Work) => Promise<Pick<Placement, 'to' | 'modseq'>>,
): Promise<Placement> {
  return transaction(store, to.accountId, async (tx) => {
    const { reader } = await requireRight(tx, actor, to.accountId, 'write', store.now());
    const uidValidity = await requireMailbox(tx, to.mailboxId);
    const found = await selectPlaced(tx, tx.accountId, from.mailboxId, [...uids]);
    if (found.length === 0) return { uidValidity, from: [], to: [] };
    const moves: Moves = new Map();
    const placed = await work({ tx, reader, found, moves });
    await refreshThreads(tx, threadsOf(found), moves);
    tx.changed('Email');
    return { uidValidity, from: found.map(({ uid }) => uid), ...placed };
  });
}

async function requireMailbox(tx: AccountTx, id: MailboxId): Promise<number> {
  const mailbox = await selectMailbox(tx, tx.accountId, id);
  if (!mailbox) throw new Refusal('noSuchMailbox');
  return mailbox.uidValidity;
}

/** Gives emails a place and the next uids in one more mailbox. The mark for removal does not come along. */
async function fileAgain(
  tx: AccountTx,
  emails: readonly Placed[],
  idOf: (id: EmailId) => EmailId,
  mailboxId: MailboxId,
  moves: Moves,
): Promise<readonly number[]> {
  if (emails.length === 0) return [];
  const first = await takeUids(tx, mailboxId, emails.length);
  if (first === undefined) throw new Refusal('noSuchMailbox');
  const places = emails.map(({ emailId, threadId, receivedAt, sizeOctets, email }, index) => ({
    emailId: idOf(emailId),
    threadId,
    mailboxId,
    uid: asId<Uid>(first + index),
    receivedAt,
    sizeOctets,
    flags: email.keywords.flags | (email.hasAttachment ? hasAttachmentBit : 0),
  }));
  await insertFiled(tx, places);
  for (const { flags, sizeOctets } of places) countEmail(moves, mailboxId, flags, sizeOctets, 1);
  await touchEmails(
    tx,
    places.map(({ emailId }) => emailId),
  );
  return places.map(({ uid }) => uid);
}

function threadsOf(emails: readonly Placed[]): readonly ThreadId[] {
  return [...new Set(emails.map(({ threadId }) => threadId))];
}

/** From one account to another: the octets are read, and become emails of the other in one transaction over both. */
async function carry(
  store: Store,
  actor: Actor,
  from: MailboxRef,
  uids: Uint32Array,
  to: MailboxRef,
  isMove: boolean,
): Promise<Placement> {
  const { found, emails, tenantId } = await read(store, async (tx) => {
    const { reader } = await requireRight(tx, actor, from.accountId, isMove ? 'write' : 'read', store.now());
    const placed = await selectPlaced(tx, from.accountId, from.mailboxId, [...uids]);
    const stored = placed.map(({ email }) => email);
    return {
      found: placed,
      // What the actor has read stays read for them.
      emails: await shownTo(tx, from.accountId, reader, stored),
      tenantId: await selectTenantOf(tx, from.accountId),
    };
  });
  const toFile: MessageToFile[] = [];
  for (const email of emails) {
    const blob = await openBlob(store, tenantId, email.hash);
    if (!blob) throw new MissingObject(email.hash);
    const filing = {
      mailboxIds: [to.mailboxId],
      keywords: email.keywords,
      receivedAt: email.receivedAt,
      arrivalId: null,
      savedAt: asMilliseconds(store.now()),
      isDelivery: false,
    };
    toFile.push({ message: await ingest(store, await blob.bytes()), filing });
  }
  return transactions(store, [from.accountId, to.accountId], async ([source, target]) => {
    if (!source || !target) throw new Refusal('noSuchAccount');
    const { reader } = await requireRight(target, actor, to.accountId, 'write', store.now());
    if (isMove) await requireRight(source, actor, from.accountId, 'write', store.now());
    const uidValidity = await requireMailbox(target, to.mailboxId);
    const filed = await fileAsRead(target, reader, toFile, (given) => fileMany(target, given));
    if (isMove && found.length > 0) {
      await removeFrom(
        source,
        from.mailboxId,
        found.map(({ emailId }) => emailId),
      );
    }
    return { uidValidity, from: found.map(({ uid }) => uid), to: filed.map(({ uid }) => uid) };
  });
}
