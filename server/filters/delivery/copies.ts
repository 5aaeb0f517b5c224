/**
 * Which copy of a group's message an account has had, as long as the group has not been served whole: whoever sends to a
 * group again sends to all of it, and who has the message does not get it twice (RFC 2033 §4.2 knows the group as one).
 * Kept in the transaction that files the message, whatever the filters left of it.
 */
import { deleteRemembered, remember, selectRemembered } from '#server/filters/queries/memory.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** Longer than servers in front of us try (RFC 5321 §4.5.4.1: four or five days). */
const keptMs = 7 * 86_400_000;

/** Whether the account of `tx` was given its copy under one of these keys. */
export async function hasCopy(tx: AccountTx, keys: readonly string[], at: number): Promise<boolean> {
  for (const key of keys) if ((await selectRemembered(tx, tx.accountId, 'copy', key, at)) > 0) return true;
  return false;
}

export async function noteCopy(tx: AccountTx, keys: readonly string[], at: number): Promise<void> {
  for (const key of keys) await remember(tx, 'copy', key, at, at + keptMs);
}

/** All of them have it: the same octets sent once more are another message. */
export async function forgetCopies(tx: Tx, accountIds: readonly AccountId[], key: string): Promise<void> {
  await deleteRemembered(tx, accountIds, 'copy', key);
}
