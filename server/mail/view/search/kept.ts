/**
 * What searching, sorting and threading need of emails and never changes, kept in memory for the mailboxes that were asked of last: read once, off the event
 * loop, and completed by what came since. Rows ascend by uid; those of emails that left stay until most are stale.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { selectTenantOf } from '#server/mail/queries.ts';
import { read, type Store } from '#server/store/store.ts';

import { addKeys, emptyKeys, type Keys } from './keys.ts';
import { readDates, readEnvelopes } from './queries.ts';
import type { Sight } from './sight.ts';

export interface Dates {
  length: number;
  uids: Uint32Array;
  /** The Date field, or when it was received (RFC 5256 §2.2). */
  sentAt: Float64Array;
  savedAt: Float64Array;
}

interface Entry {
  dates: Dates;
  keys: Keys;
  loading: Promise<void>;
}

/** Rows of all mailboxes together, at some hundred octets each. */
const maxRows = 600_000;
const envelopesPerPage = 4_000;
/** Read before others have their turn. */
const envelopesPerTurn = 200;

const keptByStore = new WeakMap<Store, Map<string, Entry>>();

/** For each place of the sight the row that is its email's, -1 where there is none. */
export async function keptDates(
  store: Store,
  sight: Sight,
): Promise<{ readonly dates: Dates; readonly rows: Int32Array }> {
  const { dates } = await complete(store, sight, async (entry) => {
    const { accountId, mailboxId } = sight;
    const { length, uids } = entry.dates;
    // UIDs are given in order: what is at or below the last one has been read.
    if ((uids[length - 1] ?? 0) >= (sight.uids[sight.length - 1] ?? 0)) return;
    const fresh = await readDates(store, { accountId, mailboxId, above: uids[length - 1] ?? 0 });
    entry.dates = {
      length: length + fresh.uids.length,
      uids: joined(new Uint32Array(length + fresh.uids.length), uids, fresh.uids),
      sentAt: joined(new Float64Array(length + fresh.uids.length), entry.dates.sentAt, fresh.sentAt),
      savedAt: joined(new Float64Array(length + fresh.uids.length), entry.dates.savedAt, fresh.savedAt),
    };
  });
  return { dates, rows: rowsOf(sight, dates.uids, dates.length) };
}

/** As `keptDates`, of what envelopes give. */
export async function keptKeys(
  store: Store,
  sight: Sight,
): Promise<{ readonly keys: Keys; readonly rows: Int32Array }> {
  const { keys } = await complete(store, sight, async (entry) => {
    const { accountId, mailboxId } = sight;
    const tenantId = await read(store, (tx) => selectTenantOf(tx, accountId));
    for (;;) {
      const above = entry.keys.uids[entry.keys.length - 1] ?? 0;
      if (above >= (sight.uids[sight.length - 1] ?? 0)) return;
      const page = await readEnvelopes(store, tenantId, { accountId, mailboxId, above }, envelopesPerPage);
      for (let at = 0; at < page.length; at += envelopesPerTurn) {
        addKeys(entry.keys, page.slice(at, at + envelopesPerTurn));
        await nextTurn();
      }
      if (page.length < envelopesPerPage) return;
    }
  });
  return { keys, rows: rowsOf(sight, keys.uids, keys.length) };
}

/** One reads at a time; who comes meanwhile waits and most often finds nothing left to do. */
async function complete(store: Store, sight: Sight, load: (entry: Entry) => Promise<void>): Promise<Entry> {
  const kept = keptByStore.get(store) ?? new Map<string, Entry>();
  keptByStore.set(store, kept);
  const key = `${sight.accountId}.${sight.mailboxId}`;
  const known = kept.get(key);
  const entry: Entry = known ?? { dates: noDates(), keys: emptyKeys(), loading: Promise.resolve() };
  kept.delete(key);
  kept.set(key, entry);
  const loading = entry.loading.then(async () => {
    const most = sight.length * 2 + 1_000;
    if (entry.dates.length > most) entry.dates = noDates();
    if (entry.keys.length > most) entry.keys = emptyKeys();
    await load(entry);
  });
  // Whoever comes next begins after this one, whatever became of it.
  entry.loading = loading.catch(() => undefined);
  await loading;
  forgetOldest(kept, entry);
  return entry;
}

function forgetOldest(kept: Map<string, Entry>, used: Entry): void {
  let rows = 0;
  for (const { dates, keys } of kept.values()) rows += dates.length + keys.length;
  for (const [key, entry] of kept) {
    if (rows <= maxRows) return;
    if (entry === used) continue;
    rows -= entry.dates.length + entry.keys.length;
    kept.delete(key);
  }
}

function rowsOf({ uids, length }: Sight, rowUids: Uint32Array, rowCount: number): Int32Array {
  const rows = new Int32Array(length);
  let row = 0;
  for (let at = 0; at < length; at += 1) {
    const uid = uids[at] ?? 0;
    while (row < rowCount && (rowUids[row] ?? 0) < uid) row += 1;
    rows[at] = row < rowCount && rowUids[row] === uid ? row : -1;
  }
  return rows;
}

function noDates(): Dates {
  return { length: 0, uids: new Uint32Array(), sentAt: new Float64Array(), savedAt: new Float64Array() };
}

function joined<T extends Uint32Array | Float64Array>(to: T, first: T, then: Float64Array): T {
  to.set(first);
  to.set(then, first.length);
  return to;
}
