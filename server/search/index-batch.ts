/**
 * One batch of the index's work: due emails are read, made into documents and handed to the writer. Doing it twice, or
 * half and then again, ends the same.
 */
import { BadStructure, readStructure } from '#formats/message/pack.ts';
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { BlobHash, TenantId } from '#server/store/ids.ts';
import type { SearchChange, SearchContent, SearchWriter } from '#server/store/search.ts';
import { read, type Store } from '#server/store/store.ts';

import { contentOf } from './content.ts';
import { type Due, type Indexable, selectIndexable, selectMessage } from './queries.ts';
import { type ReadOctets, readSearchable } from './searchable.ts';

/** Terms handed to the writer at once, whatever the batch: memory stays bounded. */
const termsPerApply = 200_000;
/** A message to a whole academy is read once while it is being indexed for everybody. */
const contentsKept = 64;

export type Told = (problem: string) => void;

/** @returns what indexes a batch; it remembers the last messages it read. */
export function batchIndexer(store: Store, writer: SearchWriter, tell: Told) {
  const kept = new Map<BlobHash, SearchContent>();

  const contentFor = async (email: Indexable): Promise<SearchContent> => {
    const known = kept.get(email.hash);
    if (known) return known;
    const made = await readContent(store, email.tenantId, email.hash, tell);
    if (kept.size >= contentsKept) kept.delete(kept.keys().next().value ?? email.hash);
    kept.set(email.hash, made);
    return made;
  };

  return async (batch: readonly Due[]): Promise<void> => {
    const emails = await read(store, (tx) => selectIndexable(tx, batch));
    const found = new Map(emails.map((email) => [`${email.accountId} ${email.emailId}`, email]));
    let changes: SearchChange[] = [];
    let terms = 0;
    for (const due of batch) {
      const email = found.get(`${due.accountId} ${due.emailId}`);
      const content = email && (await contentFor(email));
      changes.push({ ...due, content });
      terms += content ? termsIn(content) : 1;
      if (terms < termsPerApply) continue;
      await writer.apply(changes);
      changes = [];
      terms = 0;
    }
    if (changes.length > 0) await writer.apply(changes);
  };
}

function termsIn(content: SearchContent): number {
  return content.runs.reduce((sum, run) => sum + run.length, content.extras.length);
}

/** What cannot be read is told and left out: the rest of the message is found all the same. */
async function readContent(store: Store, tenantId: TenantId, hash: BlobHash, tell: Told): Promise<SearchContent> {
  const row = await read(store, (tx) => selectMessage(tx, tenantId, hash));
  const blob = await openBlob(store, tenantId, hash);
  if (!blob) tell(`no blob ${hash}`);
  const readOctets: ReadOctets = async (start, end) => (await blob?.bytes(start, end)) ?? new Uint8Array();
  const stored = row && unpack(row, hash, tell);
  const { envelope, structure } = stored ?? parseMessage(await readOctets(0, blob?.sizeOctets ?? 0));
  return contentOf(await readSearchable(envelope, structure, readOctets));
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
