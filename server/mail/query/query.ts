/**
 * Asking for emails (RFC 8621 §4.4, §4.5): a window of a list, and how the list changed. A mailbox newest first is
 * read from its index, whatever its size; anything else from a list made once a state.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Reader } from '#server/access/reader.ts';
import { requireRight } from '#server/access/require-right.ts';
import { parseState } from '#server/store/changed.ts';
import type { AccountId, EmailId, MailboxId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectFiled } from '#server/mail/emails/queries.ts';
import { type Mailbox, selectMailbox } from '#server/mail/mailboxes/queries.ts';
import { selectThreadMembers } from '#server/mail/threads/queries.ts';
import { selectStateOf, selectStatesOf } from '#server/mail/queries.ts';
import { asksForConversations, isNewestFirst, onlyMailbox } from './filter.ts';
import { type EmailList, type EmailListQuestion, isLasting, keptListAt, listAt } from './list.ts';
import { selectMailboxMoves, selectMailboxWindow, selectRank, selectThreadsTouchedSince } from './queries.ts';

/** The reader is not said but found out: it is who asks. */
type Asked = Omit<EmailListQuestion, 'reader' | 'conversations'>;

export interface EmailQuery extends Asked {
  /** Counts from the end when negative; ignored with an anchor. */
  readonly position: number;
  readonly anchor?: EmailId;
  readonly anchorOffset: number;
  readonly limit: number;
  readonly calculateTotal: boolean;
}

export interface EmailQueryResult {
  readonly ids: readonly EmailId[];
  readonly position: number;
  readonly total?: number;
  readonly queryState: string;
  /** Whether queryEmailChanges may tell more than that it cannot. */
  readonly canCalculateChanges: boolean;
}

/**
 * A window of the emails that fit, in order.
 * @throws {Refusal} `noSuchAccount`, `anchorNotFound`.
 */
export async function queryEmails(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  query: EmailQuery,
): Promise<EmailQueryResult> {
  const mailboxId = isNewestFirst(query.sort) ? onlyMailbox(query.filter) : undefined;
  const begun = await read(store, async (tx) => {
    const { reader } = await requireRight(tx, actor, accountId, 'read');
    const states = await selectStatesOf(tx, accountId);
    const state = states.Email ?? 0;
    const conversations = asksForConversations(query.filter) ? (states.Conversation ?? 0) : undefined;
    return {
      state,
      reader,
      conversations,
      window: mailboxId && (await mailboxWindow(tx, accountId, mailboxId, query)),
    };
  });
  const queryState = String(begun.state);
  const asked = questionOf(query, begun.reader, begun.conversations);
  const canCalculateChanges = isLasting(asked);
  if (begun.window) return { ...begun.window, queryState, canCalculateChanges };
  const list = await listAt(store, accountId, asked, begun.state);
  const start = startIn(list, query);
  return {
    ids: [...list.subarray(start, start + query.limit)] as EmailId[],
    position: start,
    ...(query.calculateTotal && { total: list.length }),
    queryState,
    canCalculateChanges,
  };
}

function questionOf(
  { filter, sort, collapse }: Asked,
  reader: Reader | undefined,
  conversations?: number,
): EmailListQuestion {
  return { filter, sort, collapse, reader, conversations };
}

function startIn(list: EmailList, query: EmailQuery): number {
  if (query.anchor !== undefined) {
    const index = list.indexOf(query.anchor);
    if (index < 0) throw new Refusal('anchorNotFound');
    return Math.max(0, index + query.anchorOffset);
  }
  return query.position < 0 ? Math.max(0, list.length + query.position) : Math.min(query.position, list.length);
}

async function mailboxWindow(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  query: EmailQuery,
): Promise<Pick<EmailQueryResult, 'ids' | 'position' | 'total'>> {
  const mailbox = await selectMailbox(tx, accountId, mailboxId);
  const total = mailbox ? totalOf(mailbox, query.collapse) : 0;
  let position = query.position < 0 ? Math.max(0, total + query.position) : Math.min(query.position, total);
  if (query.anchor !== undefined) {
    const rank = await selectRank(tx, accountId, mailboxId, query.anchor, query.collapse);
    if (rank === undefined) throw new Refusal('anchorNotFound');
    position = Math.max(0, rank + query.anchorOffset);
  }
  const window = { collapse: query.collapse, offset: position, limit: query.limit };
  const ids = mailbox ? await selectMailboxWindow(tx, accountId, mailboxId, window) : [];
  return { ids, position, ...(query.calculateTotal && { total }) };
}

function totalOf(mailbox: Mailbox, collapse: boolean): number {
  return collapse ? mailbox.totalThreads : mailbox.totalEmails;
}

export interface EmailQueryChanges {
  readonly oldQueryState: string;
  readonly newQueryState: string;
  readonly total?: number;
  readonly removed: readonly EmailId[];
  /** By index, ascending: inserting them in this order gives the new list. */
  readonly added: readonly { readonly id: EmailId; readonly index: number }[];
}

