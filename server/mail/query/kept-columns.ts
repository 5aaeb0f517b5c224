/**
 * The columns of the accounts that were asked of last, each as of a state. They are read whole once, off the event loop,
 * and advanced by what changed since; another process's changes are seen in the state like our own.
 */
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { advanceColumns, columnsOf, type EmailColumns } from './columns.ts';
import { readEmailRows, selectEmailCount, selectEmailRowsSince, selectEmailsGoneSince } from './column-queries.ts';

/** Rows kept of all accounts together, at 36 octets each; an account of more is asked by SQL. */
const rowsKept = 1_500_000;
/** Ids are places of arrays: an account whose counter went further than this is asked by SQL. */
const maxId = 16_000_000;
/** Beyond this many changed emails, reading all of them off the event loop costs less. */
const changesWorthFollowing = 2_000;
/** An account nobody asked of for so long is forgotten. */
const idleMs = 600_000;

interface Kept {
  readonly state: number;
  readonly columns: Promise<EmailColumns | undefined>;
  rows: number;
  askedAt: number;
}

const keptByStore = new WeakMap<Store, Map<AccountId, Kept>>();

/** The account's columns as of `state` or later; undefined for an account too large to keep. */
export function columnsAt(store: Store, accountId: AccountId, state: number): Promise<EmailColumns | undefined> {
  const kept = keptByStore.get(store) ?? new Map<AccountId, Kept>();
  keptByStore.set(store, kept);
  const known = kept.get(accountId);
  const entry = known && known.state >= state ? known : advance(store, accountId, known, state);
  entry.askedAt = performance.now();
  kept.delete(accountId);
  kept.set(accountId, entry); // the least recently asked for goes first
  if (entry !== known) {
    entry.columns.then(
      (columns) => {
        entry.rows = columns?.ids.length ?? 0;
        forgetOldest(kept);
      },
      () => kept.get(accountId) === entry && kept.delete(accountId),
    );
  }
  return entry.columns;
}

function advance(store: Store, accountId: AccountId, known: Kept | undefined, state: number): Kept {
  const columns = known
    ? known.columns.then((old) => (old ? follow(store, accountId, old, known.state) : readAll(store, accountId)))
    : readAll(store, accountId);
  return { state, columns, rows: known?.rows ?? 0, askedAt: 0 };
}

function forgetOldest(kept: Map<AccountId, Kept>): void {
  let total = [...kept.values()].reduce((sum, entry) => sum + entry.rows, 0);
  const idleSince = performance.now() - idleMs;
  for (const [accountId, entry] of kept) {
    if (total <= rowsKept && entry.askedAt > idleSince) return;
    kept.delete(accountId);
    total -= entry.rows;
  }
}

async function readAll(store: Store, accountId: AccountId): Promise<EmailColumns | undefined> {
  const count = await read(store, (tx) => selectEmailCount(tx, accountId));
  if (count > rowsKept) return undefined;
  const rows = await readEmailRows(store, accountId);
  for (let row = 0; row < rows.id.length; row += 1) if ((rows.id[row] ?? 0) > maxId) return undefined;
  return columnsOf(rows);
}

/** Applying a change twice does no harm: rows read may be later than the state they are filed under. */
async function follow(
  store: Store,
  accountId: AccountId,
  old: EmailColumns,
  since: number,
): Promise<EmailColumns | undefined> {
  const changes = await read(store, (tx) => changesSince(tx, accountId, since));
  if (changes === undefined) return readAll(store, accountId);
  const columns = advanceColumns(old, changes.rows, changes.gone);
  return columns.maxId > maxId ? undefined : columns;
}

async function changesSince(tx: Tx, accountId: AccountId, since: number) {
  const gone = await selectEmailsGoneSince(tx, accountId, since, changesWorthFollowing);
  if (gone.length >= changesWorthFollowing) return undefined;
  const rows = await selectEmailRowsSince(tx, accountId, since, changesWorthFollowing);
  return rows.id.length >= changesWorthFollowing ? undefined : { rows, gone };
}
