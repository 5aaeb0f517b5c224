/**
 * Appointments: where somebody works and as what, from one day to another. What a day brings is in effect.ts; whoever has
 * no next place stays where they are after the last day, and comes back to where they were after a leave.
 */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireRole, requireRoleOver } from '#server/access/require-role.ts';
import { holderIn } from '#server/access/verify.ts';
import { newAppointmentId } from '#server/directory/identifiers.ts';
import {
  type Appointment,
  insertAppointments,
  selectAppointments,
  updateAppointment,
} from '#server/directory/queries/appointments.ts';
import { requireOpenUnit } from '#server/directory/unit.ts';
import { isQuota } from '#server/quota/change.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { UnitId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { dayOf, isDay } from './day.ts';
import { settle } from './effect.ts';

export type { Appointment };

export interface NewAppointment {
  readonly unitId: UnitId | null;
  /** Null, of each: as it is. */
  readonly functionName: string | null;
  readonly population?: string | null;
  readonly quotaOctets?: number | null;
  /** Days: `2026-09-01`. */
  readonly from: string;
  /** The last day; null for none. */
  readonly until: string | null;
  /** What was before comes back after the last day. */
  readonly isLeave?: boolean;
}

export const appointmentsAtMost = 100;
const textCharacters = 200;

/**
 * Plans one; what begins today, or began, is done at once.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `noSuchUnit`, `invalidProperties`, `tooMany`.
 */
export async function appoint(store: Store, actor: Actor, who: PersonRef, given: NewAppointment): Promise<Appointment> {
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    return holderIn(tx, who);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  const planned = await transaction(store, holder.accountId, async (tx) => {
    await requireActing(tx, actor, 'administer', who, store.now());
    return planIn(tx, actor, who, given, store.now());
  });
  return planned.from > dayOf(store.now()) ? planned : settle(store, actor, planned);
}

/** In the transaction of the person's account, where it is settled that they may be changed. @throws {Refusal} as `appoint`. */
export async function planIn(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  given: NewAppointment,
  at: number,
): Promise<Appointment> {
  checkAppointment(given);
  const { unitId, functionName, population = null, quotaOctets = null, from, until, isLeave = false } = given;
  await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
  if (unitId !== null) await requireOpenUnit(tx, tenantId, unitId);
  if ((await selectAppointments(tx, tenantId, [personId])).length >= appointmentsAtMost)
    throw new Refusal('tooMany', { limit: appointmentsAtMost });
  const id = await newAppointmentId(tx);
  const said = { unitId, functionName, population, quotaOctets, from, until, isLeave };
  const planned: Appointment = { ...said, tenantId, id, personId, state: 'planned', before: null };
  await insertAppointments(tx, [planned], actor.kind === 'person' ? actor.personId : null, at);
  const { unitId: unit, ...rest } = said;
  const details = { of: personId, appointment: id, unit, ...rest };
  await recordTrace(tx, { tenantId, actor, verb: 'appoint', at, accountId: tx.accountId, details });
  return planned;
}

/** @throws {Refusal} `invalidProperties`. */
export function checkAppointment({
  functionName,
  population,
  quotaOctets,
  from,
  until,
  isLeave,
}: NewAppointment): void {
  const isEnd = until === null ? isLeave !== true : isDay(until) && until >= from;
  // What its day could not write is told to whoever plans it.
  const isText = (text: string): boolean => text.length <= textCharacters && !/\p{Cc}/u.test(text);
  const wrong = [
    ...(isDay(from) ? [] : ['from']),
    ...(isEnd ? [] : ['until']),
    ...(isText(functionName ?? '') ? [] : ['functionName']),
    ...(isText(population ?? '') && population?.trim() !== '' ? [] : ['population']),
    ...(isQuota(quotaOctets ?? null) ? [] : ['quotaOctets']),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
}

/** Takes one back whose day has not come. @throws {Refusal} `mayNot`, `noSuchPerson`; `invalidArguments` where there is none. */
export async function cancelAppointment(store: Store, actor: Actor, who: PersonRef, id: number): Promise<void> {
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    return holderIn(tx, who);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  await transaction(store, holder.accountId, async (tx) => {
    await requireActing(tx, actor, 'administer', who, store.now());
    await cancelIn(tx, actor, who, (one) => one.id === id, store.now());
  });
}

/** Takes back those planned that `isMeant`, which must be some. @throws {Refusal} `invalidArguments`. */
export async function cancelIn(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  isMeant: (one: Appointment) => boolean,
  at: number,
): Promise<void> {
  const planned = (await selectAppointments(tx, tenantId, [personId])).filter(({ state }) => state === 'planned');
  const meant = planned.filter(isMeant);
  if (meant.length === 0) throw new Refusal('invalidArguments', { description: 'no planned appointment' });
  for (const one of meant) {
    await updateAppointment(tx, one, 'cancelled', at);
    const details = { of: personId, appointment: one.id };
    await recordTrace(tx, { tenantId, actor, verb: 'cancelAppointment', at, accountId: tx.accountId, details });
  }
}

/** The earliest first. @throws {Refusal} `mayNot`, `noSuchPerson`. */
export function listAppointments(store: Store, actor: Actor, who: PersonRef): Promise<readonly Appointment[]> {
  return read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'look', who, store.now());
    return selectAppointments(tx, who.tenantId, [who.personId]);
  });
}
