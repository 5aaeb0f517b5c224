/** Whether the absence answer was changed since a moment, and ending it. Who may is the caller's to know. */
import type { Actor } from '#server/access/actor.ts';
import { listTrace, recordTrace } from '#server/records/trace.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { selectVacation, upsertVacation } from '#server/filters/queries/vacation.ts';

/** When it was changed last, in milliseconds since 1970; undefined where it answers nobody, or was not changed since. */
export async function vacationSince(
  store: Store,
  { tenantId, accountId }: { readonly tenantId: TenantId; readonly accountId: AccountId },
  since: number,
): Promise<number | undefined> {
  const [line] = await listTrace(store, tenantId, { accountId, verbs: ['changeVacation'], limit: 1 });
  if (!line || line.at < since) return undefined;
  const settings = await read(store, (tx) => selectVacation(tx, accountId));
  return settings?.isEnabled === true ? line.at : undefined;
}

/** It answers nobody any more; what it said stays to be looked at by its holder. @returns whether it did. */
export async function endVacation(tx: AccountTx, actor: Actor, at: number): Promise<boolean> {
  const { accountId, tenantId } = tx;
  const settings = await selectVacation(tx, accountId);
  if (settings?.isEnabled !== true) return false;
  await upsertVacation(tx, { ...settings, isEnabled: false });
  tx.changed('VacationResponse');
  const details = { isEnabled: false };
  await recordTrace(tx, { tenantId, actor, verb: 'changeVacation', at, accountId, details });
  return true;
}
