/**
 * Collecting blobs: what nobody links any more goes, row first, then file. It runs beside everything else and can never
 * take a live blob: on SQLite there is one writer; on PostgreSQL the row is locked before its links are looked for, and
 * whoever links it meanwhile waits for that lock at the foreign key, is refused there, and begins again with the blob
 * in hand. A file's name belongs to one row for ever, so removing it after the row cannot touch what came later.
 */
import { sql } from 'kysely';

import { columnText } from '#server/store/column.ts';
import type { TenantId } from '#server/store/ids.ts';
import { changes, rows, type Tx } from '#server/store/statement.ts';
import { heavyRead, read, type Store, write } from '#server/store/store.ts';
import { isCollectionHeld, prepareHold } from './hold.ts';

export interface CollectOptions {
  /** How old a blob must be; a day where people may still paste what they just deleted. */
  readonly graceMs: number;
  /** How old a file must be that no row names, before it is swept: far longer than staging takes. */
  readonly orphanMs?: number;
}

export interface Collected {
  /** Links whose day was over: uploads nobody used. */
  readonly links: number;
  readonly blobs: number;
  /** As they were kept: compressed. */
  readonly storedOctets: number;
  /** Files that no row named: what a crash left. */
  readonly orphans: number;
}

const usualOrphanMs = 24 * 3_600_000;
const rowsPerStep = 500;
const rowsPerLook = 2000;

export async function collectBlobs(
  store: Store,
  { graceMs, orphanMs = usualOrphanMs }: CollectOptions,
): Promise<Collected> {
  const now = store.now();
  await prepareHold(store);
  const links = await endExpiredLinks(store, now);
  let blobs = 0;
  let storedOctets = 0;
  for (let after: BlobKey | undefined = { tenantId: 0, hash: '' }; after;) {
    const { unlinked, last } = await selectUnlinked(store, now - graceMs, after);
    after = last;
    if (unlinked.length === 0) continue;
    const gone = await write(store, (tx) => deleteUnlinked(tx, unlinked, store.now()));
    for (const { location } of gone) if (location !== null) await store.blobs.place.remove(location);
    blobs += gone.length;
    storedOctets += gone.reduce((sum, blob) => sum + blob.stored_octets, 0);
  }
  return { links, blobs, storedOctets, orphans: await sweepOrphans(store, now - orphanMs) };
}

async function endExpiredLinks(store: Store, now: number): Promise<number> {
  let ended = 0;
  for (let step = rowsPerStep; step === rowsPerStep; ended += step) {
    step = await write(store, (tx) =>
      changes(
        tx,
        sql`delete from blob_link where (account_id, hash, kind, owner) in (
          select account_id, hash, kind, owner from blob_link where expires_at <= ${now} limit ${rowsPerStep})`,
      ),
    );
  }
  return ended;
}

interface BlobKey {
  readonly tenantId: number;
  readonly hash: string;
}

interface Looked {
  readonly unlinked: readonly BlobKey[];
  /** The last key that was looked at; undefined when there are no more. */
  readonly last: BlobKey | undefined;
}

/** A stretch of all blobs in the order of the key, off the event loop: short, because others wait for that thread. */
async function selectUnlinked(store: Store, before: number, after: BlobKey): Promise<Looked> {
  const found = await heavyRead(
    store,
    () => sql`select tenant_id, hash, is_unlinked, nth from (
        select tenant_id, hash, row_number() over (order by tenant_id, hash) as nth,
          case when created_at <= ${before} and not exists (select 1 from blob_link
            where blob_link.tenant_id = page.tenant_id and blob_link.hash = page.hash) then 1 else 0 end as is_unlinked
        from (select tenant_id, hash, created_at from blob where (tenant_id, hash) > (${after.tenantId}, ${after.hash})
          order by tenant_id, hash limit ${rowsPerLook}) as page) as looked
      where is_unlinked = 1 or nth = ${rowsPerLook} order by nth`,
  );
  const keys = found.map((row) => ({
    tenantId: Number(row['tenant_id']),
    hash: columnText(row, 'hash'),
    isUnlinked: Number(row['is_unlinked']) === 1,
    nth: Number(row['nth']),
  }));
  return { unlinked: keys.filter(({ isUnlinked }) => isUnlinked), last: keys.find(({ nth }) => nth === rowsPerLook) };
}

