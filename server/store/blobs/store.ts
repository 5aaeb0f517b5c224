/**
 * Blobs: octets named by their SHA-256, kept once a tenant, compressed (zstd). A blob is staged first (hashed,
 * compressed, and when large written and fsynced outside any transaction), then linked inside the transaction whose
 * rows need it: the blob's row, its link and those rows become durable together or not at all.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress, zstdDecompressSync } from 'node:zlib';

import type { AccountId, BlobHash, TenantId } from '#server/store/ids.ts';
import type { BlobTable } from '#server/store/schema.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { filePlace } from './files.ts';
import { type BlobStore, MissingObject } from './place.ts';
import { s3Place } from './s3.ts';
import { compression, hashOf, inlineOctets, type StagedBlob, stageSmallBlob } from './stage.ts';

/** A blob that compresses to no more than this lives in the database, in the transaction that needs it. */
const rowLimitOctets = 96 * 1024;
/** Large blobs are compressed frame by frame, so that a range is read without its neighbours. */
export const frameOctets = 256 * 1024;

/** Why a blob stays: the kind of owner and which. */
export interface BlobOwner {
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  readonly kind: 'email' | 'upload' | 'submission' | 'queue' | 'script' | 'import';
  readonly owner: string;
  /** Milliseconds since 1970; null for as long as the owner says. */
  readonly expiresAt: number | null;
}

export interface Blob {
  readonly hash: BlobHash;
  readonly sizeOctets: number;
  /** The octets from `start` (included) to `end` (excluded); all of them without. */
  bytes(start?: number, end?: number): Promise<Uint8Array>;
  /** The same, piece by piece: memory stays bounded by a frame. */
  stream(start?: number, end?: number): AsyncIterable<Uint8Array>;
}

export function openBlobs(url: string): BlobStore {
  if (url.startsWith('file:')) return { place: filePlace(url.slice('file:'.length)) };
  return { place: s3Place(url) };
}

const compress = promisify<Uint8Array, ReturnType<typeof compression>, Buffer>(zstdCompress);
const decompress = promisify<Uint8Array, Buffer>(zstdDecompress);

/** Hashes, compresses, and writes what is large. Call before the transaction that links it. */
export async function stageBlob(store: Store, bytes: Uint8Array): Promise<StagedBlob> {
  const small = stageSmallBlob(bytes);
  if (small) return small;
  const hash = hashOf(bytes);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += frameOctets) {
    const frame = bytes.subarray(at, at + frameOctets);
    frames.push(await compress(frame, compression(frame.length)));
  }
  const storedOctets = frames.reduce((sum, frame) => sum + frame.length, 0);
  if (bytes.length <= frameOctets && storedOctets <= rowLimitOctets) {
    return { hash, sizeOctets: bytes.length, stored: { kind: 'row', data: frames[0] ?? new Uint8Array() } };
  }
  const location = `${hash}-${crypto.randomUUID().slice(0, 8)}`;
  await store.blobs.place.put(location, frames);
  const lengths = frames.map((frame) => frame.length);
  return { hash, sizeOctets: bytes.length, stored: { kind: store.blobs.place.kind, location, frames: lengths } };
}

/** Gives up what was staged and then not linked. Never needed for correctness: collection sweeps what is left. */
export async function unstageBlob(store: Store, staged: StagedBlob): Promise<void> {
  if (staged.stored.kind !== 'row') await store.blobs.place.remove(staged.stored.location);
}

/**
 * Makes `staged` durable with the transaction and gives it an owner.
 *
 * @returns whether the staged copy is the one kept; when not, the blob was there already and the caller may call
 * `unstageBlob` after the commit.
 */
export async function linkBlob(tx: Tx, staged: StagedBlob, owner: BlobOwner, at: number): Promise<boolean> {
  const isKept = await insertBlob(tx, staged, owner.tenantId, at);
  await linkKnownBlob(tx, staged.hash, owner);
  return isKept;
}

/** Gives a blob that the tenant has already one more owner; the same owner twice is one link. */
export async function linkKnownBlob(tx: Tx, hash: BlobHash, owner: BlobOwner): Promise<void> {
  const row = {
    account_id: owner.accountId,
    hash,
    kind: owner.kind,
    owner: owner.owner,
    tenant_id: owner.tenantId,
    expires_at: owner.expiresAt,
  };
  await insertRows(tx, 'blob_link', [row], 'ignore');
}

const deleteLink = statement<{ accountId: number; hash: string; kind: string; owner: string }>()(({ q, p }) =>
  q
    .deleteFrom('blob_link')
    .where('account_id', '=', p.accountId)
    .where('hash', '=', p.hash)
    .where('kind', '=', p.kind)
    .where('owner', '=', p.owner),
);

export async function unlinkBlob(
  tx: Tx,
  hash: BlobHash,
  owner: Omit<BlobOwner, 'expiresAt' | 'tenantId'>,
): Promise<void> {
  await deleteLink.run(tx, { accountId: owner.accountId, hash, kind: owner.kind, owner: owner.owner });
}

/** Tried before: the next of many recipients most often finds it there. */
const tried = new WeakSet<StagedBlob>();

