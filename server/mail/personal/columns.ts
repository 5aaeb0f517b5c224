/**
 * An account's columns (query/columns.ts) as one reader has them: those of all, with the reader's `$seen`. Made once a
 * state and reader, off the event loop but for a pass over the rows; the last few are kept.
 */
import type { Reader } from '#server/access/reader.ts';
import { type AccountId, asId, type MailboxId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { isUnread } from '#server/mail/keywords.ts';
import { readEmailRows } from '#server/mail/query/column-queries.ts';
import { columnsOf, type EmailColumns, inNone, inSeveral } from '#server/mail/query/columns.ts';
import { columnsAt } from '#server/mail/query/kept-columns.ts';
import { readSaid } from './queries.ts';
import { flagsFor } from './seen.ts';

interface Kept {
  readonly state: number;
  readonly columns: Promise<EmailColumns | undefined>;
}

/** Readers kept, at four octets an email each. */
const keptAtMost = 100;
const keptByStore = new WeakMap<Store, Map<string, Kept>>();

/** As of `state` of the emails or later; undefined for an account too large to keep. */
export function columnsFor(
  store: Store,
  accountId: AccountId,
  reader: Reader,
  state: number,
): Promise<EmailColumns | undefined> {
  const kept = keptByStore.getOrInsertComputed(store, () => new Map());
  const key = `${accountId} ${reader.key}`;
  const known = kept.get(key);
  const entry = known && known.state >= state ? known : { state, columns: make(store, accountId, reader, state) };
  kept.delete(key);
  kept.set(key, entry); // the least recently asked for goes first
  if (entry !== known) {
    entry.columns.catch(() => kept.get(key) === entry && kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= keptAtMost) break;
      kept.delete(oldest);
    }
  }
  return entry.columns;
}

async function make(
  store: Store,
  accountId: AccountId,
  reader: Reader,
  state: number,
): Promise<EmailColumns | undefined> {
  const columns = await columnsAt(store, accountId, state);
  return columns && withReader(store, accountId, reader, columns);
}

async function withReader(
  store: Store,
  accountId: AccountId,
  reader: Reader,
  columns: EmailColumns,
): Promise<EmailColumns> {
  const { email_id: emailIds, seen } = await readSaid(store, accountId, reader.personId);
  // By id: 1 for unseen, 2 for seen. An email newer than the columns finds no place, and needs none.
  const said = new Uint8Array(columns.maxId + 1);
  for (let index = 0; index < emailIds.length; index += 1) said[emailIds[index] ?? 0] = seen[index] === 0 ? 1 : 2;
  const flags = new Uint32Array(columns.flags.length);
  for (let row = 0; row < flags.length; row += 1) {
    const word = said[columns.ids[row] ?? 0];
    const email = { flags: columns.flags[row] ?? 0, receivedAt: columns.receivedAt[row] ?? 0 };
    flags[row] = flagsFor(reader, word === 0 ? undefined : word === 2, email);
  }
  return { ...columns, flags };
}

export interface UnreadCounts {
  readonly emails: number;
  readonly threads: number;
}

/** What each mailbox counts as unread for the reader (RFC 8621 §2); mailboxes without any are missing. */
export async function countUnread(
  store: Store,
  accountId: AccountId,
  reader: Reader,
  { state, trashId }: { readonly state: number; readonly trashId: MailboxId | undefined },
): Promise<ReadonlyMap<MailboxId, UnreadCounts>> {
  const kept = await columnsFor(store, accountId, reader, state);
  const columns =
    kept ?? (await withReader(store, accountId, reader, columnsOf(await readEmailRows(store, accountId))));
  const known = countsOf.get(columns);
  if (known && known.trashId === trashId) return known.counts;
  const counts = planUnread(columns, trashId);
  countsOf.set(columns, { trashId, counts });
  return counts;
}

const countsOf = new WeakMap<
  EmailColumns,
  { readonly trashId: MailboxId | undefined; readonly counts: ReadonlyMap<MailboxId, UnreadCounts> }
>();

/**
 * A thread is unread in a mailbox when any of its emails is, wherever that one is filed; but the trash does not make
 * other mailboxes unread, nor they the trash: as threads/refresh.ts plans it for all.
 */
export function planUnread(
  columns: EmailColumns,
  trashId: MailboxId | undefined,
): ReadonlyMap<MailboxId, UnreadCounts> {
  const { ids, threadIds, flags, mailboxIds, several, maxId } = columns;
  const found = new Map<number, { emails: number; readonly threads: Set<number> }>();
  const placesOf = (row: number): readonly number[] => {
    const mailboxId = mailboxIds[row] ?? inNone;
    if (mailboxId === inNone) return [];
    return mailboxId === inSeveral ? (several.get(ids[row] ?? 0) ?? []) : [mailboxId];
  };
  // By thread: 1 where an email outside the trash is unread, 2 where one in it is.
  const unread = new Uint8Array(maxId + 1);
  for (let row = 0; row < ids.length; row += 1) {
    if (!isUnread(flags[row] ?? 0)) continue;
    const threadId = threadIds[row] ?? 0;
    for (const mailboxId of placesOf(row)) {
      unread[threadId] = (unread[threadId] ?? 0) | (mailboxId === trashId ? 2 : 1);
      found.getOrInsertComputed(mailboxId, () => ({ emails: 0, threads: new Set() })).emails += 1;
    }
  }
  for (let row = 0; row < ids.length; row += 1) {
    const threadId = threadIds[row] ?? 0;
    const sides = unread[threadId] ?? 0;
    if (sides === 0) continue;
    for (const mailboxId of placesOf(row)) {
      if ((sides & (mailboxId === trashId ? 2 : 1)) === 0) continue;
      found.getOrInsertComputed(mailboxId, () => ({ emails: 0, threads: new Set() })).threads.add(threadId);
    }
  }
  return new Map(
    [...found].map(([mailboxId, { emails, threads }]) => [
      asId<MailboxId>(mailboxId),
      { emails, threads: threads.size },
    ]),
  );
}
