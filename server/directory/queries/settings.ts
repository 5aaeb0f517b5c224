/** Statements: the settings of a tenant. */
import type { TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

export type TenantSettings = Readonly<Record<string, unknown>>;

const selectOne = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('tenant').select('settings').where('id', '=', p.tenantId),
);

const lockOne = statement<{ tenantId: number }>()(({ q, p, dialect }) => {
  const query = q.selectFrom('tenant').select('settings').where('id', '=', p.tenantId);
  // Not FOR UPDATE: rows of other tables that refer to the tenant may be inserted meanwhile.
  return dialect === 'postgres' ? query.forNoKeyUpdate() : query;
});

export async function selectSettings(tx: Tx, tenantId: TenantId, why?: 'toChange'): Promise<TenantSettings> {
  const row = await (why === 'toChange' ? lockOne : selectOne).first(tx, { tenantId });
  const value: unknown = JSON.parse(row?.settings ?? '{}');
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const updateOne = statement<{ tenantId: number; settings: string }>()(({ q, p }) =>
  q.updateTable('tenant').set({ settings: p.settings }).where('id', '=', p.tenantId),
);

export async function updateSettings(tx: Tx, tenantId: TenantId, settings: TenantSettings): Promise<void> {
  await updateOne.run(tx, { tenantId, settings: JSON.stringify(settings) });
}
