/**
 * Whole lists of emails in order, for filters and sorts no index answers by itself. Made from the account's columns in
 * memory, or by SQL off the event loop where they do not do; kept a while by state, so that the next window, and what
 * changed since (RFC 8620 §5.6), need no second reading.
 */
import type { Reader } from '#server/access/reader.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { readEmailsWithKeywords } from './column-queries.ts';
import { columnsFor } from '#server/mail/personal/columns.ts';
import { asksForSeen, type EmailFilter, type EmailSort, outsideConditions } from './filter.ts';
import { columnsAt } from './kept-columns.ts';
import { keywordsWithoutBit, listIn } from './match.ts';
import { answerOutside } from './outside.ts';
import { selectList } from './queries.ts';

export interface EmailListQuestion {
  readonly filter: EmailFilter | null;
  readonly sort: readonly EmailSort[];
  readonly collapse: boolean;
  /** Whose `$seen` is asked for, where it is not everybody's. */
  readonly reader: Reader | undefined;
  /** The state of conversations, where the filter asks for what members do with them. */
  readonly conversations: number | undefined;
}

/** Ids in order; compact, because a hundred of them may be kept. */
export type EmailList = Uint32Array | Float64Array;

const listsKept = 64;
const keptIds = 4_000_000;

/** The index of words follows the emails at a small distance, so what it found is not for long. */
const searchedMs = 3_000;

interface Kept {
  readonly list: Promise<EmailList>;
  readonly until: number;
  octets: number;
}

const keptByStore = new WeakMap<Store, Map<string, Kept>>();

/** The list as it was at `state`; read now when it is not kept. */
export function listAt(
  store: Store,
  accountId: AccountId,
  question: EmailListQuestion,
  state: number,
): Promise<EmailList> {
  const kept = keptByStore.get(store) ?? new Map<string, Kept>();
  keptByStore.set(store, kept);
  const key = keyOf(accountId, question, state);
  const known = kept.get(key);
  if (known) kept.delete(key);
  if (known && known.until > performance.now()) {
    kept.set(key, known); // the least recently asked for goes first
    return known.list;
  }
  const until = isLasting(question) ? Infinity : performance.now() + searchedMs;
  const entry: Kept = { list: readList(store, accountId, question, state), until, octets: 0 };
  kept.set(key, entry);
  entry.list.then(
    (list) => {
      entry.octets = list.length;
      forgetOldest(kept);
    },
    () => kept.delete(key),
  );
  return entry.list;
}

/** The list as it was at an older `state`, if it is still kept. */
export function keptListAt(
  store: Store,
  accountId: AccountId,
  question: EmailListQuestion,
  state: number,
): Promise<EmailList> | undefined {
  return keptByStore.get(store)?.get(keyOf(accountId, question, state))?.list;
}

/** Whether the list depends on the emails' state alone; only then can its changes be told. */
export function isLasting({ filter }: EmailListQuestion): boolean {
  return outsideConditions(filter).length === 0;
}

function keyOf(accountId: AccountId, question: EmailListQuestion, state: number): string {
  const { filter, sort, collapse, conversations = '' } = question;
  return `${accountId} ${state} ${conversations} ${readerIn(question)?.key ?? ''} ${JSON.stringify({ filter, sort, collapse })}`;
}

/** Lists that do not ask for `$seen` are the same to all. */
function readerIn({ filter, sort, reader }: EmailListQuestion): Reader | undefined {
  return reader && asksForSeen(filter, sort) ? reader : undefined;
}

function forgetOldest(kept: Map<string, Kept>): void {
  let total = [...kept.values()].reduce((sum, entry) => sum + entry.octets, 0);
  for (const [key, entry] of kept) {
    if (kept.size <= listsKept && total <= keptIds) return;
    kept.delete(key);
    total -= entry.octets;
  }
}

async function readList(
  store: Store,
  accountId: AccountId,
  question: EmailListQuestion,
  state: number,
): Promise<EmailList> {
  const reader = readerIn(question);
  const [columns, { filter, outside }, keywords] = await Promise.all([
    reader ? columnsFor(store, accountId, reader, state) : columnsAt(store, accountId, state),
    answerOutside(store, accountId, question.filter, reader),
    readEmailsWithKeywords(store, accountId, keywordsWithoutBit(question.filter, question.sort)),
  ]);
  const list = columns && listIn(columns, { ...question, filter }, { outside, keywords });
  if (list) return list;
  const { ids, threadIds } = await selectList(store, accountId, filter, question.sort, outside, reader);
  return question.collapse ? collapseThreads(ids, threadIds) : ids;
}

/** Keeps the first email of each thread (RFC 8621 §4.4.3). */
function collapseThreads(ids: Float64Array, threadIds: Float64Array): EmailList {
  const seen = new Set<number>();
  return ids.filter((_, index) => {
    const threadId = threadIds[index] ?? 0;
    return !seen.has(threadId) && seen.add(threadId);
  });
}
