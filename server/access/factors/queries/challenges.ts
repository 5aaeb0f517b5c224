/** Statements: challenges that were answered. */
import type { TenantId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

const deleteSpent = statement<{ tenantId: number; at: number }>()(({ q, p }) =>
  q.deleteFrom('spent_challenge').where('tenant_id', '=', p.tenantId).where('expires_at', '<', p.at),
);

/** Notes that a challenge was answered. @returns false when it was before. */
export async function spendChallenge(
  tx: Tx,
  tenantId: TenantId,
  { hash, expiresAt, at }: { readonly hash: string; readonly expiresAt: number; readonly at: number },
): Promise<boolean> {
  await deleteSpent.run(tx, { tenantId, at });
  return (
    (await insertRows(tx, 'spent_challenge', [{ tenant_id: tenantId, hash, expires_at: expiresAt }], 'ignore')) > 0
  );
}
