/**
 * Uploads: octets that wait to become part of something. They belong to one person in one account, stay a day, and count
 * neither against the account's quota nor for ever: a program that uploads and never uses them is stopped.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { type BlobOwner, linkBlob, stageBlob, unlinkBlob, unstageBlob } from '#server/store/blobs/store.ts';
import type { AccountId, BlobHash } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { selectUploaded } from './queries.ts';

const keptMs = 24 * 3_600_000;
/** Of one person in one account, at any time. */
const waitingOctets = 1_000_000_000;
const waitingFiles = 2000;

export interface Upload {
  readonly hash: BlobHash;
  readonly sizeOctets: number;
}

/**
 * Keeps `bytes` for a day. Durable when it resolves.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`; `tooMany` when too much waits already.
 */
export async function upload(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  bytes: Uint8Array,
): Promise<Upload> {
  const now = store.now();
  const link = await read(store, (tx) => planUpload(tx, actor, accountId, bytes.length, now));
  const staged = await stageBlob(store, bytes);
  const isKept = await write(store, async (tx) => {
    // The same octets once more: their day begins anew.
    await unlinkBlob(tx, staged.hash, link);
    return linkBlob(tx, staged, link, now);
  });
  if (!isKept) await unstageBlob(store, staged);
  return { hash: staged.hash, sizeOctets: staged.sizeOctets };
}

/**
 * The link that keeps an upload of the actor's.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`; `tooMany` when too much waits already.
 */
export async function planUpload(
  tx: Tx,
  actor: PersonActor,
  accountId: AccountId,
  sizeOctets: number,
  now: number,
): Promise<BlobOwner> {
  await requireRight(tx, actor, accountId, 'draft', now);
  const { tenantId, personId } = actor;
  const owner = `person:${personId}`;
  const waiting = await selectUploaded(tx, accountId, owner, now);
  if (waiting.files >= waitingFiles || waiting.octets + sizeOctets > waitingOctets)
    throw new Refusal('tooMany', { description: 'too many uploads wait to be used', limit: waitingOctets });
  return { accountId, tenantId, kind: 'upload', owner, expiresAt: now + keptMs };
}