export interface EmailQueryChangesQuestion extends Asked {
  readonly sinceQueryState: string;
  readonly maxChanges: number | null;
  readonly upToId?: EmailId;
  readonly calculateTotal: boolean;
}

/** Beyond this many changes, asking anew costs less. */
const changesWorthTelling = 2_000;

/**
 * How the answer to a query changed (RFC 8620 §5.6).
 * @throws {Refusal} `cannotCalculateChanges`, `tooMany`, `noSuchAccount`.
 */
export async function queryEmailChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  question: EmailQueryChangesQuestion,
): Promise<EmailQueryChanges> {
  const since = parseState(question.sinceQueryState);
  if (!since || since.id !== undefined) throw new Refusal('cannotCalculateChanges');
  const mailboxId = isNewestFirst(question.sort) ? onlyMailbox(question.filter) : undefined;
  const begun = await read(store, async (tx) => {
    const { reader } = await requireRight(tx, actor, accountId, 'read');
    const state = await selectStateOf(tx, accountId, 'Email');
    if (since.modseq > state) throw new Refusal('cannotCalculateChanges');
    return {
      state,
      reader,
      moves: mailboxId && (await mailboxChanges(tx, accountId, mailboxId, since.modseq, question)),
    };
  });
  const found = begun.moves ?? (await listChanges(store, accountId, question, since.modseq, begun));
  const count = found.removed.length + found.added.length;
  if (question.maxChanges !== null && count > question.maxChanges) throw new Refusal('tooMany');
  return { oldQueryState: question.sinceQueryState, newQueryState: String(begun.state), ...found };
}

type Difference = Pick<EmailQueryChanges, 'removed' | 'added' | 'total'>;

async function mailboxChanges(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  since: number,
  question: EmailQueryChangesQuestion,
): Promise<Difference> {
  const mailbox = await selectMailbox(tx, accountId, mailboxId);
  const { entered, left } = await selectMailboxMoves(tx, accountId, mailboxId, since);
  if (entered.length + left.length > changesWorthTelling) throw new Refusal('cannotCalculateChanges');
  const total = question.calculateTotal && mailbox ? { total: totalOf(mailbox, question.collapse) } : {};
  if (!question.collapse) {
    return { removed: left, added: await ranked(tx, accountId, mailboxId, entered, false), ...total };
  }
  // Another email may stand for a thread now: each thread touched is taken out whole and put back as it is.
  const places = await selectFiled(tx, accountId, [...entered, ...left]);
  const moved = places.map((place) => place.threadId);
  const touched = [...new Set([...moved, ...(await selectThreadsTouchedSince(tx, accountId, mailboxId, since))])];
  const members = [...(await selectThreadMembers(tx, accountId, touched)).values()].flat();
  const inMailbox = (await selectFiled(tx, accountId, members)).filter((place) => place.mailboxId === mailboxId);
  const candidates = inMailbox.map((place) => place.emailId);
  return {
    removed: [...new Set([...left, ...members])],
    added: await ranked(tx, accountId, mailboxId, candidates, true),
    ...total,
  };
}

async function ranked(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  ids: readonly EmailId[],
  collapse: boolean,
): Promise<{ readonly id: EmailId; readonly index: number }[]> {
  const added: { id: EmailId; index: number }[] = [];
  for (const id of ids) {
    const index = await selectRank(tx, accountId, mailboxId, id, collapse);
    if (index !== undefined) added.push({ id, index });
  }
  return added.sort((a, b) => a.index - b.index);
}

async function listChanges(
  store: Store,
  accountId: AccountId,
  question: EmailQueryChangesQuestion,
  since: number,
  { state, reader }: { readonly state: number; readonly reader: Reader | undefined },
): Promise<Difference> {
  const asked = questionOf(question, reader);
  const old = isLasting(asked) ? await keptListAt(store, accountId, asked, since) : undefined;
  if (!old) throw new Refusal('cannotCalculateChanges');
  const now = await listAt(store, accountId, asked, state);
  return { ...planDifference(old, now), ...(question.calculateTotal && { total: now.length }) };
}

/**
 * What to remove from `old` and where to insert so that `now` results. An id that only changed its place is both.
 */
export function planDifference(old: EmailList, now: EmailList): Pick<Difference, 'removed' | 'added'> {
  const placeNow = new Map<number, number>();
  for (const [index, id] of now.entries()) placeNow.set(id, index);
  const removed: EmailId[] = [];
  const kept = new Set<number>();
  // Ids whose order did not change: a run of growing places. What falls out of the run has moved.
  let last = -1;
  for (const id of old) {
    const place = placeNow.get(id);
    if (place === undefined || place < last) {
      removed.push(id as EmailId);
      continue;
    }
    last = place;
    kept.add(id);
  }
  const added = [...now.entries()]
    .filter(([, id]) => !kept.has(id))
    .map(([index, id]) => ({ id: id as EmailId, index }));
  return { removed, added };
}