async function insertBlob(tx: Tx, staged: StagedBlob, tenantId: TenantId, at: number): Promise<boolean> {
  if (tried.has(staged) && (await hasBlob.first(tx, { tenantId, hash: staged.hash }))) return false;
  tried.add(staged);
  return (await insertRows(tx, 'blob', [blobRow(staged, tenantId, at)], 'ignore')) === 1;
}

export function blobRow({ hash, sizeOctets, stored }: StagedBlob, tenantId: TenantId, at: number): BlobTable {
  const isRow = stored.kind === 'row';
  return {
    tenant_id: tenantId,
    hash,
    size_octets: sizeOctets,
    stored_octets: isRow ? stored.data.length : stored.frames.reduce((sum, length) => sum + length, 0),
    place: stored.kind,
    location: isRow ? null : stored.location,
    frames: isRow ? null : JSON.stringify(stored.frames),
    created_at: at,
    data: isRow ? stored.data : null,
  };
}

const hasBlob = statement<{ tenantId: number; hash: string }>()(({ q, p }) =>
  q.selectFrom('blob').select('place').where('tenant_id', '=', p.tenantId).where('hash', '=', p.hash),
);

const selectBlob = statement<{ tenantId: number; hash: string }>()(({ q, p }) =>
  q
    .selectFrom('blob')
    .select(['size_octets', 'place', 'location', 'frames', 'data'])
    .where('tenant_id', '=', p.tenantId)
    .where('hash', '=', p.hash),
);

const selectLink = statement<{ accountId: number; hash: string }>()(({ q, p }) =>
  q
    .selectFrom('blob_link')
    .select('tenant_id')
    .where('account_id', '=', p.accountId)
    .where('hash', '=', p.hash)
    .limit(1),
);

/** The tenant under which `accountId` owns this blob, or undefined: then, for that account, it does not exist. */
export async function ownsBlob(tx: Tx, accountId: AccountId, hash: BlobHash): Promise<boolean> {
  return (await selectLink.first(tx, { accountId, hash })) !== undefined;
}

/** Opens a blob for reading; undefined when the tenant has none by that name. Rights are the caller's business. */
export async function openBlob(store: Store, tenantId: TenantId, hash: BlobHash): Promise<Blob | undefined> {
  const row = await read(store, (tx) => selectBlob.first(tx, { tenantId, hash }));
  return row && blobOver(store, hash, row);
}

/** The same inside a transaction that is open already; read its octets after the transaction. */
export async function selectBlobIn(
  store: Store,
  tx: Tx,
  tenantId: TenantId,
  hash: BlobHash,
): Promise<Blob | undefined> {
  const row = await selectBlob.first(tx, { tenantId, hash });
  return row && blobOver(store, hash, row);
}

/** The columns of a blob's row that opening it needs. */
export interface BlobRow {
  readonly size_octets: number;
  readonly location: string | null;
  readonly frames: string | null;
  readonly data: Uint8Array | null;
}

/** A blob over its row, read together with others. */
export function blobOver(store: Store, hash: BlobHash, row: BlobRow): Blob {
  const sizeOctets = row.size_octets;
  const frames = row.frames === null ? [] : (JSON.parse(row.frames) as number[]);
  const { data, location } = row;
  /**
   * The frame read last: a message of a thousand parts is opened part by part, and would else be inflated a thousand
   * times. Held as long as somebody holds the blob; memory stays bounded by a frame.
   */
  let last: { readonly index: number; readonly octets: Promise<Uint8Array> } | undefined;
  const frameAt = (index: number, read: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    if (last?.index === index) return last.octets;
    const taken = { index, octets: read() };
    last = taken;
    taken.octets.catch(() => {
      if (last === taken) last = undefined;
    });
    return taken.octets;
  };
  async function* stream(start = 0, end = sizeOctets): AsyncIterable<Uint8Array> {
    const until = Math.min(end, sizeOctets);
    if (data !== null) {
      yield (await frameAt(0, () => inflate(data, sizeOctets))).subarray(start, until);
      return;
    }
    if (location === null) throw new MissingObject(hash);
    let offset = 0;
    for (const [index, length] of frames.entries()) {
      const plainStart = index * frameOctets;
      const plainEnd = Math.min(plainStart + frameOctets, sizeOctets);
      if (plainEnd > start && plainStart < until) {
        const from = offset;
        const frame = await frameAt(index, async () =>
          inflate(await store.blobs.place.read(location, from, from + length), plainEnd - plainStart),
        );
        yield frame.subarray(Math.max(0, start - plainStart), until - plainStart);
      }
      offset += length;
    }
  }
  return {
    hash,
    sizeOctets,
    stream,
    async bytes(start = 0, end = sizeOctets) {
      const pieces: Uint8Array[] = [];
      for await (const piece of stream(start, end)) pieces.push(piece);
      return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    },
  };
}

async function inflate(data: Uint8Array, plainOctets: number): Promise<Uint8Array> {
  // Room for all of it at once, and a little more so that the end is seen without another: half the time.
  if (plainOctets <= inlineOctets) return zstdDecompressSync(data, { chunkSize: plainOctets + 64 });
  return decompress(data);
}
