/**
 * Taking in octets: read once, staged once, then filed in as many accounts as receive them. The octets are never
 * changed. A message no reader can make sense of is still a message: it is filed as text.
 */
import { parseMessage } from '#formats/message/parse.ts';
import { stageBlob, stageSmallBlob } from '#server/store/blobs/store.ts';
import type { Store } from '#server/store/store.ts';

import { type ReadMessage, readyToFile } from './emails/file.ts';

/** Reads and stages a message; nothing is durable until it is filed in a transaction. */
export async function ingest(store: Store, octets: Uint8Array): Promise<ReadMessage> {
  const parsed = parseMessage(octets);
  return readyToFile(octets, parsed, await stageBlob(store, octets));
}

/**
 * The same on a thread that has no store, for a message small enough to be kept in a row; undefined for others. What it
 * gives may be sent to another thread.
 */
export function ingestAlone(octets: Uint8Array): ReadMessage | undefined {
  const staged = stageSmallBlob(octets);
  if (staged?.stored.kind !== 'row') return undefined;
  // A view would take all that lies around it along to the other side.
  const data = new Uint8Array(staged.stored.data);
  return readyToFile(octets, parseMessage(octets), { ...staged, stored: { kind: 'row', data } });
}
