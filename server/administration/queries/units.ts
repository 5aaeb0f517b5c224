/** Statements: units as the console shows them, and how many people are of each. */
import { sql } from 'kysely';

import { readUnit, type Unit, unitColumns } from '#server/directory/unit-row.ts';
import { asId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';

/** Every unit under these paths (undefined: all), parents before children. */
export async function selectUnitsUnder(
  tx: Tx,
  tenantId: TenantId,
  paths: readonly string[] | undefined,
): Promise<readonly Unit[]> {
  let query = tx.q.selectFrom('unit').select(unitColumns).where('tenant_id', '=', tenantId).orderBy('path');
  if (paths)
    query = query.where((eb) =>
      eb.or(paths.map((path) => eb.and([eb('path', '>=', path), eb('path', '<', `${path.slice(0, -1)}0`)]))),
    );
  return (await rows(tx, query)).map(readUnit);
}

export async function selectUnitRows(tx: Tx, tenantId: TenantId, ids: readonly UnitId[]): Promise<readonly Unit[]> {
  if (ids.length === 0) return [];
  const query = tx.q.selectFrom('unit').select(unitColumns).where('tenant_id', '=', tenantId);
  return (await rows(tx, query.where(tx.anyOf('id', ids)))).map(readUnit);
}

export async function selectUnitNamesOf(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly UnitId[],
): Promise<ReadonlyMap<UnitId, string>> {
  if (ids.length === 0) return new Map();
  const query = tx.q.selectFrom('unit').select(['id', 'name']).where('tenant_id', '=', tenantId);
  return new Map((await rows(tx, query.where(tx.anyOf('id', ids)))).map((row) => [asId<UnitId>(row.id), row.name]));
}

/** How many units are right below each; those without any are left out. */
export async function countBelow(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly UnitId[],
): Promise<ReadonlyMap<UnitId, number>> {
  const query = tx.q.selectFrom('unit').select((eb) => ['parent_id as id', eb.fn.countAll<number>().as('count')]);
  const those = query.where('tenant_id', '=', tenantId).where(tx.anyOf('parent_id', ids)).groupBy('parent_id');
  return ids.length === 0 ? new Map() : countsOf(await rows(tx, those));
}

/** How many people are of each; those without any are left out. */
export async function countPeopleIn(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly UnitId[],
): Promise<ReadonlyMap<UnitId, number>> {
  const query = tx.q.selectFrom('person').select((eb) => ['unit_id as id', eb.fn.countAll<number>().as('count')]);
  const those = query.where('tenant_id', '=', tenantId).where(tx.anyOf('unit_id', ids)).groupBy('unit_id');
  return ids.length === 0 ? new Map() : countsOf(await rows(tx, those));
}

function countsOf(found: readonly { readonly id: number | null; readonly count: number }[]) {
  return new Map(found.flatMap(({ id, count }) => (id === null ? [] : [[asId<UnitId>(id), count] as const])));
}

/** People of the unit at `path` and of all below it, up to `most`. */
export async function countPeopleUnder(tx: Tx, tenantId: TenantId, path: string, most: number): Promise<number> {
  const [row] = await rows(
    tx,
    sql<{ readonly count: number }>`select count(*) as count from (select 1 as one from unit
      join person on person.tenant_id = unit.tenant_id and person.unit_id = unit.id
      where unit.tenant_id = ${tenantId} and unit.path >= ${path} and unit.path < ${`${path.slice(0, -1)}0`}
      limit ${most}) as those`,
  );
  return row?.count ?? 0;
}
