/** Statements: recovery codes, as keyed hashes. */
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

export async function insertRecoveryCodes(tx: Tx, who: Who, hashes: readonly string[], at: number): Promise<void> {
  const { tenantId: tenant_id, personId: person_id } = who;
  await insertRows(
    tx,
    'recovery_code',
    hashes.map((hash) => ({ tenant_id, person_id, hash, created_at: at, used_at: null })),
  );
}

const selectCodes = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('recovery_code')
    .select(['created_at', 'used_at'])
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId),
);

export async function selectRecoveryCodes(
  tx: Tx,
  { tenantId, personId }: Who,
): Promise<readonly { readonly createdAt: number; readonly usedAt: number | null }[]> {
  const rows = await selectCodes.all(tx, { tenantId, personId });
  return rows.map((row) => ({ createdAt: row.created_at, usedAt: row.used_at }));
}

const selectOne = statement<{ tenantId: number; personId: number; hash: string }>()(({ q, p }) =>
  q
    .selectFrom('recovery_code')
    .select('hash')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('hash', '=', p.hash)
    .where('used_at', 'is', null),
);

/** Whether it is one of theirs, and was not used. */
export async function selectIsRecoveryCode(tx: Tx, { tenantId, personId }: Who, hash: string): Promise<boolean> {
  return (await selectOne.first(tx, { tenantId, personId, hash })) !== undefined;
}

const useCode = statement<{ tenantId: number; personId: number; hash: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('recovery_code')
    .set({ used_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('hash', '=', p.hash)
    .where('used_at', 'is', null),
);

/** @returns false for one that is none of theirs, or was used. */
export async function updateRecoveryCodeUsed(
  tx: Tx,
  { tenantId, personId }: Who,
  hash: string,
  at: number,
): Promise<boolean> {
  return (await useCode.run(tx, { tenantId, personId, hash, at })) > 0;
}

const deleteCodes = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q.deleteFrom('recovery_code').where('tenant_id', '=', p.tenantId).where('person_id', '=', p.personId),
);

export async function deleteRecoveryCodes(tx: Tx, { tenantId, personId }: Who): Promise<void> {
  await deleteCodes.run(tx, { tenantId, personId });
}
