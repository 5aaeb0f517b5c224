/** A recovery address that somebody gave since a moment, and taking it back. Who may is the caller's to know. */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { deleteRecoveryAddress, selectRecoveryAt } from './queries.ts';

/** When it was confirmed, in milliseconds since 1970; undefined where it was not since. */
export async function recoverySince(tx: Tx, who: PersonRef, since: number): Promise<number | undefined> {
  const at = await selectRecoveryAt(tx, who);
  return at !== null && at >= since ? at : undefined;
}

/** It opens nothing any more; the next login asks for another one. */
export async function forgetRecovery(tx: AccountTx, actor: Actor, who: PersonRef, at: number): Promise<void> {
  const { tenantId, personId } = who;
  await deleteRecoveryAddress(tx, who, at);
  const details = { of: personId };
  await recordTrace(tx, { tenantId, actor, verb: 'forgetRecoveryAddress', at, accountId: tx.accountId, details });
}
