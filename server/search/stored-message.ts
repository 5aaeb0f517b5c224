/**
 * The texts of a stored message. What was read when it came in is used; a damaged row is no reason not to find a
 * message, nor is a missing blob: what remains is found all the same, and the damage is told.
 */
import { BadStructure, readStructure } from '#formats/message/pack.ts';
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { parseMessage } from '#formats/message/parse.ts';
import type { Envelope, MessagePart } from '#formats/message/types.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { BlobHash, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import type { SearchableMessage } from './content.ts';
import { selectMessage } from './queries.ts';
import { type ReadOctets, readSearchable } from './searchable.ts';

export type Told = (problem: string) => void;

export interface StoredMessage {
  readonly envelope: Envelope;
  readonly structure: MessagePart;
  readonly readOctets: ReadOctets;
}

export async function openStoredMessage(
  store: Store,
  tenantId: TenantId,
  hash: BlobHash,
  tell: Told,
): Promise<StoredMessage> {
  const row = await read(store, (tx) => selectMessage(tx, tenantId, hash));
  const blob = await openBlob(store, tenantId, hash);
  if (!blob) tell(`no blob ${hash}`);
  const readOctets: ReadOctets = async (start, end) => (await blob?.bytes(start, end)) ?? new Uint8Array();
  const stored = row && unpack(row, hash, tell);
  const { envelope, structure } = stored ?? parseMessage(await readOctets(0, blob?.sizeOctets ?? 0));
  return { envelope, structure, readOctets };
}

export async function readStoredMessage(
  store: Store,
  tenantId: TenantId,
  hash: BlobHash,
  tell: Told,
): Promise<SearchableMessage> {
  const { envelope, structure, readOctets } = await openStoredMessage(store, tenantId, hash, tell);
  return readSearchable(envelope, structure, readOctets);
}

/** The message is at fault, or our reading of it: trying again would end the same. Anything else may pass. */
export function isOfThisMessage(error: unknown): boolean {
  return error instanceof MissingObject || error instanceof RangeError || error instanceof TypeError;
}

function unpack(row: { readonly envelope: string; readonly structure: string }, hash: BlobHash, tell: Told) {
  try {
    const envelope: unknown = JSON.parse(row.envelope);
    return { envelope: readStoredEnvelope(envelope), structure: readStructure(row.structure) };
  } catch (error) {
    if (!(error instanceof BadStructure || error instanceof SyntaxError)) throw error;
    tell(`message ${hash}: ${error.message}`);
    return undefined;
  }
}
