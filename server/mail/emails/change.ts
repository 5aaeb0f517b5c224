/**
 * Changing emails that are there: keywords and mailboxes, one or ten thousand at a time. One transaction and one
 * modseq; what one email is refused does not hold the others back.
 */
import type { Actor } from '#server/access/actor.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import {
  type AccountId,
  asId,
  type EmailId,
  type MailboxId,
  type Modseq,
  type ThreadId,
  type Uid,
} from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import {
  hasAttachmentBit,
  isUnread,
  type Keywords,
  keywordLimits,
  keywordsOf,
  wordsOf,
} from '#server/mail/keywords.ts';
import { selectMailboxes, takeUids } from '#server/mail/mailboxes/queries.ts';
import { markSeenBy } from '#server/mail/personal/mark.ts';
import { shownTo } from '#server/mail/personal/shown.ts';
import { hasSeen, isSeenAlone, withSeen } from '#server/mail/personal/seen.ts';
import { countEmail, type Moves, movesOf, refreshThreads } from '#server/mail/threads/refresh.ts';
import { requireDraftChanges } from './drafts.ts';
import { isMarked, markEmails } from './mark.ts';
import {
  type Filed,
  insertFiled,
  removeFiled,
  selectEmails,
  selectFiled,
  type StoredEmail,
  touchEmails,
} from './queries.ts';
import { requireState } from './state.ts';

/** A whole new value, or what to add and take away (RFC 8620 §5.3 PatchObject). */
export type SetChange<T> =
  | { readonly kind: 'replace'; readonly by: readonly T[] }
  | { readonly kind: 'patch'; readonly add: readonly T[]; readonly remove: readonly T[] };

export interface EmailChange {
  readonly emailId: EmailId;
  readonly keywords?: SetChange<string>;
  readonly mailboxIds?: SetChange<MailboxId>;
}

/** Per email: undefined where it went well. */
export type Refusals = ReadonlyMap<EmailId, Refusal>;

/** Mailboxes one email may be in (RFC 8621 §1.3.1 maxMailboxesPerEmail). */
export const mailboxesPerEmail = 100;

/**
 * Changes keywords and mailboxes of emails (RFC 8621 §4.6); of whoever may only write drafts, those of drafts alone.
 * @returns what was refused, by email: `noSuchEmail`, `invalidProperties`, `tooMany`.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`, `stateMismatch`: then nothing is changed.
 */
export function changeEmails(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  changes: readonly EmailChange[],
  ifInState?: Modseq,
): Promise<Refusals> {
  return transaction(store, accountId, async (tx) => {
    const needed = changes.every(marksSeen) ? 'markSeen' : 'writeDrafts';
    const { reader, rights } = await requireRight(tx, actor, accountId, needed);
    requireState(tx, ifInState);
    if (needed === 'writeDrafts' && !rights.includes('write')) await requireDraftChanges(tx, changes, rights);
    return changeEmailsIn(tx, changes, reader);
  });
}

function marksSeen({ keywords, mailboxIds }: EmailChange): boolean {
  return keywords?.kind === 'patch' && isSeenAlone([...keywords.add, ...keywords.remove]) && mailboxIds === undefined;
}

/**
 * The same inside a transaction that is open; rights are checked already.
 * @param reader whose `$seen` is set; without one it is everybody's.
 */
export async function changeEmailsIn(
  tx: AccountTx,
  changes: readonly EmailChange[],
  reader?: Reader,
): Promise<Refusals> {
  const ids = [...new Set(changes.map((change) => change.emailId))];
  const emails = await selectEmails(tx, tx.accountId, ids);
  const filed = Map.groupBy(await selectFiled(tx, tx.accountId, ids), (place) => place.emailId);
  const wantsMailboxes = changes.some((change) => change.mailboxIds !== undefined);
  const mailboxes = wantsMailboxes ? await selectMailboxes(tx, tx.accountId) : [];
  const mailboxIds = new Set(mailboxes.map((mailbox) => mailbox.id));
  const mine =
    reader && new Map((await shownTo(tx, tx.accountId, reader, [...emails.values()])).map((one) => [one.id, one]));
  const refusals = new Map<EmailId, Refusal>();
  const planned: Planned[] = [];
  const seen = new Map<EmailId, boolean>();
  for (const change of changes) {
    const email = emails.get(change.emailId);
    const shown = mine ? mine.get(change.emailId) : email;
    const plan = shown ? planChange(shown, filed.get(shown.id) ?? [], change, mailboxIds) : new Refusal('noSuchEmail');
    if (plan instanceof Refusal || !email || !shown) {
      refusals.set(change.emailId, plan instanceof Refusal ? plan : new Refusal('noSuchEmail'));
    } else if (reader === undefined) planned.push(plan);
    else {
      const isSeen = hasSeen(plan.keywords);
      if (isSeen !== hasSeen(shown.keywords)) seen.set(email.id, isSeen);
      planned.push({ ...plan, email, keywords: forAll(plan.keywords, email.keywords) });
    }
  }
  await applyChanges(tx, planned);
  if (reader) await markSeenBy(tx, reader, seen);
  return refusals;
}

