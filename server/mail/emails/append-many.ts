/**
 * Appending in bulk: many messages into many accounts in one commit, without ringing anybody's bell. Each message is
 * read and staged once, however many receive it. For imports and the demonstration; a delivery files one (file.ts).
 */
import type { Actor } from '#server/access/actor.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { unstageBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asMilliseconds, type Milliseconds } from '#server/store/ids.ts';
import { selectStoredBlobs } from '#server/store/blobs/link-many.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { type AccountTx, transactions } from '#server/store/transaction.ts';

import type { Keywords } from '#server/mail/keywords.ts';
import { type MailboxTarget, mailboxFinder } from '#server/mail/mailboxes/path.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { fileMany, type MessageToFile } from './file-many.ts';

export interface Appending {
  readonly message: ReadMessage;
  /** One email each; none keeps the message nowhere. */
  readonly placements: readonly {
    readonly accountId: AccountId;
    readonly mailbox: MailboxTarget;
    readonly keywords: Keywords;
    readonly receivedAt: Milliseconds;
  }[];
}

/**
 * Files them all, or none. The accounts are locked together for as long as it takes: some hundred messages at once.
 *
 * @param alongWith more rows of the same commit, such as how far an import came; `accounts` are those that were locked,
 * in ascending order. May run twice (PostgreSQL).
 * @returns how many emails were filed.
 * @throws {Refusal} `mayNot`, `overQuota`, and what making a mailbox refuses.
 */
export async function appendMany(
  store: Store,
  actor: Actor,
  items: readonly Appending[],
  alongWith: (tx: Tx, accounts: readonly AccountTx[]) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  requireSystem(actor);
  const at = store.now();
  const byAccount = new Map<AccountId, (Omit<MessageToFile, 'filing'> & Appending['placements'][number])[]>();
  for (const { message, placements } of items) {
    for (const placement of placements)
      byAccount.getOrInsertComputed(placement.accountId, () => []).push({ message, ...placement });
  }
  // In ascending order, as they are locked: whoever else writes shared rows in that order cannot cross us.
  const accountIds = [...byAccount.keys()].sort((a, b) => a - b);
  if (accountIds.length === 0) {
    await write(store, (tx) => alongWith(tx, []));
    return 0;
  }
  const filed = await transactions(store, accountIds, async (txs) => {
    let count = 0;
    for (const tx of txs) count += await fileIn(tx, byAccount.get(tx.accountId) ?? [], at);
    const [first] = txs;
    if (first) await alongWith(first, txs);
    return count;
  });
  await unstageDoubles(store, items);
  return filed;
}

async function fileIn(
  tx: AccountTx,
  those: readonly (Omit<MessageToFile, 'filing'> & Appending['placements'][number])[],
  at: number,
): Promise<number> {
  const find = await mailboxFinder(tx, at);
  const toFile: MessageToFile[] = [];
  for (const { message, mailbox, keywords, receivedAt } of those) {
    const filing = {
      mailboxIds: [await find(mailbox)],
      keywords,
      receivedAt,
      arrivalId: null,
      savedAt: asMilliseconds(at),
      isDelivery: false,
    };
    toFile.push({ message, filing });
  }
  return (await fileMany(tx, toFile)).length;
}

/** Large messages that the tenant had already were staged for nothing. */
async function unstageDoubles(store: Store, items: readonly Appending[]): Promise<void> {
  const large = items.flatMap(({ message: { staged }, placements }) => {
    const accountId = placements[0]?.accountId;
    return staged.stored.kind === 'row' || accountId === undefined
      ? []
      : [{ staged, accountId, location: staged.stored.location }];
  });
  if (large.length === 0) return;
  const kept = await read(store, (tx) => selectStoredBlobs(tx, large));
  for (const { staged, location } of large) if (!kept.has(location)) await unstageBlob(store, staged);
}
