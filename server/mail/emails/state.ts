/** ifInState (RFC 8620 §5.3), looked at again under the account's lock, where nobody can come in between. */
import { Refusal } from '#server/access/refusal.ts';
import type { ChangeType } from '#server/store/changes.ts';
import type { Modseq } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** @throws {Refusal} `stateMismatch` unless `expected` is undefined or what the type's state is. */
export function requireState(tx: AccountTx, expected: Modseq | undefined, type: ChangeType = 'Email'): void {
  if (expected !== undefined && (tx.before.states[type] ?? 0) !== expected) throw new Refusal('stateMismatch');
}
