/**
 * The view of a mailbox, for programs that keep sequence numbers: one for all who look at it in this process, brought
 * up to date by the difference since it was last looked at. It is never behind what was committed when it is opened.
 * Views that nobody opened for a while are dropped; whoever still counts by an old array of uids keeps just that.
 */
import type { Actor } from '#server/access/actor.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, MailboxId, Modseq } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { hasAttachmentBit } from '#server/mail/keywords.ts';
import { readSaid, selectSaid } from '#server/mail/personal/queries.ts';
import { flagsFor, type Said } from '#server/mail/personal/seen.ts';
import { type Columns, findUid, internSet, letGo, octetsOf, putRows, removeUids } from './columns.ts';
import { type Clocks, readColumns, selectClocks, selectColumns, selectDifference } from './queries.ts';

export interface MailboxView {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** Everything up to here stands in the columns, and nothing after it. */
  readonly modseq: Modseq;
  readonly columns: Columns;
}

/** All views of this process together. */
const maxOctets = 128 * 1024 * 1024;
const unusedMs = 10 * 60_000;
/** Beyond this the whole mailbox is read again, off the event loop. */
const maxDifference = 4_000;
/** A mailbox of no more emails is read on the spot: a thread would take longer. */
const readAtOnce = 400;

interface Entry {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** Whose `$seen` stands in the columns; undefined for everybody's. */
  readonly reader: Reader | undefined;
  modseq: Modseq;
  /** The account's clock when the columns were read: every change of this mailbox up to then stands in them. */
  readAt: Modseq;
  columns: Columns;
  usedAt: number;
  refreshing: Promise<void> | undefined;
}

interface Kept {
  /** The least recently opened first. */
  readonly views: Map<string, Promise<Entry>>;
  readonly entries: Map<string, Entry>;
}

const keptByStore = new WeakMap<Store, Kept>();

/** Accounts that the bearer of this very record was let into, when, and whose `$seen` they find there. */
const letIn = new WeakMap<Actor, Map<AccountId, { readonly reader: Reader | undefined; readonly at: number }>>();
/** A command that takes longer is asked again, step by step. */
const letInMs = 1_000;

/**
 * The actor's right is asked for once a second for each record: a head makes a new one for each command, so that a right
 * that ended is refused from the next command on.
 * @throws {Refusal} `noSuchAccount`, `noSuchMailbox`, `accountLocked`.
 */
export async function openView(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  mailboxId: MailboxId,
): Promise<MailboxView> {
  const { reader, clocks } = await read(store, async (tx) => ({
    reader: await enter(store, tx, actor, accountId),
    clocks: await selectClocks(tx, accountId, mailboxId),
  }));
  if (clocks === undefined) throw new Refusal('noSuchMailbox');
  const entry = await entryOf(store, { accountId, mailboxId, reader }, clocks);
  while (entry.modseq < clocks.mailbox) {
    entry.refreshing ??= advance(store, entry).finally(() => (entry.refreshing = undefined));
    await entry.refreshing;
  }
  return entry;
}

/** For who searches what was opened: asks for the right where the bearer of this record was not let in yet. @throws {Refusal} */
export async function requireEntry(store: Store, actor: Actor, accountId: AccountId): Promise<void> {
  if (!wasLetIn(actor, accountId)) await read(store, (tx) => enter(store, tx, actor, accountId));
}

/** The same within a snapshot. @returns whose `$seen` they find there; undefined for everybody's. @throws {Refusal} */
export async function enter(store: Store, tx: Tx, actor: Actor, accountId: AccountId): Promise<Reader | undefined> {
  const known = wasLetIn(actor, accountId);
  if (known) return known.reader;
  const { reader } = await requireRight(tx, actor, accountId, 'read', store.now());
  // The house itself is asked nothing, and its record stays for good.
  if (actor.kind === 'person')
    letIn.getOrInsertComputed(actor, () => new Map()).set(accountId, { reader, at: performance.now() });
  return reader;
}

function wasLetIn(actor: Actor, accountId: AccountId) {
  const known = letIn.get(actor)?.get(accountId);
  return known && performance.now() - known.at < letInMs ? known : undefined;
}

/**
 * The view as it stands, for who opened it a moment ago by the same record: the database is not asked. Undefined where it
 * must be opened.
 */
export function viewAsOpened(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  mailboxId: MailboxId,
): MailboxView | undefined {
  const known = wasLetIn(actor, accountId);
  return known && keptByStore.get(store)?.entries.get(keyOf({ accountId, mailboxId, reader: known.reader }));
}

/** Which view: where `$seen` is not everybody's, each reader has one of their own. */
export interface ViewOf {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly reader: Reader | undefined;
}

function keyOf({ accountId, mailboxId, reader }: ViewOf): string {
  return reader ? `${accountId}.${mailboxId} ${reader.key}` : `${accountId}.${mailboxId}`;
}

async function entryOf(store: Store, of: ViewOf, clocks: Clocks): Promise<Entry> {
  const kept = keptByStore.get(store) ?? { views: new Map(), entries: new Map() };
  keptByStore.set(store, kept);
  const key = keyOf(of);
  const known = kept.views.get(key);
  if (known) {
    kept.views.delete(key);
    kept.views.set(key, known);
    const entry = await known;
    entry.usedAt = performance.now();
    return entry;
  }
  const opening = load(store, of, clocks);
  kept.views.set(key, opening);
  try {
    const entry = await opening;
    kept.entries.set(key, entry);
    forgetSome(kept);
    return entry;
  } catch (error) {
    kept.views.delete(key);
    throw error;
  }
}

