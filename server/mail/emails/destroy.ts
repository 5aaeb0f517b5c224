/**
 * Destroying emails for good: rows, search, links to blobs; tombstones stay, so that every client learns of it.
 * Moving to the trash is a change of mailboxes, not this.
 */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, EmailId, Modseq } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { deleteConversations } from '#server/mail/conversations/queries.ts';
import { deleteThreads, touchThreads } from '#server/mail/threads/queries.ts';
import { countEmail, type Moves, refreshThreads } from '#server/mail/threads/refresh.ts';
import { requireDrafts } from './drafts.ts';
import { deleteEmails, removeFiled, renewSearchDue, selectEmails, selectFiled } from './queries.ts';
import { requireState } from './state.ts';

/**
 * Destroys emails (RFC 8621 §4.6); of whoever may only write drafts, drafts alone.
 * @returns those that were there; any other id named nothing the actor may know of.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `stateMismatch`.
 */
export function destroyEmails(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly EmailId[],
  ifInState?: Modseq,
): Promise<ReadonlySet<EmailId>> {
  return transaction(store, accountId, async (tx) => {
    const granted = await requireRight(tx, actor, accountId, 'writeDrafts');
    requireState(tx, ifInState);
    if (!granted.rights.includes('write')) await requireDrafts(tx, ids);
    return destroyEmailsIn(tx, ids);
  });
}

/** The same inside a transaction that is open; rights are checked already. */
export async function destroyEmailsIn(tx: AccountTx, ids: readonly EmailId[]): Promise<ReadonlySet<EmailId>> {
  const emails = await selectEmails(tx, tx.accountId, ids);
  if (emails.size === 0) return new Set();
  const found = [...emails.values()];
  const places = await selectFiled(
    tx,
    tx.accountId,
    found.map((email) => email.id),
  );
  const moves: Moves = new Map();
  for (const place of places) countEmail(moves, place.mailboxId, place.flags, place.sizeOctets, -1);
  await removeFiled(tx, places);
  await deleteEmails(tx, found);
  const threadIds = [...new Set(found.map((email) => email.threadId))];
  const dead = new Set(await refreshThreads(tx, threadIds, moves));
  await deleteThreads(tx, [...dead]);
  if (dead.size > 0 && (await deleteConversations(tx, [...dead]))) tx.changed('Conversation', 'ConversationComment');
  const alive = threadIds.filter((id) => !dead.has(id));
  if (alive.length > 0) await touchThreads(tx, alive);
  await renewSearchDue(
    tx,
    found.map((email) => email.id),
  );
  tx.grow(-found.reduce((sum, email) => sum + email.sizeOctets, 0), -found.length);
  tx.changed('Email', 'Thread');
  return new Set(emails.keys());
}
