/**
 * Appointments: where somebody works and as what, from one day to another. On its first day the unit and the function
 * change, and the groups of the unit before are left; whoever has no next one stays where they are after the last.
 */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireRole, requireRoleOver } from '#server/access/require-role.ts';
import { holderIn } from '#server/access/verify.ts';
import { changeProfileIn } from '#server/directory/change.ts';
import { newAppointmentId } from '#server/directory/identifiers.ts';
import {
  type Appointment,
  endOthers,
  insertAppointment,
  leaveGroupsOf,
  selectAppointments,
  updateAppointment,
} from '#server/directory/queries/appointments.ts';
import { selectProfile } from '#server/directory/queries/change.ts';
import { requireOpenUnit } from '#server/directory/unit.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { UnitId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

export type { Appointment };

export interface NewAppointment {
  readonly unitId: UnitId | null;
  readonly functionName: string | null;
  /** Days: `2026-09-01`. */
  readonly from: string;
  /** The last day; null for none. */
  readonly until: string | null;
}

const dayForm = /^\d{4}-\d\d-\d\d$/;
const appointmentsAtMost = 100;
const functionCharacters = 200;

/** The day it is for the people of this house. */
export function dayOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Paris').toPlainDate().toString();
}

/**
 * Plans one; what begins today, or began, is done at once.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `noSuchUnit`, `invalidProperties`, `tooMany`.
 */
export async function appoint(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { unitId, functionName, from, until }: NewAppointment,
): Promise<Appointment> {
  const { tenantId, personId } = who;
  const wrong = [
    ...(isDay(from) ? [] : ['from']),
    ...(until === null || (isDay(until) && until >= from) ? [] : ['until']),
    ...((functionName?.length ?? 0) > functionCharacters ? ['functionName'] : []),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    return holderIn(tx, who);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  return transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
    if (unitId !== null) await requireOpenUnit(tx, tenantId, unitId);
    if ((await selectAppointments(tx, tenantId, personId)).length >= appointmentsAtMost)
      throw new Refusal('tooMany', { limit: appointmentsAtMost });
    const id = await newAppointmentId(tx);
    const planned: Appointment = { tenantId, id, personId, unitId, functionName, from, until, state: 'planned' };
    await insertAppointment(tx, planned, actor.kind === 'person' ? actor.personId : null, at);
    const details = { of: personId, appointment: id, unit: unitId, functionName, from, until };
    await recordTrace(tx, { tenantId, actor, verb: 'appoint', at, accountId: tx.accountId, details });
    return from > dayOf(at) ? planned : takeEffectIn(store, tx, actor, planned, at);
  });
}

function isDay(text: string): boolean {
  if (!dayForm.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  // The 31st of a month of 30 days is read as the first of the next.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The earliest first. @throws {Refusal} `mayNot`, `noSuchPerson`. */
export function listAppointments(store: Store, actor: Actor, who: PersonRef): Promise<readonly Appointment[]> {
  return read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'look', who, store.now());
    return selectAppointments(tx, who.tenantId, who.personId);
  });
}

/** What a day brings, in the transaction of the account: the beginning of a planned one, the end of a current one. */
export async function takeEffectIn(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  one: Appointment,
  at: number,
): Promise<Appointment> {
  const { tenantId, personId, unitId, functionName, until } = one;
  const isOver = until !== null && until < dayOf(at);
  const state = isOver ? 'past' : 'current';
  // One that is over before it began was somewhere else's to keep, and changes nothing here.
  if (!(await updateAppointment(tx, one, state, at)) || isOver) return { ...one, state };
  const before = await selectProfile(tx, { tenantId, personId });
  await endOthers(tx, one, at);
  await changeProfileIn(store, tx, actor, personId, { unitId, functionName: functionName ?? undefined }, at);
  if (before?.unitId != null && before.unitId !== unitId) {
    const left = await leaveGroupsOf(tx, tenantId, before.unitId, personId);
    const details = { of: personId, unit: before.unitId, groups: left };
    await recordTrace(tx, { tenantId, actor, verb: 'leaveUnit', at, accountId: tx.accountId, details });
  }
  return { ...one, state };
}
