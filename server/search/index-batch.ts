/**
 * One batch of the index's work: due emails are read, made into documents and handed to the writer. Doing it twice, or
 * half and then again, ends the same.
 */
import { StoreUnavailable } from '#server/store/connection.ts';
import type { BlobHash } from '#server/store/ids.ts';
import type { IndexedContent, SearchChange, SearchContent, SearchTexts, SearchWriter } from '#server/store/search.ts';
import { read, type Store } from '#server/store/store.ts';

import { contentOf } from './content.ts';
import { type Due, type Indexable, selectIndexable } from './queries.ts';
import { readSearchable } from './searchable.ts';
import { isOfThisMessage, openStoredMessage, type Told } from './stored-message.ts';
import { readSubstringTexts } from './substring-text.ts';

/** Terms and octets of texts handed to the writer at once, whatever the batch: memory stays bounded. */
const termsPerApply = 200_000;
const textOctetsPerApply = 8 * 1024 * 1024;
/** A message to a whole academy is read once while it is being indexed for everybody. */
const contentsKept = 64;
const textOctetsKept = 8 * 1024 * 1024;

const noTexts: SearchTexts = { head: new Uint8Array(), body: new Uint8Array() };
const empty: IndexedContent = { runs: [], extras: [], texts: noTexts };

/** @returns what indexes a batch; it remembers the last messages it read. */
export function batchIndexer(store: Store, writer: SearchWriter, tell: Told) {
  const kept = new Map<BlobHash, IndexedContent>();
  let keptOctets = 0;

  const contentFor = async (email: Indexable): Promise<IndexedContent> => {
    const known = kept.get(email.hash);
    if (known) return known;
    const made = await readContent(email);
    kept.set(email.hash, made);
    keptOctets += textOctetsIn(made);
    for (const [hash, old] of kept) {
      if (kept.size <= contentsKept && keptOctets <= textOctetsKept) break;
      kept.delete(hash);
      keptOctets -= textOctetsIn(old);
    }
    return made;
  };

  const readContent = async (email: Indexable): Promise<IndexedContent> => {
    try {
      const { envelope, structure, readOctets } = await openStoredMessage(store, email.tenantId, email.hash, tell);
      const content = contentOf(await readSearchable(envelope, structure, readOctets));
      return { ...content, texts: await readSubstringTexts(structure, readOctets) };
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
    let octets = 0;
    for (const due of batch) {
      const email = found.get(`${due.accountId} ${due.emailId}`);
      const content = email && (await contentFor(email));
      changes.push({ ...due, content });
      terms += content ? termsIn(content) : 1;
      octets += content ? textOctetsIn(content) : 0;
      if (terms < termsPerApply && octets < textOctetsPerApply) continue;
      await apply(changes);
      changes = [];
      terms = 0;
      octets = 0;
    }
    if (changes.length > 0) await apply(changes);
  };
}

function termsIn(content: SearchContent): number {
  return content.runs.reduce((sum, run) => sum + run.length, content.extras.length);
}

function textOctetsIn({ texts }: IndexedContent): number {
  return texts.head.length + texts.body.length;
}
