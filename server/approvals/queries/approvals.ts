/** Statements: acts that wait for a second administrator, and what became of them. */
import type { Power } from '#server/access/powers.ts';
import type { TraceDetails } from '#server/records/trace.ts';
import { type ApprovalId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

/** `overtaken`: what it was about had changed, or its author may do it no longer. */
export const approvalStates = ['waiting', 'approved', 'refused', 'withdrawn', 'lapsed', 'overtaken'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export interface Approval {
  readonly id: ApprovalId;
  readonly tenantId: TenantId;
  /** The rule that asked for it. */
  readonly kind: string;
  readonly verb: string;
  /** What whoever agrees must have over `personId`, or over `path`. */
  readonly power: Power;
  /** Null where it is about nobody. */
  readonly personId: PersonId | null;
  /** Where in the tree, when it was asked for. */
  readonly path: string;
  readonly authorPersonId: PersonId;
  /** Where the author asked from: an address, textual. */
  readonly from: string;
  readonly reason: string;
  /** For people to read. */
  readonly details: TraceDetails;
  /** The state of what it is done to, as the author saw it. */
  readonly seen: string;
  /** What is to be done; null once it is decided. */
  readonly sealed: string | null;
  /** Times are milliseconds since 1970. */
  readonly createdAt: number;
  readonly until: number;
  readonly state: ApprovalState;
  readonly decidedAt: number | null;
  /** Null where it lapsed, was withdrawn or overtaken, or nobody decided yet. */
  readonly deciderPersonId: PersonId | null;
  /** Why it was refused or overtaken, or a word with it. */
  readonly answer: string | null;
  /** A secret that it made, sealed for its author. */
  readonly outcome: string | null;
}

interface Row {
  readonly tenant_id: number;
  readonly id: number;
  readonly kind: string;
  readonly verb: string;
  readonly power: string;
  readonly person_id: number | null;
  readonly path: string;
  readonly author_person_id: number;
  readonly from_address: string;
  readonly reason: string;
  readonly details: string;
  readonly seen: string;
  readonly sealed: string | null;
  readonly created_at: number;
  readonly until: number;
  readonly state: string;
  readonly decided_at: number | null;
  readonly decider_person_id: number | null;
  readonly answer: string | null;
  readonly outcome: string | null;
}

const powers: readonly Power[] = ['look', 'help', 'administer', 'audit', 'grant'];

const approvalOf = (row: Row): Approval => ({
  id: asId<ApprovalId>(row.id),
  tenantId: asId<TenantId>(row.tenant_id),
  kind: row.kind,
  verb: row.verb,
  // One that this version does not know is asked as the rarest.
  power: powers.find((one) => one === row.power) ?? 'grant',
  personId: row.person_id === null ? null : asId<PersonId>(row.person_id),
  path: row.path,
  authorPersonId: asId<PersonId>(row.author_person_id),
  from: row.from_address,
  reason: row.reason,
  details: readDetails(row.details),
  seen: row.seen,
  sealed: row.sealed,
  createdAt: row.created_at,
  until: row.until,
  state: approvalStates.find((one) => one === row.state) ?? 'overtaken',
  decidedAt: row.decided_at,
  deciderPersonId: row.decider_person_id === null ? null : asId<PersonId>(row.decider_person_id),
  answer: row.answer,
  outcome: row.outcome,
});

/** Ours alone write it. */
function readDetails(text: string): TraceDetails {
  return JSON.parse(text) as TraceDetails;
}

export async function insertApproval(tx: Tx, approval: Approval): Promise<void> {
  const { tenantId, id, kind, verb, power, personId, path, authorPersonId, from, reason, details } = approval;
  await insertRows(tx, 'approval', [
    {
      tenant_id: tenantId,
      id,
      kind,
      verb,
      power,
      person_id: personId,
      path,
      author_person_id: authorPersonId,
      from_address: from,
      reason,
      details: JSON.stringify(details),
      seen: approval.seen,
      sealed: approval.sealed,
      created_at: approval.createdAt,
      until: approval.until,
      state: approval.state,
      decided_at: null,
      decider_person_id: null,
      answer: null,
      outcome: null,
    },
  ]);
}

const selectById = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('approval').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectApproval(tx: Tx, tenantId: TenantId, id: ApprovalId): Promise<Approval | undefined> {
  const row = await selectById.first(tx, { tenantId, id });
  return row && approvalOf(row);
}

const selectWaitingByAuthor = statement<{ tenantId: number; author: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('approval')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('author_person_id', '=', p.author)
    .where('state', '=', 'waiting')
    .where('until', '>', p.at)
    .orderBy('id'),
);

/** What an author has waiting at `at`; the oldest first. */
export async function selectWaitingOf(
  tx: Tx,
  tenantId: TenantId,
  author: PersonId,
  at: number,
): Promise<readonly Approval[]> {
  return (await selectWaitingByAuthor.all(tx, { tenantId, author, at })).map(approvalOf);
}

const decideOne = statement<{
  tenantId: number;
  id: number;
  state: string;
  at: number;
  decider: number | null;
  answer: string | null;
}>()(({ q, p }) =>
  q
    .updateTable('approval')
    .set({ state: p.state, decided_at: p.at, decider_person_id: p.decider, answer: p.answer, sealed: null })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('state', '=', 'waiting'),
);

export interface Decided {
  readonly state: Exclude<ApprovalState, 'waiting'>;
  readonly at: number;
  readonly decider: PersonId | null;
  readonly answer: string | null;
}

/** Once; what was sealed goes with it. @returns whether it still waited. */
export async function updateDecided(
  tx: Tx,
  { tenantId, id }: Pick<Approval, 'tenantId' | 'id'>,
  decided: Decided,
): Promise<boolean> {
  return (await decideOne.run(tx, { tenantId, id, ...decided })) > 0;
}

const setOutcome = statement<{ tenantId: number; id: number; outcome: string | null }>()(({ q, p }) =>
  q.updateTable('approval').set({ outcome: p.outcome }).where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function updateOutcome(
  tx: Tx,
  { tenantId, id }: Pick<Approval, 'tenantId' | 'id'>,
  outcome: string | null,
): Promise<void> {
  await setOutcome.run(tx, { tenantId, id, outcome });
}

export interface ListedApproval extends Approval {
  readonly personName: string | null;
  readonly personEmail: string | null;
  readonly unitName: string | null;
  /** Where in the tree the person is now; as it was where it is about nobody. */
  readonly pathNow: string;
  readonly authorName: string;
  readonly deciderName: string | null;
}

export interface ApprovalFilter {
  readonly state?: 'waiting' | 'decided';
  readonly author?: PersonId;
  readonly id?: ApprovalId;
  readonly limit: number;
}

/** The oldest first where they wait, else the newest. */
export async function selectListedApprovals(
  tx: Tx,
  tenantId: TenantId,
  { state, author, id, limit }: ApprovalFilter,
): Promise<readonly ListedApproval[]> {
  let query = tx.q
    .selectFrom('approval as a')
    .leftJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'a.tenant_id').onRef('person.id', '=', 'a.person_id'),
    )
    .leftJoin('account', 'account.id', 'person.account_id')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'person.tenant_id').onRef('unit.id', '=', 'person.unit_id'),
    )
    .leftJoin('person as author', (join) =>
      join.onRef('author.tenant_id', '=', 'a.tenant_id').onRef('author.id', '=', 'a.author_person_id'),
    )
    .leftJoin('person as decider', (join) =>
      join.onRef('decider.tenant_id', '=', 'a.tenant_id').onRef('decider.id', '=', 'a.decider_person_id'),
    )
    .selectAll('a')
    .select(['person.given_name', 'person.family_name', 'account.email', 'unit.name as unit_name'])
    .select(['unit.path as unit_path', 'author.given_name as author_given', 'author.family_name as author_family'])
    .select(['decider.given_name as decider_given', 'decider.family_name as decider_family'])
    .where('a.tenant_id', '=', tenantId)
    .orderBy('a.id', state === 'waiting' ? 'asc' : 'desc')
    .limit(limit);
  if (state === 'waiting') query = query.where('a.state', '=', 'waiting');
  if (state === 'decided') query = query.where('a.state', 'in', approvalStates.slice(1));
  if (author !== undefined) query = query.where('a.author_person_id', '=', author);
  if (id !== undefined) query = query.where('a.id', '=', id);
  return (await rows(tx, query)).map((row) => ({
    ...approvalOf(row),
    personName: nameOf(row.given_name, row.family_name),
    personEmail: row.email,
    unitName: row.unit_name,
    pathNow: row.person_id === null ? row.path : (row.unit_path ?? '/'),
    authorName: nameOf(row.author_given, row.author_family) ?? '',
    deciderName: nameOf(row.decider_given, row.decider_family),
  }));
}

function nameOf(given: string | null, family: string | null): string | null {
  return family === null ? null : `${given ?? ''} ${family}`.trim();
}

const selectOver = statement<{ at: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('approval')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('until', '<=', p.at)
    .orderBy('until')
    .limit(p.limit),
);

/** Of any tenant: those that waited until `at` or less. */
export async function selectLapsing(tx: Tx, at: number, limit: number): Promise<readonly Approval[]> {
  return (await selectOver.all(tx, { at, limit })).map(approvalOf);
}

const clearOutcomes = statement<{ before: number }>()(({ q, p }) =>
  q
    .updateTable('approval')
    .set({ outcome: null })
    .where('state', '=', 'approved')
    .where('decided_at', '<=', p.before)
    .where('outcome', 'is not', null),
);

/** Secrets of what was decided before then. */
export async function deleteOutcomes(tx: Tx, before: number): Promise<void> {
  await clearOutcomes.run(tx, { before });
}
