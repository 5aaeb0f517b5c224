/**
 * Taking in octets: read once, staged once, then filed in as many accounts as receive them. The octets are never
 * changed. A message no reader can make sense of is still a message: it is filed as text.
 */
import { parseMessage } from '#formats/message/parse.ts';
import { stageBlob } from '#server/store/blobs/store.ts';
import type { Store } from '#server/store/store.ts';

import { type ReadMessage, readyToFile } from './reading/read.ts';
import { readElsewhere } from './reading/start.ts';

/** Reads and stages a message; nothing is durable until it is filed in a transaction. */
export async function ingest(store: Store, octets: Uint8Array): Promise<ReadMessage> {
  const read = await readElsewhere(store, octets);
  return read ?? readyToFile(octets, parseMessage(octets), await stageBlob(store, octets));
}
