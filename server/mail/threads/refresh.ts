/**
 * Keeping conversations and counts true. Whoever files, unfiles or marks emails names the threads they belong to;
 * here the rows of those threads are planned again from their emails, and what differs moves the mailboxes' counts.
 */
import type { MailboxId, ThreadId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { selectThreadPlaces } from '#server/mail/emails/queries.ts';
import { isUnread } from '#server/mail/keywords.ts';
import { type CountMoves, moveCounts, selectMailboxIdByRole } from '#server/mail/mailboxes/queries.ts';
import { deleteThreadPlaces, insertThreadPlaces, selectThreadPlacesInMailboxes, type ThreadPlace } from './queries.ts';

/** Counts that emails themselves moved, by mailbox, before threads are looked at. */
export type Moves = Map<MailboxId, CountMoves>;

export function movesOf(moves: Moves, mailboxId: MailboxId): CountMoves {
  return moves.getOrInsertComputed(mailboxId, () => ({
    emails: 0,
    unreadEmails: 0,
    threads: 0,
    unreadThreads: 0,
    octets: 0,
  }));
}

/** Notes an email (flags with or without hasAttachmentBit) that enters (+1) or leaves (-1) a mailbox. */
export function countEmail(moves: Moves, mailboxId: MailboxId, flags: number, octets: number, by: 1 | -1): void {
  const move = movesOf(moves, mailboxId);
  move.emails += by;
  move.octets += by * octets;
  if (isUnread(flags)) move.unreadEmails += by;
}

/**
 * Brings the conversation rows of `threadIds` up to date and moves all counts, those in `moves` included.
 * @returns the threads that have no email left.
 */
export async function refreshThreads(
  tx: AccountTx,
  threadIds: readonly ThreadId[],
  moves: Moves,
): Promise<readonly ThreadId[]> {
  if (threadIds.length === 0) {
    await applyMoves(tx, moves);
    return [];
  }
  const emails = await selectThreadPlaces(tx, threadIds);
  const trashId = await selectMailboxIdByRole(tx, tx.accountId, 'trash');
  const before = await selectThreadPlacesInMailboxes(tx, threadIds);
  const after = planThreadPlaces(emails, trashId);
  await replaceThreadPlaces(tx, before, after, moves);
  await applyMoves(tx, moves);
  const alive = new Set(emails.map((email) => email.threadId));
  return threadIds.filter((id) => !alive.has(id));
}

type PlacedEmail = Awaited<ReturnType<typeof selectThreadPlaces>>[number];

/**
 * A thread is unread in a mailbox when any of its emails is, wherever that email is filed; but the trash does not
 * make other mailboxes unread, nor they the trash (RFC 8621 §2, unreadThreads).
 */
export function planThreadPlaces(
  emails: readonly PlacedEmail[],
  trashId: MailboxId | undefined,
): readonly ThreadPlace[] {
  const planned: ThreadPlace[] = [];
  for (const [threadId, those] of Map.groupBy(emails, (email) => email.threadId)) {
    const isUnreadIn = (isTrash: boolean) =>
      those.some((email) => (email.mailboxId === trashId) === isTrash && isUnread(email.flags));
    const [unreadInTrash, unreadElsewhere] = [isUnreadIn(true), isUnreadIn(false)];
    for (const [mailboxId, here] of Map.groupBy(those, (email) => email.mailboxId)) {
      const newest = here.reduce((best, email) => (isNewer(email, best) ? email : best));
      planned.push({
        mailboxId,
        threadId,
        receivedAt: newest.receivedAt,
        emailId: newest.emailId,
        emails: here.length,
        isUnread: mailboxId === trashId ? unreadInTrash : unreadElsewhere,
      });
    }
  }
  return planned;
}

function isNewer(a: PlacedEmail, b: PlacedEmail): boolean {
  return a.receivedAt > b.receivedAt || (a.receivedAt === b.receivedAt && a.emailId > b.emailId);
}

async function replaceThreadPlaces(
  tx: AccountTx,
  before: readonly ThreadPlace[],
  after: readonly ThreadPlace[],
  moves: Moves,
): Promise<void> {
  const keyOf = (place: ThreadPlace) => `${place.mailboxId} ${place.threadId}`;
  const planned = new Map(after.map((place) => [keyOf(place), place]));
  const known = new Map(before.map((place) => [keyOf(place), place]));
  const stale = before.filter((place) => !isSame(place, planned.get(keyOf(place))));
  const fresh = after.filter((place) => !isSame(place, known.get(keyOf(place))));
  for (const [mailboxId, those] of Map.groupBy(stale, (place) => place.mailboxId)) {
    const threadIds = those.map((place) => place.threadId);
    await deleteThreadPlaces(tx, mailboxId, threadIds);
  }
  await insertThreadPlaces(tx, fresh);
  for (const [places, by] of [
    [stale, -1],
    [fresh, 1],
  ] as const) {
    for (const place of places) {
      const move = movesOf(moves, place.mailboxId);
      move.threads += by;
      if (place.isUnread) move.unreadThreads += by;
    }
  }
}

function isSame(a: ThreadPlace, b: ThreadPlace | undefined): boolean {
  return (
    b !== undefined &&
    a.emailId === b.emailId &&
    a.receivedAt === b.receivedAt &&
    a.emails === b.emails &&
    a.isUnread === b.isUnread
  );
}

/** Moves the counts; a mailbox of `moves` is marked as changed (its highest modseq) even when no count moved. */
async function applyMoves(tx: AccountTx, moves: Moves): Promise<void> {
  for (const [mailboxId, move] of moves) await moveCounts(tx, mailboxId, move);
  if (moves.size > 0) tx.changed('Mailbox');
}
