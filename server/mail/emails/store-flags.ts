/**
 * Marking emails of one mailbox by their uids (RFC 9051 §6.4.6): keywords, which they carry wherever they are filed, and
 * the mark for removal, which holds in this mailbox alone. One transaction and one modseq.
 */
import type { Actor } from '#server/access/actor.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, EmailId, MailboxId, Modseq, ThreadId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import {
  deletedBit,
  isKeyword,
  isUnread,
  type Keywords,
  keywordLimits,
  keywordsOf,
  wordsOf,
} from '#server/mail/keywords.ts';
import { markSeenBy } from '#server/mail/personal/mark.ts';
import { shownTo } from '#server/mail/personal/shown.ts';
import { hasSeen, isSeenAlone, withSeen } from '#server/mail/personal/seen.ts';
import { type Moves, movesOf, refreshThreads } from '#server/mail/threads/refresh.ts';
import { followChange } from '#server/mail/view/open.ts';
import { isMarked, markEmails } from './mark.ts';
import { type Placed, selectPlaced, updateDeleted } from './place-queries.ts';
import { selectFiled, touchEmails } from './queries.ts';

export interface FlagChange {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly uids: Uint32Array;
  readonly action: 'replace' | 'add' | 'remove';
  readonly keywords: readonly string[];
  /** Whether the mark for removal is among what is set, added or removed. */
  readonly isDeleted: boolean;
  /** Only emails that did not change after this (RFC 7162 §3.1.3). */
  readonly unchangedSince: number | undefined;
}

export interface Stored {
  /** Emails that were named and are there, ascending by uid, as they are now; those of `modified` are not among them. */
  readonly emails: readonly StoredFlags[];
  /** UIDs that changed after `unchangedSince`, and were left alone. */
  readonly modified: readonly number[];
  /** Of what was changed; undefined where nothing was. */
  readonly modseq: Modseq | undefined;
  /** The account's clock before. */
  readonly before: Modseq;
}

