/** The first step of a blob: octets hashed and compressed, which needs no store and may be done on any thread. */
import { hash as digest } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';

import { asBlobHash, type BlobHash } from '#server/store/ids.ts';

/** Octets on their way in: hashed and compressed, not yet owned by anybody. */
export interface StagedBlob {
  readonly hash: BlobHash;
  readonly sizeOctets: number;
  readonly stored:
    | { readonly kind: 'row'; readonly data: Uint8Array }
    | { readonly kind: 'file' | 's3'; readonly location: string; readonly frames: readonly number[] };
}

/** Up to this, a thread of libuv's pool costs more than compressing at once. */
export const inlineOctets = 64 * 1024;
/** What compresses not at all grows by less than this: one buffer is then enough. */
const growthOctets = 512;

export function hashOf(bytes: Uint8Array): BlobHash {
  return asBlobHash(digest('sha256', bytes, 'base64url'));
}

/** For one frame of `octets`: zstd told the size beforehand prepares tables of that size, a quarter of the work on small ones. */
export function compression(octets: number) {
  return { params: { [constants.ZSTD_c_compressionLevel]: 1 }, pledgedSrcSize: octets };
}

/** What needs neither a place nor a thread, because it is small; undefined for what is not. */
export function stageSmallBlob(bytes: Uint8Array): StagedBlob | undefined {
  if (bytes.length > inlineOctets) return undefined;
  const chunkSize = bytes.length + growthOctets;
  const data = zstdCompressSync(bytes, { ...compression(bytes.length), chunkSize });
  return { hash: hashOf(bytes), sizeOctets: bytes.length, stored: { kind: 'row', data } };
}