async function load(store: Store, of: ViewOf, clocks: Clocks): Promise<Entry> {
  const { accountId, mailboxId, reader } = of;
  const rest = { ...of, usedAt: performance.now(), refreshing: undefined };
  if (clocks.emails <= readAtOnce) {
    return read(store, async (tx) => {
      const now = await selectClocks(tx, accountId, mailboxId);
      if (!now) throw new Refusal('noSuchMailbox');
      const columns = await selectColumns(tx, accountId, mailboxId);
      if (reader) readBy(reader, columns, await selectSaid(tx, accountId, reader.personId, [...columns.emailIds]));
      return { ...rest, modseq: now.mailbox, readAt: now.account, columns };
    });
  }
  const columns = await readAll(store, of);
  const entry = { ...rest, modseq: clocks.mailbox, readAt: clocks.account, columns };
  // The columns were read a moment after the clock, their keywords a moment later still: what changed since is looked at again.
  await advance(store, entry);
  return entry;
}

/** Every email of the mailbox, off the event loop. */
async function readAll(store: Store, { accountId, mailboxId, reader }: ViewOf): Promise<Columns> {
  const columns = await readColumns(store, accountId, mailboxId);
  if (reader === undefined) return columns;
  const { email_id: ids, seen } = await readSaid(store, accountId, reader.personId);
  const said = new Map<number, boolean>();
  for (let index = 0; index < ids.length; index += 1) said.set(ids[index] ?? 0, seen[index] !== 0);
  readBy(reader, columns, said);
  return columns;
}

/** Makes everybody's flags the reader's. */
function readBy(reader: Reader, columns: Columns, said: Said): void {
  for (let at = 0; at < columns.length; at += 1) {
    const email = { flags: columns.flags[at] ?? 0, receivedAt: columns.receivedAt[at] ?? 0 };
    columns.flags[at] = flagsFor(reader, said.get(columns.emailIds[at] ?? 0), email);
  }
}

/**
 * Writes into the view what a transaction of this process has just changed in the mailbox, where nothing else changed
 * since the view was read: else it is brought up to date when it is opened next.
 */
export function followChange(
  store: Store,
  of: ViewOf,
  change: { readonly before: Modseq; readonly modseq: Modseq; readonly emails: readonly MarkedRow[] },
): void {
  const entry = keptByStore.get(store)?.entries.get(keyOf(of));
  if (!entry || entry.refreshing || entry.readAt !== change.before) return;
  const { columns } = entry;
  letGo(columns);
  for (const { uid, flags, keywords, modseq } of change.emails) {
    const at = findUid(columns, uid);
    if (at < 0 || modseq !== change.modseq) continue;
    const set = internSet(columns, keywords);
    columns.flags[at] = ((columns.flags[at] ?? 0) & hasAttachmentBit) | flags;
    columns.keywordSet[at] = set;
    columns.modseqs[at] = modseq;
  }
  entry.modseq = change.modseq;
  entry.readAt = change.modseq;
}

export interface MarkedRow {
  readonly uid: number;
  /** Keyword bits and deletedBit. */
  readonly flags: number;
  readonly keywords: readonly string[];
  readonly modseq: number;
}

/** Brings the entry to the present. What is there already may come again: it is overwritten by itself. */
async function advance(store: Store, entry: Entry): Promise<void> {
  const { accountId, mailboxId, reader } = entry;
  for (;;) {
    const { clocks, difference } = await read(store, async (tx) => {
      const now = await selectClocks(tx, accountId, mailboxId);
      const changed = await selectDifference(tx, accountId, mailboxId, entry.readAt, maxDifference);
      if (reader === undefined || changed.kind !== 'rows') return { clocks: now, difference: changed };
      const ids = changed.rows.map(({ emailId }) => emailId);
      const said = await selectSaid(tx, accountId, reader.personId, ids);
      const rows = changed.rows.map((row) => ({ ...row, flags: flagsFor(reader, said.get(row.emailId), row) }));
      return { clocks: now, difference: { ...changed, rows } };
    });
    if (clocks === undefined) throw new Refusal('noSuchMailbox');
    if (difference.kind === 'rows') {
      removeUids(entry.columns, difference.gone);
      putRows(entry.columns, difference.rows);
      entry.modseq = clocks.mailbox;
      entry.readAt = clocks.account;
      return;
    }
    // Those who count by the old array keep it; what differs is found by comparing the two. What changes while all is
    // read is looked at once more: it counts from the clock before the reading.
    entry.columns = await readAll(store, entry);
    entry.readAt = clocks.account;
  }
}

function forgetSome({ views, entries }: Kept): void {
  let octets = 0;
  for (const entry of entries.values()) octets += octetsOf(entry.columns);
  const oldest = performance.now() - unusedMs;
  for (const key of views.keys()) {
    const entry = entries.get(key);
    if (!entry) continue;
    if (octets <= maxOctets && entry.usedAt > oldest) return;
    octets -= octetsOf(entry.columns);
    views.delete(key);
    entries.delete(key);
  }
}
