/**
 * Filing what an import brings, many at a time: what the mailbox has already is passed over, the rest is read, staged
 * and filed in one transaction together with how far the import came. One message that cannot be read stops nobody.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { SystemActor } from '#server/access/actor.ts';
import { type Appending, appendMany } from '#server/mail/emails/append-many.ts';
import { ingest } from '#server/mail/ingest.ts';
import type { Keywords } from '#server/mail/keywords.ts';
import type { MailboxTarget } from '#server/mail/mailboxes/path.ts';
import { hashOf } from '#server/store/blobs/stage.ts';
import type { AccountId, MailboxId, Milliseconds } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { selectKnownHashes } from './queries.ts';
import type { RefusedMessage } from './record.ts';

export interface IncomingMessage {
  /** Its uid, or its place in the file: for the report. */
  readonly message: string;
  readonly octets: Uint8Array;
  readonly keywords: Keywords;
  readonly receivedAt: Milliseconds;
}

export interface BatchPlace {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** For people and the report. */
  readonly folder: string;
  /** Where the same octets make a message known. */
  readonly knownBy: 'mailbox' | 'account';
}

export interface BatchResult {
  readonly imported: number;
  readonly duplicates: number;
  /** Of those imported. */
  readonly octets: number;
  readonly refused: readonly RefusedMessage[];
}

/** A batch ends when it has so many messages or octets. */
export const batchLimits = { messages: 400, octets: 16 * 1024 * 1024 };
/** So many messages are read before others on the event loop get their turn. */
const messagesPerTurn = 16;

const importer: SystemActor = { kind: 'system', as: 'job' };

/**
 * @param alongWith more rows of the same commit; may run twice (PostgreSQL).
 * @throws {Refusal} `overQuota`, with nothing of the batch filed; `noSuchMailbox` where it has gone.
 */
export async function fileBatch(
  store: Store,
  place: BatchPlace,
  batch: readonly IncomingMessage[],
  alongWith: (tx: AccountTx, result: BatchResult) => Promise<void> = () => Promise.resolve(),
): Promise<BatchResult> {
  const { accountId, mailboxId } = place;
  const hashed = batch.map((incoming) => ({ incoming, hash: hashOf(incoming.octets) }));
  const hashes = hashed.map(({ hash }) => hash);
  const within = place.knownBy === 'mailbox' ? mailboxId : undefined;
  const known = new Set(await read(store, (tx) => selectKnownHashes(tx, accountId, within, hashes)));
  const items: Appending[] = [];
  const refused: RefusedMessage[] = [];
  const mailbox: MailboxTarget = { kind: 'id', id: mailboxId };
  let octets = 0;
  for (const [index, { incoming, hash }] of hashed.entries()) {
    if (known.has(hash)) continue;
    known.add(hash);
    if (index % messagesPerTurn === 0) await nextTurn();
    const { keywords, receivedAt } = incoming;
    try {
      const message = await ingest(store, incoming.octets);
      items.push({ message, placements: [{ accountId, mailbox, keywords, receivedAt }] });
      octets += incoming.octets.length;
    } catch (error) {
      // Only what the reader of messages makes of these octets; a store that is away is no fault of theirs.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      refused.push({ folder: place.folder, message: incoming.message, reason: 'unreadable' });
    }
  }
  const duplicates = batch.length - items.length - refused.length;
  const result = { imported: items.length, duplicates, octets, refused };
  if (items.length === 0) await transaction(store, accountId, (tx) => alongWith(tx, result));
  else {
    await appendMany(store, importer, items, async (_, [tx]) => {
      if (tx) await alongWith(tx, result);
    });
  }
  return result;
}
