/** Statements: counters of ids that no account gives, tenants, and the tree of units. */
import { readUnit, type Unit, unitColumns } from '#server/directory/unit-row.ts';
import { asId, type Brand, type TenantId, type UnitId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export type { Unit };

const raiseCounter = statement<{ name: string; count: number }>()(({ q, p }) =>
  q
    .insertInto('counter')
    .values({ name: p.name, value: p.count })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((eb) => ({ value: eb('counter.value', '+', p.count) })),
    )
    .returning('value'),
);

export type CounterName =
  | 'tenant'
  | 'unit'
  | 'account'
  | 'person'
  | 'mandate'
  | 'role'
  | 'bulkAction'
  | 'compromise'
  | 'identityProvider'
  | 'peopleRun'
  | 'quotaRequest'
  | 'group'
  | 'appointment'
  | 'announcement'
  | 'approval';

/** Reserves `count` consecutive numbers, never given again. @returns the first one. */
export async function reserveIds(tx: Tx, name: CounterName, count: number): Promise<number> {
  const row = await raiseCounter.first(tx, { name, count });
  if (!row) throw new Error('the counter gave no number');
  return row.value - count + 1;
}

export async function newId<Id extends Brand<number, string>>(tx: Tx, name: CounterName): Promise<Id> {
  return asId<Id>(await reserveIds(tx, name, 1));
}

// ── tenants ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Tenant {
  readonly id: TenantId;
  /** Short name in lower case, for the command line and addresses of pages. */
  readonly slug: string;
  readonly name: string;
}

export async function insertTenant(tx: Tx, tenant: Tenant, at: number): Promise<void> {
  const { id, slug, name } = tenant;
  await insertRows(tx, 'tenant', [{ id, slug, name, settings: '{}', created_at: at }]);
}

const selectAllTenants = statement<object>()(({ q }) =>
  q.selectFrom('tenant').select(['id', 'slug', 'name']).orderBy('slug'),
);

export async function selectTenants(tx: Tx): Promise<readonly Tenant[]> {
  return (await selectAllTenants.all(tx, {})).map((row) => ({ ...row, id: asId<TenantId>(row.id) }));
}

const lockTenantRow = statement<{ tenantId: number }>()(({ q, p, dialect }) => {
  const query = q.selectFrom('tenant').select('id').where('id', '=', p.tenantId);
  // Not "for update": rows that refer to the tenant must not wait for us.
  return dialect === 'postgres' ? query.forNoKeyUpdate() : query;
});

/**
 * From here to the end of the transaction nobody else decides names, addresses or units in this tenant: what was found
 * free stays free. Writers of SQLite go one after the other anyway.
 */
export async function lockNames(tx: Tx, tenantId: TenantId): Promise<void> {
  await lockTenantRow.first(tx, { tenantId });
}

// ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertUnits(tx: Tx, tenantId: TenantId, units: readonly Unit[], at: number): Promise<void> {
  await insertRows(
    tx,
    'unit',
    units.map(({ id, parentId, path, kind, code, name, isPublic, department, closedAt }) => ({
      tenant_id: tenantId,
      id,
      parent_id: parentId,
      path,
      kind,
      code,
      name,
      is_public: isPublic ? 1 : 0,
      settings: '{}',
      created_at: at,
      department,
      closed_at: closedAt,
    })),
  );
}

const selectUnitById = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('unit').select(unitColumns).where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectUnit(tx: Tx, tenantId: TenantId, id: UnitId): Promise<Unit | undefined> {
  const row = await selectUnitById.first(tx, { tenantId, id });
  return row && readUnit(row);
}

const selectUnitByCodeOf = statement<{ tenantId: number; code: string }>()(({ q, p }) =>
  q.selectFrom('unit').select(unitColumns).where('tenant_id', '=', p.tenantId).where('code', '=', p.code),
);

export async function selectUnitByCode(tx: Tx, tenantId: TenantId, code: string): Promise<Unit | undefined> {
  const row = await selectUnitByCodeOf.first(tx, { tenantId, code });
  return row && readUnit(row);
}

// '0' is the character after '/': a path's subtree is what begins with it.
const selectSubtree = statement<{ tenantId: number; from: string; until: string }>()(({ q, p }) =>
  q
    .selectFrom('unit')
    .select(unitColumns)
    .where('tenant_id', '=', p.tenantId)
    .where('path', '>=', p.from)
    .where('path', '<', p.until)
    .orderBy('path'),
);

/** The unit at `path` and all below, parents before children; '/' is the whole tree. */
export async function selectUnits(tx: Tx, tenantId: TenantId, path: string): Promise<readonly Unit[]> {
  const until = `${path.slice(0, -1)}0`;
  return (await selectSubtree.all(tx, { tenantId, from: path, until })).map(readUnit);
}

const updatePath = statement<{ tenantId: number; id: number; parentId: number | null; path: string }>()(({ q, p }) =>
  q
    .updateTable('unit')
    .set({ parent_id: p.parentId, path: p.path })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateUnitPlace(tx: Tx, tenantId: TenantId, { id, parentId, path }: Unit): Promise<void> {
  await updatePath.run(tx, { tenantId, id, parentId, path });
}

const updateOne = statement<{
  tenantId: number;
  id: number;
  kind: string;
  code: string | null;
  name: string;
  isPublic: number;
  department: string | null;
  closedAt: number | null;
}>()(({ q, p }) =>
  q
    .updateTable('unit')
    .set({
      kind: p.kind,
      code: p.code,
      name: p.name,
      is_public: p.isPublic,
      department: p.department,
      closed_at: p.closedAt,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** All but its place in the tree. */
export async function updateUnit(tx: Tx, tenantId: TenantId, given: Unit): Promise<void> {
  const { id, kind, code, name, isPublic, department, closedAt } = given;
  await updateOne.run(tx, { tenantId, id, kind, code, name, isPublic: isPublic ? 1 : 0, department, closedAt });
}

const selectOpenBelow = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('unit')
    .select('id')
    .where('tenant_id', '=', p.tenantId)
    .where('parent_id', '=', p.id)
    .where('closed_at', 'is', null)
    .limit(1),
);

/** Whether a unit right below it is open. */
export async function hasOpenBelow(tx: Tx, tenantId: TenantId, id: UnitId): Promise<boolean> {
  return (await selectOpenBelow.first(tx, { tenantId, id })) !== undefined;
}
