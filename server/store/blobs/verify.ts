/**
 * Verifying blobs: every one is opened and read as a client would, and its octets must give its name. Links must lead
 * to a blob, and files to a row.
 */
import { createHash } from 'node:crypto';

import { sql } from 'kysely';

import { columnText } from '#server/store/column.ts';
import { asBlobHash, asId, type TenantId } from '#server/store/ids.ts';
import { heavyRead, read, type Store } from '#server/store/store.ts';
import { rows } from '#server/store/statement.ts';
import { selectLocations } from './collect.ts';
import { openBlob } from './store.ts';

export type BlobFinding =
  | { readonly kind: 'problem'; readonly sentence: string }
  /** Nothing is lost: collection will take it. */
  | { readonly kind: 'note'; readonly sentence: string };

const blobsPerPage = 200;
const readAtOnce = 4;
const dayMs = 24 * 3_600_000;

/** `hear` is told how many blobs are read, and of how many. */
export async function* verifyBlobs(
  store: Store,
  hear: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<BlobFinding> {
  const [count] = await heavyRead(store, () => sql`select count(*) as blobs from blob`);
  const total = Number(count?.['blobs'] ?? 0);
  let done = 0;
  for (let after: Key | undefined = { tenantId: 0, hash: '' }; after;) {
    const page = await selectKeys(store, after);
    for (let first = 0; first < page.length; first += readAtOnce) {
      const found = await Promise.all(page.slice(first, first + readAtOnce).map((key) => verifyBlob(store, key)));
      for (const sentence of found) if (sentence !== undefined) yield { kind: 'problem', sentence };
    }
    hear((done += page.length), total);
    after = page.length < blobsPerPage ? undefined : page.at(-1);
  }
  for (const sentence of await selectDeadLinks(store)) yield { kind: 'problem', sentence };
  yield* verifyFiles(store);
}

interface Key {
  readonly tenantId: number;
  readonly hash: string;
}

async function selectKeys(store: Store, after: Key): Promise<readonly Key[]> {
  const found = await heavyRead(
    store,
    () => sql`select tenant_id, hash from blob where (tenant_id, hash) > (${after.tenantId}, ${after.hash})
      order by tenant_id, hash limit ${blobsPerPage}`,
  );
  return found.map((row) => ({ tenantId: Number(row['tenant_id']), hash: columnText(row, 'hash') }));
}

/** @returns what is wrong with it, if anything; nothing too when it was collected meanwhile. */
async function verifyBlob(store: Store, { tenantId, hash }: Key): Promise<string | undefined> {
  const wrong = await readWhole(store, tenantId, hash);
  if (wrong === undefined) return undefined;
  const isThere = await openBlob(store, asId<TenantId>(tenantId), asBlobHash(hash));
  return isThere && `blob ${hash} of tenant ${tenantId} ${wrong}`;
}

async function readWhole(store: Store, tenantId: number, hash: string): Promise<string | undefined> {
  const digest = createHash('sha256');
  let octets = 0;
  try {
    const blob = await openBlob(store, asId<TenantId>(tenantId), asBlobHash(hash));
    if (!blob) return undefined;
    for await (const piece of blob.stream()) {
      digest.update(piece);
      octets += piece.length;
    }
    if (octets !== blob.sizeOctets) return `has ${octets} octets, its row says ${blob.sizeOctets}`;
    return digest.digest('base64url') === hash ? undefined : 'has other octets than its name says';
  } catch (error) {
    // A missing file, a frame that does not decompress, a row that makes no sense: each is what we look for.
    return `cannot be read: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

async function selectDeadLinks(store: Store): Promise<readonly string[]> {
  const found = await heavyRead(
    store,
    () => sql`select account_id, kind, owner, hash from blob_link where not exists (
      select 1 from blob where blob.tenant_id = blob_link.tenant_id and blob.hash = blob_link.hash)`,
  );
  return found.map(
    (row) =>
      `account ${columnText(row, 'account_id')}: ${columnText(row, 'kind')} ${columnText(row, 'owner')} holds blob ${columnText(row, 'hash')}, which is not there`,
  );
}

/** Only those old enough not to be on their way in. */
async function* verifyFiles(store: Store): AsyncGenerator<BlobFinding> {
  const before = store.now() - dayMs;
  const tenantIds = await read(store, async (tx) =>
    (await rows(tx, tx.q.selectFrom('tenant').select('id'))).map(({ id }) => id),
  );
  let old: string[] = [];
  const strays = async (): Promise<readonly string[]> => {
    const hashes = old.map((location) => location.slice(0, 43));
    const known = await read(store, (tx) => selectLocations(tx, tenantIds, hashes));
    const unknown = old.filter((location) => !known.has(location));
    old = [];
    return unknown;
  };
  for await (const { location, modifiedAt } of store.blobs.place.list()) {
    if (modifiedAt > before || old.push(location) < blobsPerPage) continue;
    for (const stray of await strays()) yield sayStray(stray);
  }
  for (const stray of await strays()) yield sayStray(stray);
}

function sayStray(location: string): BlobFinding {
  return { kind: 'note', sentence: `file ${location} is no blob's; collection removes it if it is ours` };
}