/** What a reader makes of the keywords, with `$seen` as all have it. */
function forAll(keywords: Keywords, before: Keywords): Keywords {
  return { ...keywords, flags: withSeen(keywords.flags, hasSeen(before)) };
}

export interface Planned {
  readonly email: StoredEmail;
  readonly places: readonly Filed[];
  readonly keywords: Keywords;
  readonly leaves: readonly Filed[];
  readonly enters: readonly MailboxId[];
}

/** The decision without the doing. */
export function planChange(
  email: StoredEmail,
  places: readonly Filed[],
  change: EmailChange,
  mailboxIds: ReadonlySet<MailboxId>,
): Planned | Refusal {
  const words = change.keywords ? apply(new Set(wordsOf(email.keywords)), change.keywords, lowerCase) : undefined;
  const keywords = words ? keywordsOf(words) : email.keywords;
  if (words && words.size > keywordLimits.perEmail) {
    return new Refusal('tooMany', { properties: ['keywords'], limit: keywordLimits.perEmail });
  }
  const current = new Set(places.map((place) => place.mailboxId));
  const wanted = change.mailboxIds ? apply(new Set(current), change.mailboxIds, (id) => id) : current;
  const unknown = [...wanted].some((id) => !current.has(id) && !mailboxIds.has(id));
  if (wanted.size === 0 || unknown) return new Refusal('invalidProperties', { properties: ['mailboxIds'] });
  if (wanted.size > mailboxesPerEmail) {
    return new Refusal('tooMany', { properties: ['mailboxIds'], limit: mailboxesPerEmail });
  }
  return {
    email,
    places,
    keywords,
    leaves: places.filter((place) => !wanted.has(place.mailboxId)),
    enters: [...wanted].filter((id) => !current.has(id)),
  };
}

function apply<T>(current: Set<T>, change: SetChange<T>, canonical: (value: T) => T): Set<T> {
  if (change.kind === 'replace') return new Set(change.by.map(canonical));
  for (const value of change.add) current.add(canonical(value));
  for (const value of change.remove) current.delete(canonical(value));
  return current;
}

function lowerCase(word: string): string {
  return word.toLowerCase();
}

async function applyChanges(tx: AccountTx, planned: readonly Planned[]): Promise<void> {
  const moves: Moves = new Map();
  const touchedThreads = new Set<ThreadId>();
  const marked = planned.filter(isMarked);
  const moved = planned.filter((plan) => plan.leaves.length > 0 || plan.enters.length > 0);
  if (marked.length === 0 && moved.length === 0) return;
  await markEmails(tx, marked);
  for (const plan of marked) {
    if (isUnread(plan.email.keywords.flags) !== isUnread(plan.keywords.flags)) touchedThreads.add(plan.email.threadId);
    for (const place of plan.places) recount(moves, place, plan.keywords.flags);
  }
  for (const plan of moved) {
    touchedThreads.add(plan.email.threadId);
    for (const place of plan.leaves) {
      countEmail(moves, place.mailboxId, plan.keywords.flags, place.sizeOctets, -1);
    }
  }
  await removeFiled(
    tx,
    moved.flatMap((plan) => plan.leaves),
  );
  await enterMailboxes(tx, moved, moves);
  if (moved.length > 0) {
    await touchEmails(
      tx,
      moved.map((plan) => plan.email.id),
    );
  }
  await refreshThreads(tx, [...touchedThreads], moves);
  tx.changed('Email');
}

/** The email stays in this mailbox with other flags: its modseq there changed, its unread count may have. */
function recount(moves: Moves, place: Filed, flags: number): void {
  const move = movesOf(moves, place.mailboxId);
  move.unreadEmails += Number(isUnread(flags)) - Number(isUnread(place.flags));
}

async function enterMailboxes(tx: AccountTx, moved: readonly Planned[], moves: Moves): Promise<void> {
  const entries = moved.flatMap((plan) => plan.enters.map((mailboxId) => ({ mailboxId, plan })));
  for (const [mailboxId, those] of Map.groupBy(entries, (entry) => entry.mailboxId)) {
    const firstUid = await takeUids(tx, mailboxId, those.length);
    if (firstUid === undefined) throw new Refusal('noSuchMailbox');
    // In the order they were received, so that uids and dates agree where they can.
    const inOrder = those.toSorted((a, b) => a.plan.email.receivedAt - b.plan.email.receivedAt);
    const places = inOrder.map(({ plan: { email, keywords } }, index) => ({
      emailId: email.id,
      threadId: email.threadId,
      mailboxId,
      uid: asId<Uid>(firstUid + index),
      receivedAt: email.receivedAt,
      sizeOctets: email.sizeOctets,
      flags: keywords.flags | (email.hasAttachment ? hasAttachmentBit : 0),
    }));
    await insertFiled(tx, places);
    for (const place of places) countEmail(moves, mailboxId, place.flags, place.sizeOctets, 1);
  }
}
