/**
 * Every key to an account at once: sessions, app passwords and tokens, the trust in browsers. And, when it is given
 * back, the second factors too: others may have added theirs. Who may do it is the caller's to know.
 */
import { recordTrace } from '#server/records/trace.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { Actor } from './actor.ts';
import { endSessions } from './end-sessions.ts';
import { distrustDevices } from './factors/device.ts';
import { deleteFactors } from './factors/queries/factors.ts';
import { deleteRecoveryCodes } from './factors/queries/recovery-codes.ts';
import { deletePushOf, updateAllRevoked } from './queries/credentials.ts';
import type { Holder } from './queries/people.ts';

export interface Closed {
  readonly sessions: number;
  /** App passwords and tokens. */
  readonly credentials: number;
  /** Browsers that went without a second factor. */
  readonly devices: number;
}

export async function closeDoors(tx: AccountTx, actor: Actor, holder: Holder, at: number): Promise<Closed> {
  const { tenantId, personId, accountId } = holder;
  const closed: Closed = {
    sessions: await endSessions(tx, holder, at),
    credentials: await updateAllRevoked(tx, holder, at),
    devices: await distrustDevices(tx, holder),
  };
  // Where news of the mailbox went, by whoever asked for them.
  await deletePushOf(tx, holder);
  tx.changed('Account');
  await recordTrace(tx, { tenantId, actor, verb: 'closeDoors', at, accountId, details: { of: personId, ...closed } });
  return closed;
}

/** Nothing anybody enrolled counts any more. @returns how many factors there were. */
export async function forgetFactors(tx: AccountTx, actor: Actor, holder: Holder, at: number): Promise<number> {
  const { tenantId, personId, accountId } = holder;
  const removed = await deleteFactors(tx, holder);
  await deleteRecoveryCodes(tx, holder);
  const details = { of: personId, removed };
  await recordTrace(tx, { tenantId, actor, verb: 'resetFactors', at, accountId, details });
  return removed;
}
