/** Statements: wishes for more room, and what became of them. */
import { asId, type AccountId, type Brand, type PersonId, type TenantId } from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

export type QuotaRequestId = Brand<number, 'QuotaRequestId'>;

/** `ended`: its term came, or another one took its place. */
export const requestStates = ['waiting', 'granted', 'refused', 'withdrawn', 'ended'] as const;
export type RequestState = (typeof requestStates)[number];

export interface QuotaRequest {
  readonly id: QuotaRequestId;
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  /** All of what they would have, not how much more. */
  readonly askedOctets: number;
  readonly reason: string;
  /** Until when they would have it; null for good. Times are milliseconds since 1970. */
  readonly until: number | null;
  readonly state: RequestState;
  readonly createdAt: number;
  readonly decidedAt: number | null;
  /** Null where the operator decided, or nobody yet. */
  readonly deciderPersonId: PersonId | null;
  /** Why it was refused, or a word with what was granted. */
  readonly answer: string | null;
  readonly grantedOctets: number | null;
  /** What they had before, and have again at the end; null for no limit. */
  readonly before: { readonly octets: number | null } | null;
  readonly endsAt: number | null;
  readonly remindedAt: number | null;
}

interface Row {
  readonly tenant_id: number;
  readonly id: number;
  readonly person_id: number;
  readonly asked_octets: number;
  readonly reason: string;
  readonly until: number | null;
  readonly state: string;
  readonly created_at: number;
  readonly decided_at: number | null;
  readonly decider_person_id: number | null;
  readonly answer: string | null;
  readonly granted_octets: number | null;
  readonly had_limit: number;
  readonly before_octets: number | null;
  readonly ends_at: number | null;
  readonly reminded_at: number | null;
}

const requestOf = (row: Row): QuotaRequest => ({
  id: asId<QuotaRequestId>(row.id),
  tenantId: asId<TenantId>(row.tenant_id),
  personId: asId<PersonId>(row.person_id),
  askedOctets: row.asked_octets,
  reason: row.reason,
  until: row.until,
  state: requestStates.find((one) => one === row.state) ?? 'ended',
  createdAt: row.created_at,
  decidedAt: row.decided_at,
  deciderPersonId: row.decider_person_id === null ? null : asId<PersonId>(row.decider_person_id),
  answer: row.answer,
  grantedOctets: row.granted_octets,
  before: row.decided_at === null ? null : { octets: row.had_limit === 1 ? row.before_octets : null },
  endsAt: row.ends_at,
  remindedAt: row.reminded_at,
});

export async function insertRequest(tx: Tx, request: QuotaRequest): Promise<void> {
  const { id, tenantId, personId, askedOctets, reason, until, state, createdAt } = request;
  await insertRows(tx, 'quota_request', [
    {
      tenant_id: tenantId,
      id,
      person_id: personId,
      asked_octets: askedOctets,
      reason,
      until,
      state,
      created_at: createdAt,
      decided_at: null,
      decider_person_id: null,
      answer: null,
      granted_octets: null,
      had_limit: 0,
      before_octets: null,
      ends_at: null,
      reminded_at: null,
    },
  ]);
}

const updateOne = statement<{
  tenantId: number;
  id: number;
  state: string;
  decidedAt: number | null;
  decider: number | null;
  answer: string | null;
  granted: number | null;
  hadLimit: number;
  before: number | null;
  endsAt: number | null;
  remindedAt: number | null;
}>()(({ q, p }) =>
  q
    .updateTable('quota_request')
    .set({
      state: p.state,
      decided_at: p.decidedAt,
      decider_person_id: p.decider,
      answer: p.answer,
      granted_octets: p.granted,
      had_limit: p.hadLimit,
      before_octets: p.before,
      ends_at: p.endsAt,
      reminded_at: p.remindedAt,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateRequest(tx: Tx, request: QuotaRequest): Promise<void> {
  const { tenantId, id, state, decidedAt, deciderPersonId, answer, grantedOctets, before, endsAt, remindedAt } =
    request;
  await updateOne.run(tx, {
    tenantId,
    id,
    state,
    decidedAt,
    decider: deciderPersonId,
    answer,
    granted: grantedOctets,
    hadLimit: before !== null && before.octets !== null ? 1 : 0,
    before: before?.octets ?? null,
    endsAt,
    remindedAt,
  });
}

const selectById = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('quota_request').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectRequest(tx: Tx, tenantId: TenantId, id: QuotaRequestId): Promise<QuotaRequest | undefined> {
  const row = await selectById.first(tx, { tenantId, id });
  return row && requestOf(row);
}

const selectByPerson = statement<{ tenantId: number; personId: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('quota_request')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .orderBy('id', 'desc')
    .limit(p.limit),
);

/** Newest first. */
export async function selectRequestsOf(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  limit: number,
): Promise<readonly QuotaRequest[]> {
  return (await selectByPerson.all(tx, { tenantId, personId, limit })).map(requestOf);
}

/** One with who asks, and how full their account is. */
export interface ListedRequest extends QuotaRequest {
  readonly accountId: AccountId;
  readonly name: string;
  readonly email: string;
  readonly unitName: string | null;
  /** '/' without a unit. */
  readonly path: string;
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
  readonly deciderName: string | null;
}

/** Those in a state, the oldest first where they wait, the newest first otherwise. */
export async function selectListedRequests(
  tx: Tx,
  tenantId: TenantId,
  state: RequestState,
  limit: number,
): Promise<readonly ListedRequest[]> {
  const query = tx.q
    .selectFrom('quota_request as r')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'r.tenant_id').onRef('person.id', '=', 'r.person_id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'person.tenant_id').onRef('unit.id', '=', 'person.unit_id'),
    )
    .leftJoin('person as decider', (join) =>
      join.onRef('decider.tenant_id', '=', 'r.tenant_id').onRef('decider.id', '=', 'r.decider_person_id'),
    )
    .selectAll('r')
    .select(['person.account_id', 'account.name', 'account.email', 'account.quota_octets', 'account.used_octets'])
    .select(['unit.name as unit_name', 'unit.path', 'decider.given_name', 'decider.family_name'])
    .where('r.tenant_id', '=', tenantId)
    .where('r.state', '=', state)
    .orderBy('r.id', state === 'waiting' ? 'asc' : 'desc')
    .limit(limit);
  return (await rows(tx, query)).map((row) => ({
    ...requestOf(row),
    accountId: asId<AccountId>(row.account_id),
    name: row.name,
    email: row.email,
    unitName: row.unit_name,
    path: row.path ?? '/',
    quotaOctets: row.quota_octets,
    usedOctets: row.used_octets,
    deciderName: row.family_name === null ? null : `${row.given_name ?? ''} ${row.family_name}`.trim(),
  }));
}

const selectEnding = statement<{ before: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('quota_request')
    .selectAll()
    .where('state', '=', 'granted')
    .where('ends_at', '<=', p.before)
    .orderBy('ends_at')
    .limit(p.limit),
);

/** Of any tenant: granted, and ending by then. */
export async function selectEndingRequests(tx: Tx, before: number, limit: number): Promise<readonly QuotaRequest[]> {
  return (await selectEnding.all(tx, { before, limit })).map(requestOf);
}
