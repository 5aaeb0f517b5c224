/** Statements: the settings of a unit and of those above it. */
import type { TenantId, UnitId } from '#server/store/ids.ts';
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
