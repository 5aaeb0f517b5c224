/**
 * One batch of the index's work: due emails are read, made into documents and handed to the writer. Doing it twice, or
 * half and then again, ends the same.
 */
import { MissingObject } from '#server/store/blobs/place.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import type { BlobHash } from '#server/store/ids.ts';
import type { SearchChange, SearchContent, SearchWriter } from '#server/store/search.ts';
import { read, type Store } from '#server/store/store.ts';

import { contentOf } from './content.ts';
import { type Due, type Indexable, selectIndexable } from './queries.ts';
import { readStoredMessage, type Told } from './stored-message.ts';

/** Terms handed to the writer at once, whatever the batch: memory stays bounded. */
const termsPerApply = 200_000;
/** A message to a whole academy is read once while it is being indexed for everybody. */
const contentsKept = 64;

const empty: SearchContent = { runs: [], extras: [] };

/** @returns what indexes a batch; it remembers the last messages it read. */
export function batchIndexer(store: Store, writer: SearchWriter, tell: Told) {
  const kept = new Map<BlobHash, SearchContent>();

  const contentFor = async (email: Indexable): Promise<SearchContent> => {
    const known = kept.get(email.hash);
    if (known) return known;
    const made = await readContent(email);
    if (kept.size >= contentsKept) kept.delete(kept.keys().next().value ?? email.hash);
    kept.set(email.hash, made);
    return made;
  };

  const readContent = async (email: Indexable): Promise<SearchContent> => {
    try {
      return contentOf(await readStoredMessage(store, email.tenantId, email.hash, tell));
    } catch (error) {
      if (!isOfThisMessage(error)) throw error;
      tell(`message ${email.hash}: ${String(error)}`);
      return empty;
    }
  };

  /** One document that the index refuses must not keep all others out of it: it stands there without words, and is told. */
  const apply = async (changes: readonly SearchChange[]): Promise<void> => {
    try {
      await writer.apply(changes);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      for (const change of changes) {
        await writer.apply([change]).catch(async (reason: unknown) => {
          if (!change.content) throw reason;
          await writer.apply([{ ...change, content: empty }]);
          tell(`email ${change.accountId}/${change.emailId} has no words in the index: ${String(reason)}`);
        });
      }
    }
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
      await apply(changes);
      changes = [];
      terms = 0;
    }
    if (changes.length > 0) await apply(changes);
  };
}

/** The message is at fault, or our reading of it: trying again would end the same. Anything else may pass. */
function isOfThisMessage(error: unknown): boolean {
  return error instanceof MissingObject || error instanceof RangeError || error instanceof TypeError;
}

function termsIn(content: SearchContent): number {
  return content.runs.reduce((sum, run) => sum + run.length, content.extras.length);
}
