/** Statements: the settings of a unit and of those above it. */
import { asId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { rows, statement, type Tx } from '#server/store/statement.ts';

export interface UnitSettings {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const selectPath = statement<{ tenantId: number; unitId: number }>()(({ q, p }) =>
  q.selectFrom('unit').select('path').where('tenant_id', '=', p.tenantId).where('id', '=', p.unitId),
);

/** The unit itself first, then upwards. */
export async function selectUnitSettings(tx: Tx, tenantId: TenantId, unitId: UnitId): Promise<readonly UnitSettings[]> {
  const path = (await selectPath.first(tx, { tenantId, unitId }))?.path ?? '/';
  const ids = path.split('/').flatMap((part) => (part === '' ? [] : [Number(part)]));
  const found = await rows(
    tx,
    tx.q
      .selectFrom('unit')
      .select(['id', 'name', 'settings'])
      .where('tenant_id', '=', tenantId)
      .where(tx.anyOf('id', ids)),
  );
  return found
    .toSorted((a, b) => ids.indexOf(b.id) - ids.indexOf(a.id))
    .map(({ name, settings }) => ({ name, settings: readSettings(settings) }));
}

function readSettings(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const selectEvery = statement<{ tenantId: number }>()(({ q, p }) =>
  q
    .selectFrom('unit')
    .select(['id', 'name', 'path', 'department', 'settings'])
    .where('tenant_id', '=', p.tenantId)
    .where('closed_at', 'is', null)
    .orderBy('path'),
);

export interface PlacedSettings extends UnitSettings {
  readonly id: UnitId;
  readonly path: string;
  readonly department: string | null;
}

/** Of all units that are open, parents before children. */
export async function selectEveryUnitSettings(tx: Tx, tenantId: TenantId): Promise<readonly PlacedSettings[]> {
  return (await selectEvery.all(tx, { tenantId })).map(({ id, settings, ...row }) => ({
    ...row,
    id: asId<UnitId>(id),
    settings: readSettings(settings),
  }));
}

const lockOne = statement<{ tenantId: number; id: number }>()(({ q, p, dialect }) => {
  const query = q.selectFrom('unit').select('settings').where('tenant_id', '=', p.tenantId).where('id', '=', p.id);
  return dialect === 'postgres' ? query.forNoKeyUpdate() : query;
});

const updateOne = statement<{ tenantId: number; id: number; settings: string }>()(({ q, p }) =>
  q.updateTable('unit').set({ settings: p.settings }).where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

/** Replaces the members that `change` names, and keeps the others. */
export async function updateUnitSettings(
  tx: Tx,
  tenantId: TenantId,
  id: UnitId,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  const row = await lockOne.first(tx, { tenantId, id });
  if (!row) return;
  await updateOne.run(tx, { tenantId, id, settings: JSON.stringify({ ...readSettings(row.settings), ...change }) });
}