export interface StoredFlags {
  readonly uid: number;
  readonly keywords: Keywords;
  readonly isDeleted: boolean;
  readonly modseq: number;
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`, `invalidArguments` for what is no keyword, `tooMany`. */
export async function storeFlags(store: Store, actor: Actor, change: FlagChange): Promise<Stored> {
  if (!change.keywords.every(isKeyword)) throw new Refusal('invalidArguments', { properties: ['keywords'] });
  const { accountId, mailboxId } = change;
  const stored = await transaction(store, accountId, async (tx) => {
    const { reader } = await requireRight(tx, actor, accountId, marksSeen(change) ? 'markSeen' : 'write', store.now());
    return { reader, ...(await storeFlagsIn(tx, change, reader)) };
  });
  const { modseq, before, reader } = stored;
  if (modseq !== undefined) {
    const emails = stored.emails.map(({ uid, keywords, isDeleted, modseq: changedAt }) => ({
      uid,
      flags: keywords.flags | (isDeleted ? deletedBit : 0),
      keywords: keywords.others,
      modseq: changedAt,
    }));
    followChange(store, { accountId, mailboxId, reader }, { before, modseq, emails });
  }
  return stored;
}

function marksSeen({ action, keywords, isDeleted }: FlagChange): boolean {
  return action !== 'replace' && !isDeleted && isSeenAlone(keywords);
}

async function storeFlagsIn(tx: AccountTx, change: FlagChange, reader: Reader | undefined): Promise<Stored> {
  const { accountId, mailboxId, unchangedSince } = change;
  const found = await selectPlaced(tx, accountId, mailboxId, [...change.uids]);
  const isLate = ({ modseq }: Placed) => unchangedSince !== undefined && modseq > unchangedSince;
  const timely = found.filter((placed) => !isLate(placed));
  const modified = found.filter(isLate).map(({ uid }) => uid);
  // What the actor makes of the emails as they have them, and of that what is everybody's.
  const planned = (await placedAs(tx, reader, timely)).map((placed) => planFlags(placed, change));
  const common = reader ? planned.map((plan, index) => forAll(plan, timely[index] ?? plan.placed)) : planned;
  const seen = reader ? seenIn(planned) : new Map<EmailId, boolean>();
  const marked = common.filter(isMarked);
  const moved = common.filter(({ placed, isDeleted }) => placed.isDeleted !== isDeleted);
  const changed = new Set<EmailId>([...[...marked, ...moved].map(({ email }) => email.id), ...seen.keys()]);
  const emails = planned.map((plan) => ({
    uid: plan.placed.uid,
    keywords: plan.keywords,
    isDeleted: plan.isDeleted,
    modseq: changed.has(plan.email.id) ? tx.modseq() : plan.placed.modseq,
  }));
  const before = tx.before.modseq;
  if (changed.size === 0) return { emails, modified, modseq: undefined, before };
  const moves: Moves = new Map();
  movesOf(moves, mailboxId);
  for (const isDeleted of [true, false]) {
    const those = moved.filter((plan) => plan.isDeleted === isDeleted);
    if (those.length === 0) continue;
    await updateDeleted(
      tx,
      mailboxId,
      those.map(({ placed }) => placed.uid),
      isDeleted,
    );
  }
  const onlyMoved = moved.filter((plan) => !isMarked(plan)).map(({ email }) => email.id);
  if (onlyMoved.length > 0) await touchEmails(tx, onlyMoved);
  await markEmails(tx, marked);
  await refreshThreads(tx, await recount(tx, marked, moves), moves);
  if (reader) await markSeenBy(tx, reader, seen);
  tx.changed('Email');
  return { emails, modified, modseq: tx.modseq(), before };
}

/** The same emails with their keywords as the reader has them. */
async function placedAs(
  tx: AccountTx,
  reader: Reader | undefined,
  found: readonly Placed[],
): Promise<readonly Placed[]> {
  if (reader === undefined) return found;
  const emails = await shownTo(
    tx,
    tx.accountId,
    reader,
    found.map(({ email }) => email),
  );
  return found.map((placed, index) => ({ ...placed, email: emails[index] ?? placed.email }));
}

/** The plan without the reader's `$seen`. @param placed the email as all have it. */
function forAll(plan: FlagPlan, placed: Placed): FlagPlan {
  const flags = withSeen(plan.keywords.flags, hasSeen(placed.email.keywords));
  return { ...plan, placed, email: placed.email, keywords: { ...plan.keywords, flags } };
}

function seenIn(planned: readonly FlagPlan[]): ReadonlyMap<EmailId, boolean> {
  const others = planned.filter(({ email, keywords }) => hasSeen(email.keywords) !== hasSeen(keywords));
  return new Map(others.map(({ email, keywords }) => [email.id, hasSeen(keywords)]));
}

interface FlagPlan {
  readonly placed: Placed;
  readonly email: Placed['email'];
  readonly keywords: Keywords;
  readonly isDeleted: boolean;
}

/** The decision without the doing. @throws {Refusal} `tooMany` */
export function planFlags(placed: Placed, { action, keywords, isDeleted }: FlagChange): FlagPlan {
  const before = placed.email.keywords;
  const given = keywordsOf(keywords);
  const after = action === 'replace' ? given : combined(before, given, action);
  // Bits are few: only many other keywords can be too many.
  if (after.others.length > before.others.length && wordsOf(after).length > keywordLimits.perEmail)
    throw new Refusal('tooMany', { limit: keywordLimits.perEmail });
  const deleted = action === 'replace' ? isDeleted : isDeleted ? action === 'add' : placed.isDeleted;
  return { placed, email: placed.email, keywords: after, isDeleted: deleted };
}

function combined(before: Keywords, given: Keywords, action: 'add' | 'remove'): Keywords {
  if (action === 'remove') {
    const others = before.others.filter((word) => !given.others.includes(word));
    return { flags: before.flags & ~given.flags, others };
  }
  const others = given.others.length === 0 ? before.others : [...new Set([...before.others, ...given.others])].sort();
  return { flags: before.flags | given.flags, others };
}

/** Notes what moves in every mailbox these emails are filed in. @returns the threads whose rows may differ now. */
async function recount(tx: AccountTx, marked: readonly FlagPlan[], moves: Moves): Promise<readonly ThreadId[]> {
  const plans = new Map<EmailId, FlagPlan>(marked.map((plan) => [plan.email.id, plan]));
  const threadIds = new Set<ThreadId>();
  for (const place of await selectFiled(tx, tx.accountId, [...plans.keys()])) {
    const plan = plans.get(place.emailId);
    if (!plan) continue;
    const move = movesOf(moves, place.mailboxId);
    const [was, is] = [isUnread(plan.email.keywords.flags), isUnread(plan.keywords.flags)];
    if (was === is) continue;
    move.unreadEmails += Number(is) - Number(was);
    threadIds.add(place.threadId);
  }
  return [...threadIds];
}
