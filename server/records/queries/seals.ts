/** Statements: the seals of the trace, and the lines each of them covers. */
import { sql } from 'kysely';

import { asId, type TenantId } from '#server/store/ids.ts';
import type { TraceTable } from '#server/store/schema-people.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

export interface Seal {
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
  readonly hash: string;
  readonly previousHash: string;
}

/** A line as its hash is made of: the columns as they stand, text as text. */
export type SealedLine = Omit<TraceTable, 'tenant_id' | 'seal'>;

const lineColumns = [
  'id',
  'at',
  'actor',
  'person_id',
  'mandate_id',
  'account_id',
  'verb',
  'details',
  'remote_address',
] as const;

const selectLast = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('trace_seal').selectAll().where('tenant_id', '=', p.tenantId).orderBy('n', 'desc').limit(1),
);

export async function selectLastSeal(tx: Tx, tenantId: TenantId): Promise<Seal | undefined> {
  const row = await selectLast.first(tx, { tenantId });
  return row && { n: row.n, at: row.at, count: row.count, hash: row.hash, previousHash: row.previous_hash };
}

const selectOpen = statement<{ tenantId: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('trace')
    .select(lineColumns)
    .where('tenant_id', '=', p.tenantId)
    .where('seal', 'is', null)
    .orderBy('id')
    .limit(p.limit),
);

/** The oldest lines no seal covers, in the order of their ids. */
export async function selectUnsealed(tx: Tx, tenantId: TenantId, limit: number): Promise<readonly SealedLine[]> {
  return selectOpen.all(tx, { tenantId, limit });
}

/** @returns false when another process has made a seal of this number: it stands, and this one is not made. */
export async function insertSeal(tx: Tx, tenantId: TenantId, seal: Seal): Promise<boolean> {
  const { n, at, count, hash, previousHash } = seal;
  const row = { tenant_id: tenantId, n, at, count, hash, previous_hash: previousHash };
  return (await insertRows(tx, 'trace_seal', [row], 'ignore')) === 1;
}

/** By id, and no wider: a line that another transaction commits meanwhile is not part of the hash. */
export async function markSealed(tx: Tx, tenantId: TenantId, ids: readonly string[], seal: number): Promise<number> {
  const query = tx.q.updateTable('trace').set({ seal }).where('tenant_id', '=', tenantId).where(tx.anyOf('id', ids));
  return changes(tx, query);
}

const selectSealsAfter = statement<{ tenantId: number; n: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('trace_seal')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('n', '>', p.n)
    .orderBy('n')
    .limit(p.limit),
);

export async function selectSeals(tx: Tx, tenantId: TenantId, after: number, limit: number): Promise<readonly Seal[]> {
  const found = await selectSealsAfter.all(tx, { tenantId, n: after, limit });
  return found.map((row) => ({
    n: row.n,
    at: row.at,
    count: row.count,
    hash: row.hash,
    previousHash: row.previous_hash,
  }));
}

const selectCovered = statement<{ tenantId: number; seal: number }>()(({ q, p }) =>
  q
    .selectFrom('trace')
    .select(lineColumns)
    .where('tenant_id', '=', p.tenantId)
    .where('seal', '=', p.seal)
    .orderBy('id'),
);

export async function selectSealed(tx: Tx, tenantId: TenantId, seal: number): Promise<readonly SealedLine[]> {
  return selectCovered.all(tx, { tenantId, seal });
}

/** Every tenant: each one's trace has a chain of its own. */
export async function selectTenantIds(tx: Tx): Promise<readonly TenantId[]> {
  const found = await rows(tx, tx.q.selectFrom('tenant').select('id').orderBy('id'));
  return found.map(({ id }) => asId<TenantId>(id));
}

/** Lines that name a seal the tenant does not have, and the highest it names. */
export async function selectStray(
  tx: Tx,
  tenantId: TenantId,
  lastSeal: number,
): Promise<{ readonly count: number; readonly highest: number }> {
  const [row] = await rows(
    tx,
    sql<{ readonly count: number; readonly highest: number | null }>`
      select count(*) as count, max(seal) as highest from trace where tenant_id = ${tenantId} and seal > ${lastSeal}`,
  );
  return { count: row?.count ?? 0, highest: row?.highest ?? 0 };
}
