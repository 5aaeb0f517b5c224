/** Statements: actions on many people, and their lines. */
import { asId, type Brand, type PersonId, type TenantId } from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

export type BulkId = Brand<number, 'BulkId'>;

export interface Bulk {
  readonly id: BulkId;
  readonly tenantId: TenantId;
  /** Null for the operator. */
  readonly authorPersonId: PersonId | null;
  readonly from: string;
  /** JSON. */
  readonly act: string;
  readonly reason: string;
  readonly total: number;
  /** The line whose turn it is, from 0 on: so many are done with. */
  readonly next: number;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly stoppedAt: number | null;
}

export type LineOutcome = 'done' | 'refused' | 'unknown';

export interface BulkLine {
  readonly n: number;
  /** '' for somebody chosen on the screen. */
  readonly typed: string;
  readonly personId: PersonId | null;
  /** Null until it is their turn. */
  readonly outcome: LineOutcome | null;
  /** Of `refused`: the reason in one word. */
  readonly why: string | null;
  readonly at: number | null;
}

export async function insertBulk(tx: Tx, bulk: Bulk): Promise<void> {
  await insertRows(tx, 'bulk_action', [
    {
      tenant_id: bulk.tenantId,
      id: bulk.id,
      author_person_id: bulk.authorPersonId ?? 0,
      act: bulk.act,
      reason: bulk.reason,
      next: bulk.next,
      created_at: bulk.createdAt,
      finished_at: bulk.finishedAt,
      total: bulk.total,
      from_address: bulk.from,
      stopped_at: bulk.stoppedAt,
    },
  ]);
}

export async function insertLines(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  lines: readonly Pick<BulkLine, 'n' | 'typed' | 'personId'>[],
): Promise<void> {
  const rest = { tenant_id: tenantId, bulk_id: id, outcome: null, why: null, at: null };
  await insertRows(
    tx,
    'bulk_line',
    lines.map(({ n, typed, personId }) => ({ ...rest, n, typed, person_id: personId })),
  );
}

interface BulkRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly author_person_id: number;
  readonly act: string;
  readonly reason: string;
  readonly next: number;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly total: number;
  readonly from_address: string;
  readonly stopped_at: number | null;
}

function bulkOf(row: BulkRow): Bulk {
  return {
    id: asId<BulkId>(row.id),
    tenantId: asId<TenantId>(row.tenant_id),
    authorPersonId: row.author_person_id === 0 ? null : asId<PersonId>(row.author_person_id),
    from: row.from_address,
    act: row.act,
    reason: row.reason,
    total: row.total,
    next: row.next,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    stoppedAt: row.stopped_at,
  };
}

const selectOne = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('bulk_action').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectBulk(tx: Tx, tenantId: TenantId, id: BulkId): Promise<Bulk | undefined> {
  const row = await selectOne.first(tx, { tenantId, id });
  return row && bulkOf(row);
}

/** The newest first. @param authorPersonId undefined: everybody's. */
export async function selectBulks(
  tx: Tx,
  tenantId: TenantId,
  { authorPersonId, limit }: { readonly authorPersonId: PersonId | undefined; readonly limit: number },
): Promise<readonly Bulk[]> {
  let query = tx.q.selectFrom('bulk_action').selectAll().where('tenant_id', '=', tenantId).orderBy('id', 'desc');
  if (authorPersonId !== undefined) query = query.where('author_person_id', '=', authorPersonId);
  return (await rows(tx, query.limit(limit))).map(bulkOf);
}

const countUnfinished = statement<{ tenantId: number; authorPersonId: number }>()(({ q, p }) =>
  q
    .selectFrom('bulk_action')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', p.tenantId)
    .where('author_person_id', '=', p.authorPersonId)
    .where('finished_at', 'is', null),
);

export async function countUnderWay(tx: Tx, tenantId: TenantId, authorPersonId: PersonId | null): Promise<number> {
  return (await countUnfinished.first(tx, { tenantId, authorPersonId: authorPersonId ?? 0 }))?.count ?? 0;
}

const advanceOne = statement<{ tenantId: number; id: number; from: number }>()(({ q, p }) =>
  q
    .updateTable('bulk_action')
    .set((eb) => ({ next: eb('next', '+', 1) }))
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('next', '=', p.from)
    .where('finished_at', 'is', null),
);