interface GoneBlob {
  readonly location: string | null;
  readonly stored_octets: number;
}

/** Deletes those that nobody has linked since they were found, with what was read from them. */
async function deleteUnlinked(tx: Tx, keys: readonly BlobKey[], now: number): Promise<readonly GoneBlob[]> {
  if (await isCollectionHeld(tx, now)) return [];
  const gone: GoneBlob[] = [];
  for (const [tenantId, those] of Map.groupBy(keys, (key) => key.tenantId)) {
    const hashes = await lockFree(
      tx,
      tenantId,
      those.map(({ hash }) => hash),
    );
    // A statement of its own, after the lock: it sees every link that was committed before the lock was had.
    const deleted = await rows(
      tx,
      sql<GoneBlob & { readonly hash: string }>`delete from blob
        where tenant_id = ${tenantId} and ${tx.anyOf('hash', hashes)} and not exists (
          select 1 from blob_link where blob_link.tenant_id = blob.tenant_id and blob_link.hash = blob.hash)
        returning hash, location, stored_octets`,
    );
    const deletedHashes = deleted.map(({ hash }) => hash);
    await changes(
      tx,
      tx.q.deleteFrom('message').where('tenant_id', '=', tenantId).where(tx.anyOf('hash', deletedHashes)),
    );
    gone.push(...deleted);
  }
  return gone;
}

/** Those of `hashes` that nobody is linking at this moment: a link being made holds the row (FOR KEY SHARE). */
async function lockFree(tx: Tx, tenantId: number, hashes: readonly string[]): Promise<readonly string[]> {
  if (tx.connection.dialect === 'sqlite') return hashes;
  const free = await rows(
    tx,
    sql<{ readonly hash: string }>`select hash from blob where tenant_id = ${tenantId} and ${tx.anyOf('hash', hashes)}
      order by hash for update skip locked`,
  );
  return free.map(({ hash }) => hash);
}

/** A blob's name and what made it unique; `.new` while it was being written. Any other file is none of ours. */
const locationForm = /^([A-Za-z0-9_-]{43})-[0-9a-f]{8}(?:\.new)?$/;

async function sweepOrphans(store: Store, before: number): Promise<number> {
  const tenantIds = await read(store, async (tx) =>
    (await rows(tx, tx.q.selectFrom('tenant').select('id'))).map(({ id }) => id),
  );
  let swept = 0;
  let old = new Map<string, string>();
  const sweep = async (): Promise<void> => {
    const kept = await read(store, (tx) => selectLocations(tx, tenantIds, [...old.values()]));
    for (const location of old.keys()) {
      if (kept.has(location)) continue;
      await store.blobs.place.remove(location);
      swept += 1;
    }
    old = new Map();
  };
  for await (const { location, modifiedAt } of store.blobs.place.list()) {
    const hash = locationForm.exec(location)?.[1];
    if (hash === undefined || modifiedAt > before) continue;
    if (old.set(location, hash).size >= rowsPerStep) await sweep();
  }
  if (old.size > 0) await sweep();
  return swept;
}

/** Where the blobs named by `hashes` are kept, whichever tenant's they are. */
export async function selectLocations(
  tx: Tx,
  tenantIds: readonly TenantId[] | readonly number[],
  hashes: readonly string[],
): Promise<ReadonlySet<string>> {
  const query = tx.q
    .selectFrom('blob')
    .select('location')
    .where(tx.anyOf('tenant_id', tenantIds))
    .where(tx.anyOf('hash', hashes));
  return new Set((await rows(tx, query)).flatMap(({ location }) => location ?? []));
}
