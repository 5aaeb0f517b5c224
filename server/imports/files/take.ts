/**
 * Taking what a reader of files found: folders planned as those of a server are, messages filed in batches as they
 * come, one folder at a time where the file has them so.
 */
import {
  type BatchPlace,
  type BatchResult,
  batchLimits,
  fileBatch,
  type IncomingMessage,
} from '#server/imports/file-batch.ts';
import { keywordsOfFlags } from '#server/imports/flags.ts';
import { type PlannedFolder, planFolders } from '#server/imports/folders.ts';
import type { RefusedMessage } from '#server/imports/record.ts';
import { Refusal } from '#server/access/refusal.ts';
import { mailboxFinder, type MailboxTarget } from '#server/mail/mailboxes/path.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { arrivalOf } from './arrival.ts';
import type { FoundMessage } from './found.ts';

export interface Taking {
  readonly store: Store;
  readonly accountId: AccountId;
  /** Into this mailbox, whatever the file's folders are; null for a folder each. */
  readonly into: MailboxTarget | null;
  /** More rows of the same commit as a batch; may run twice (PostgreSQL). */
  readonly alongWith?: (tx: AccountTx, result: BatchResult) => Promise<void>;
  /** After each commit. */
  readonly onBatch?: (result: BatchResult, folder: string) => void;
}

/** @throws {Refusal} `overQuota`; what the reader throws. */
export async function takeFound(taking: Taking, found: AsyncIterable<FoundMessage>): Promise<void> {
  const { store } = taking;
  const places = new Map<string, BatchPlace | undefined>();
  let batch: IncomingMessage[] = [];
  let refused: RefusedMessage[] = [];
  let octets = 0;
  let place: BatchPlace | undefined;
  let label = '';
  const flush = async (): Promise<void> => {
    if (batch.length + refused.length === 0) return;
    const [full, no] = [batch, refused];
    [batch, refused, octets] = [[], [], 0];
    const result = await fileAll(taking, place, full, no);
    taking.onBatch?.(result, label);
  };
  for await (const one of found) {
    const key = JSON.stringify(one.folder);
    if (key !== label || !places.has(key)) {
      await flush();
      if (!places.has(key)) places.set(key, await openPlace(taking, one.folder));
      place = places.get(key);
      label = key;
    }
    const folder = place?.folder ?? one.folder.join('/');
    if (one.kind === 'folder') continue;
    if (one.kind === 'refused') refused.push({ folder, message: one.message.slice(0, 500), reason: one.reason });
    else if (!place) refused.push({ folder, message: one.message.slice(0, 500), reason: 'badFolder' });
    else {
      const receivedAt = arrivalOf(one.octets, one.receivedAt, store.now());
      batch.push({
        message: one.message.slice(0, 500),
        octets: one.octets,
        keywords: keywordsOfFlags(one.flags),
        receivedAt,
      });
      octets += one.octets.length;
    }
    if (batch.length + refused.length >= batchLimits.messages || octets >= batchLimits.octets) await flush();
  }
  await flush();
}

async function fileAll(
  { store, accountId, alongWith }: Taking,
  place: BatchPlace | undefined,
  batch: readonly IncomingMessage[],
  refused: readonly RefusedMessage[],
): Promise<BatchResult> {
  const along = async (tx: AccountTx, result: BatchResult): Promise<void> =>
    alongWith?.(tx, { ...result, refused: [...refused, ...result.refused] });
  if (!place) {
    const result = { imported: 0, duplicates: 0, octets: 0, refused };
    await transaction(store, accountId, (tx) => along(tx, { ...result, refused: [] }));
    return result;
  }
  const result = await fileBatch(store, place, batch, along);
  return { ...result, refused: [...refused, ...result.refused] };
}

/** Undefined where no mailbox may be called so. */
async function openPlace(taking: Taking, names: readonly string[]): Promise<BatchPlace | undefined> {
  const { store, accountId, into } = taking;
  const planned: PlannedFolder | undefined = planFolders([...ancestorsOf(names)]).find(
    ({ path }) => path === pathOf(names),
  );
  const target: MailboxTarget = into ?? planned?.target ?? { kind: 'role', role: 'inbox' };
  try {
    const mailboxId: MailboxId = await transaction(store, accountId, async (tx) =>
      (await mailboxFinder(tx, store.now()))(target),
    );
    return { accountId, mailboxId, folder: planned?.label ?? '', knownBy: 'mailbox' };
  } catch (error) {
    if (error instanceof Refusal && ['invalidProperties', 'alreadyExists', 'tooMany'].includes(error.reason))
      return undefined;
    throw error;
  }
}

/** With those above it, so that a folder below "Envoyés" comes to stand below the mailbox that was sent from. */
function* ancestorsOf(names: readonly string[]) {
  yield { path: 'INBOX', names: ['INBOX'] };
  // One that stands beside, so that names below INBOX keep that level.
  yield { path: ' ', names: [' '] };
  for (let length = 1; length <= names.length; length += 1) {
    const those = names.slice(0, length);
    if (pathOf(those) !== 'INBOX') yield { path: pathOf(those), names: those };
  }
}

function pathOf(names: readonly string[]): string {
  return names.length === 1 && names[0]?.toLowerCase() === 'inbox' ? 'INBOX' : names.join('/');
}