/** @returns false where somebody else did that line, or the action has ended. */
export async function advance(tx: Tx, { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>, from: number): Promise<boolean> {
  return (await advanceOne.run(tx, { tenantId, id, from })) === 1;
}

const finishOne = statement<{ tenantId: number; id: number; at: number; stoppedAt: number | null }>()(({ q, p }) =>
  q
    .updateTable('bulk_action')
    .set({ finished_at: p.at, stopped_at: p.stoppedAt })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('finished_at', 'is', null),
);

/** @returns false where it had ended already. */
export async function updateFinished(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  { at, isStopped }: { readonly at: number; readonly isStopped: boolean },
): Promise<boolean> {
  return (await finishOne.run(tx, { tenantId, id, at, stoppedAt: isStopped ? at : null })) === 1;
}

const selectLineAt = statement<{ tenantId: number; id: number; n: number }>()(({ q, p }) =>
  q
    .selectFrom('bulk_line')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('bulk_id', '=', p.id)
    .where('n', '=', p.n),
);

interface LineRow {
  readonly n: number;
  readonly typed: string;
  readonly person_id: number | null;
  readonly outcome: string | null;
  readonly why: string | null;
  readonly at: number | null;
}

function lineOf(row: LineRow): BulkLine {
  const { n, typed, why, at, outcome } = row;
  return {
    n,
    typed,
    personId: row.person_id === null ? null : asId<PersonId>(row.person_id),
    outcome: outcome === null ? null : outcome === 'done' || outcome === 'refused' ? outcome : 'unknown',
    why,
    at,
  };
}

export async function selectLine(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  n: number,
): Promise<BulkLine | undefined> {
  const row = await selectLineAt.first(tx, { tenantId, id, n });
  return row && lineOf(row);
}

const selectTwin = statement<{ tenantId: number; id: number; personId: number; n: number }>()(({ q, p }) =>
  q
    .selectFrom('bulk_line')
    .select('n')
    .where('tenant_id', '=', p.tenantId)
    .where('bulk_id', '=', p.id)
    .where('person_id', '=', p.personId)
    .where('n', '<', p.n)
    .limit(1),
);

/** Whether a line before this one is about the same person. */
export async function hasTwin(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  personId: PersonId,
  n: number,
): Promise<boolean> {
  return (await selectTwin.first(tx, { tenantId, id, personId, n })) !== undefined;
}

const settle = statement<{
  tenantId: number;
  id: number;
  n: number;
  personId: number | null;
  outcome: string;
  why: string | null;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('bulk_line')
    .set({ person_id: p.personId, outcome: p.outcome, why: p.why, at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('bulk_id', '=', p.id)
    .where('n', '=', p.n),
);

export async function updateLine(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  {
    n,
    personId,
    outcome,
    why,
    at,
  }: Pick<BulkLine, 'n' | 'personId' | 'why'> & {
    readonly outcome: LineOutcome;
    readonly at: number;
  },
): Promise<void> {
  await settle.run(tx, { tenantId, id, n, personId, outcome, why, at });
}

const selectLinesFrom = statement<{ tenantId: number; id: number; from: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('bulk_line')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('bulk_id', '=', p.id)
    .where('n', '>=', p.from)
    .orderBy('n')
    .limit(p.limit),
);

/** In their order, from `from` on. */
export async function selectLines(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly BulkLine[]> {
  return (await selectLinesFrom.all(tx, { tenantId, id, from, limit })).map(lineOf);
}

/** Those that were not done, in their order. */
export async function selectNotDone(
  tx: Tx,
  { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>,
  limit: number,
): Promise<readonly BulkLine[]> {
  const query = tx.q
    .selectFrom('bulk_line')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('bulk_id', '=', id)
    .where(tx.anyOf('outcome', ['refused', 'unknown']));
  return (await rows(tx, query.orderBy('n').limit(limit))).map(lineOf);
}

const countOutcomes = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('bulk_line')
    .select(['outcome', ({ fn }) => fn.countAll<number>().as('count')])
    .where('tenant_id', '=', p.tenantId)
    .where('bulk_id', '=', p.id)
    .where('outcome', 'is not', null)
    .groupBy('outcome'),
);

export type Counts = Readonly<Record<LineOutcome, number>>;

export async function selectCounts(tx: Tx, { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>): Promise<Counts> {
  const found = await countOutcomes.all(tx, { tenantId, id });
  const of = (outcome: LineOutcome): number => found.find((row) => row.outcome === outcome)?.count ?? 0;
  return { done: of('done'), refused: of('refused'), unknown: of('unknown') };
}

/** Takes an action away, with its lines. */
export async function deleteBulk(tx: Tx, { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>): Promise<void> {
  await changes(tx, tx.q.deleteFrom('bulk_line').where('tenant_id', '=', tenantId).where('bulk_id', '=', id));
  await changes(tx, tx.q.deleteFrom('bulk_action').where('tenant_id', '=', tenantId).where('id', '=', id));
}
