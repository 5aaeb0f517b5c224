/** SQL of deliveries: how messages arrived. */
import type { BlobHash, TenantId, Uuid } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { Arrival } from './arrival.ts';

/** Keeps how a message came, once a tenant. */
export async function insertArrival(tx: Tx, tenantId: TenantId, arrival: Arrival): Promise<void> {
  const { id, at, ...details } = arrival;
  const row = { tenant_id: tenantId, id, at, details: JSON.stringify(details) };
  await insertRows(tx, 'arrival', [row], 'ignore');
}

const selectArrived = statement<{ accountId: number; hash: string; arrivalId: string }>()(({ q, p }) =>
  q
    .selectFrom('email')
    .select('id')
    .where('account_id', '=', p.accountId)
    .where('hash', '=', p.hash)
    .where('arrival_id', '=', p.arrivalId)
    .limit(1),
);

/** Whether the account of `tx` has the message of this arrival already. */
export async function hasArrived(tx: AccountTx, hash: BlobHash, arrivalId: Uuid): Promise<boolean> {
  return (await selectArrived.first(tx, { accountId: tx.accountId, hash, arrivalId })) !== undefined;
}
