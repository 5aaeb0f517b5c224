/**
 * What an email is beyond its row in a view: what was read from its message, and the message itself. Many at once, one
 * statement; nothing is parsed, and of a message no more than its row is read until its octets are asked for.
 */
import type { Actor } from '#server/access/actor.ts';
import { selectTenantOf } from '#server/mail/queries.ts';
import { type Blob, blobOver } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { enter } from './open.ts';
import { type DetailWants, selectDetails } from './queries.ts';

export type { DetailWants };

export interface EmailDetails {
  readonly threadId: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** JSON as stored; '' where they were not asked for. */
  readonly envelope: string;
  readonly structure: string;
  readonly preview: string;
  /** See formats/message/listed.ts; null: read the message. */
  readonly headerFields: Uint8Array | null;
  /** Undefined unless asked for, or where the store has lost it. */
  readonly blob: Blob | undefined;
}

/** By email id; emails that are gone are missing. @throws {Refusal} `noSuchAccount`, `accountLocked`. */
export function readDetails(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  emailIds: readonly number[],
  wants: DetailWants,
): Promise<ReadonlyMap<number, EmailDetails>> {
  return read(store, async (tx) => {
    await enter(store, tx, actor, accountId);
    const tenantId = actor.kind === 'person' ? actor.tenantId : await selectTenantOf(tx, accountId);
    const found = await selectDetails(tx, tenantId, accountId, emailIds, wants);
    const details = new Map<number, EmailDetails>();
    for (const row of found) {
      const { size_octets, location, frames, data } = row;
      const hasBlob = wants.blob && size_octets !== null;
      details.set(row.id, {
        threadId: row.thread_id,
        savedAt: row.saved_at,
        envelope: row.envelope ?? '',
        structure: row.structure ?? '',
        preview: row.preview ?? '',
        headerFields: row.header_fields ?? null,
        blob: hasBlob
          ? blobOver(store, asBlobHash(row.hash), { size_octets: size_octets ?? 0, location, frames, data })
          : undefined,
      });
    }
    return details;
  });
}
