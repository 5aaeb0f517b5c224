/** Statements: appointments, and the groups somebody leaves with a unit. */
import { asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

export type AppointmentState = 'planned' | 'current' | 'past' | 'cancelled';

/** What somebody was before a leave. */
export interface Before {
  readonly unitId: UnitId | null;
  readonly functionName: string | null;
  readonly population: string;
  readonly quotaOctets: number | null;
  /** Those of the unit, which they left. */
  readonly groups: readonly number[];
}

export interface Appointment {
  readonly tenantId: TenantId;
  readonly id: number;
  readonly personId: PersonId;
  /** Null: of no unit. */
  readonly unitId: UnitId | null;
  /** Null: the function stays. */
  readonly functionName: string | null;
  /** Null, of both: as it is. */
  readonly population: string | null;
  readonly quotaOctets: number | null;
  /** Days: `2026-09-01`; the last one included, null for none. */
  readonly from: string;
  readonly until: string | null;
  readonly state: AppointmentState;
  /** What was before comes back after the last day. */
  readonly isLeave: boolean;
  /** Of a leave that has begun. */
  readonly before: Before | null;
}

interface Row {
  readonly tenant_id: number;
  readonly id: number;
  readonly person_id: number;
  readonly unit_id: number | null;
  readonly function_name: string | null;
  readonly from_day: string;
  readonly until_day: string | null;
  readonly state: string;
  readonly population: string | null;
  readonly quota_octets: number | null;
  readonly is_leave: number;
  readonly before: string | null;
}

const appointment = (row: Row): Appointment => ({
  tenantId: asId<TenantId>(row.tenant_id),
  id: row.id,
  personId: asId<PersonId>(row.person_id),
  unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
  functionName: row.function_name,
  from: row.from_day,
  until: row.until_day,
  state: row.state === 'planned' || row.state === 'current' || row.state === 'cancelled' ? row.state : 'past',
  population: row.population,
  quotaOctets: row.quota_octets,
  isLeave: row.is_leave === 1,
  before: row.before === null ? null : (JSON.parse(row.before) as Before),
});

export async function insertAppointments(
  tx: Tx,
  all: readonly Appointment[],
  authorId: number | null,
  at: number,
): Promise<void> {
  await insertRows(
    tx,
    'appointment',
    all.map((one) => ({
      tenant_id: one.tenantId,
      id: one.id,
      person_id: one.personId,
      unit_id: one.unitId,
      function_name: one.functionName,
      from_day: one.from,
      until_day: one.until,
      state: one.state,
      author_person_id: authorId,
      created_at: at,
      applied_at: null,
      population: one.population,
      quota_octets: one.quotaOctets,
      is_leave: one.isLeave ? 1 : 0,
      before: null,
    })),
  );
}

/** Of these people, the earliest first. */
export async function selectAppointments(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly PersonId[],
): Promise<readonly Appointment[]> {
  if (personIds.length === 0) return [];
  const query = tx.q
    .selectFrom('appointment')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('person_id', personIds))
    .orderBy('from_day')
    .orderBy('id');
  return (await rows(tx, query)).map(appointment);
}

/** Of all tenants: those that begin by `day`, and those that ended before it. */
export async function selectDue(tx: Tx, day: string, limit: number): Promise<readonly Appointment[]> {
  const query = tx.q
    .selectFrom('appointment')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'planned'), eb('from_day', '<=', day)]),
        eb.and([eb('state', '=', 'current'), eb('until_day', '<', day)]),
      ]),
    )
    .orderBy('from_day')
    .orderBy('tenant_id')
    .orderBy('id')
    .limit(limit);
  return (await rows(tx, query)).map(appointment);
}

const updateOne = statement<{ tenantId: number; id: number; before: string; state: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('appointment')
    .set({ state: p.state, applied_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('state', '=', p.before),
);

/** @returns whether it stood as it was found. */
export async function updateAppointment(
  tx: Tx,
  { tenantId, id, state: before }: Appointment,
  state: AppointmentState,
  at: number,
): Promise<boolean> {
  return (await updateOne.run(tx, { tenantId, id, before, state, at })) > 0;
}

/** @returns whether it was there, and had not begun. */
export async function deletePlanned(
  tx: Tx,
  { tenantId, personId }: Pick<Appointment, 'tenantId' | 'personId'>,
  id: number,
): Promise<boolean> {
  const query = tx.q
    .deleteFrom('appointment')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('person_id', '=', personId)
    .where('state', '=', 'planned');
  return (await changes(tx, query)) > 0;
}

const endOthersOf = statement<{ tenantId: number; personId: number; id: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('appointment')
    .set({ state: 'past', applied_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('id', '<>', p.id)
    .where('state', '=', 'current'),
);

/** Whoever is appointed elsewhere has left where they were. */
export async function endOthers(tx: Tx, { tenantId, personId, id }: Appointment, at: number): Promise<void> {
  await endOthersOf.run(tx, { tenantId, personId, id, at });
}

/** Takes somebody out of the groups of one unit. @returns how many. */
export async function leaveGroupsOf(tx: Tx, tenantId: TenantId, unitId: UnitId, personId: PersonId): Promise<number> {
  const groups = tx.q
    .selectFrom('directory_group')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('unit_id', '=', unitId);
  const query = tx.q
    .deleteFrom('group_member')
    .where('tenant_id', '=', tenantId)
    .where('kind', 'in', ['person', 'sender'])
    .where('member_id', '=', personId)
    .where('group_id', 'in', groups);
  return changes(tx, query);
}

/** Groups of one unit somebody stands in themselves. */
export async function selectGroupsIn(
  tx: Tx,
  tenantId: TenantId,
  unitId: UnitId,
  personId: PersonId,
): Promise<readonly number[]> {
  const query = tx.q
    .selectFrom('group_member')
    .innerJoin('directory_group', (join) =>
      join
        .onRef('directory_group.tenant_id', '=', 'group_member.tenant_id')
        .onRef('directory_group.id', '=', 'group_member.group_id'),
    )
    .select('directory_group.id')
    .where('group_member.tenant_id', '=', tenantId)
    .where('group_member.kind', '=', 'person')
    .where('group_member.member_id', '=', personId)
    .where('directory_group.unit_id', '=', unitId)
    .orderBy('directory_group.id');
  return (await rows(tx, query)).map(({ id }) => id);
}

/** Puts somebody into those of these groups that are still there. @returns how many. */
export async function rejoinGroups(
  tx: Tx,
  tenantId: TenantId,
  personId: PersonId,
  ids: readonly number[],
  at: number,
): Promise<number> {
  if (ids.length === 0) return 0;
  const query = tx.q
    .selectFrom('directory_group')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('id', ids));
  const members = (await rows(tx, query)).map(({ id }) => ({
    tenant_id: tenantId,
    group_id: id,
    kind: 'person',
    member_id: personId,
    added_at: at,
  }));
  return insertRows(tx, 'group_member', members, 'ignore');
}

const updateBeforeOf = statement<{ tenantId: number; id: number; before: string }>()(({ q, p }) =>
  q.updateTable('appointment').set({ before: p.before }).where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function updateBefore(tx: Tx, { tenantId, id }: Appointment, before: Before): Promise<void> {
  await updateBeforeOf.run(tx, { tenantId, id, before: JSON.stringify(before) });
}
