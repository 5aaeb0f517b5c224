/**
 * What a day brings to somebody: unit, function, population and room as the appointment says; the groups given by the unit
 * before are left (those of the new one hold whoever is in it); an address by rule; mandates that hung on the unit before
 * end first, each by itself, so that a day that was interrupted is begun again. A leave keeps what was before, and gives it
 * back after its last day, but for what somebody changed meanwhile.
 */
import type { Actor } from '#server/access/actor.ts';
import { endMandatesOf } from '#server/access/mandate-departure.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Holder } from '#server/access/verify.ts';
import { holderIn } from '#server/access/verify.ts';
import { moveAddressIn } from '#server/directory/address-rule.ts';
import { changeProfileIn } from '#server/directory/change.ts';
import {
  type Appointment,
  type Before,
  endOthers,
  leaveGroupsOf,
  rejoinGroups,
  selectGroupsIn,
  updateAppointment,
  updateBefore,
} from '#server/directory/queries/appointments.ts';
import { type KnownProfile, selectProfile } from '#server/directory/queries/change.ts';
import { selectUnit, type Unit } from '#server/directory/queries/institution.ts';
import { requireOpenUnit } from '#server/directory/unit.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { dayOf } from './day.ts';

/**
 * Does what is due of one: its beginning, its end. Who may is settled.
 * @returns how it stands then. @throws {Refusal} `noSuchPerson`, `noSuchUnit` for one that is closed.
 */
export async function settle(store: Store, actor: Actor, one: Appointment): Promise<Appointment> {
  const { tenantId, personId, unitId, before } = one;
  const day = dayOf(store.now());
  const isOver = one.until !== null && one.until < day;
  const goes = !isOver ? unitId : one.state === 'current' && before ? before.unitId : undefined;
  const found = await read(store, async (tx) => {
    const holder = await holderIn(tx, { tenantId, personId });
    const profile = holder && (await selectProfile(tx, { tenantId, personId }));
    if (!holder || !profile) throw new Refusal('noSuchPerson');
    return { holder, left: await leftIn(tx, one, profile, goes, isOver) };
  });
  const { holder, left } = found;
  if (left) await endMandatesOf(store, actor, { ...holder, unit: left.unit, to: left.to });
  return transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    if (!isOver) return begin(store, tx, actor, one, at);
    // One that is over before it began was somewhere else's to keep, and changes nothing here.
    const isLeaving = await updateAppointment(tx, one, 'past', at);
    if (isLeaving && one.state === 'current' && before) await comeBack(store, tx, actor, holder, one, before, at);
    return { ...one, state: 'past' };
  });
}

/** The unit somebody leaves, and the path of the next; undefined where they stay. @throws {Refusal} `noSuchUnit`. */
async function leftIn(
  tx: Tx,
  { tenantId, unitId }: Appointment,
  profile: KnownProfile,
  goes: UnitId | null | undefined,
  isOver: boolean,
): Promise<{ readonly unit: Unit; readonly to: string } | undefined> {
  if (goes === undefined || profile.unitId === goes) return undefined;
  if (goes !== null && !isOver) await requireOpenUnit(tx, tenantId, goes);
  // Somebody else moved them meanwhile: they stay there.
  if (isOver && profile.unitId !== unitId) return undefined;
  const next = goes === null ? undefined : await selectUnit(tx, tenantId, goes);
  if (isOver && next && next.closedAt !== null) return undefined;
  const unit = profile.unitId === null ? undefined : await selectUnit(tx, tenantId, profile.unitId);
  return unit && { unit, to: next?.path ?? '/' };
}

async function begin(store: Store, tx: AccountTx, actor: Actor, one: Appointment, at: number): Promise<Appointment> {
  const { tenantId, personId, unitId, functionName, population, quotaOctets, isLeave } = one;
  if (!(await updateAppointment(tx, one, 'current', at))) return { ...one, state: 'current' };
  const profile = await selectProfile(tx, { tenantId, personId });
  if (!profile) throw new Refusal('noSuchPerson');
  const isMoved = profile.unitId !== unitId;
  const groups = isMoved && profile.unitId !== null ? await selectGroupsIn(tx, tenantId, profile.unitId, personId) : [];
  const before: Before | null = isLeave ? { ...beforeOf(profile), groups } : null;
  if (before) await updateBefore(tx, one, before);
  else await endOthers(tx, one, at);
  const change = {
    unitId,
    functionName: functionName ?? undefined,
    population: population ?? undefined,
    quotaOctets: quotaOctets ?? undefined,
  };
  await changeProfileIn(store, tx, actor, personId, change, at);
  if (isMoved) await leave(tx, actor, one, profile.unitId, at);
  if (isMoved) await moveAddressIn(tx, actor, personId, at);
  return { ...one, state: 'current', before };
}

function beforeOf({ unitId, functionName, population, quotaOctets }: KnownProfile): Omit<Before, 'groups'> {
  return { unitId, functionName, population, quotaOctets };
}

async function leave(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId }: Appointment,
  unitId: UnitId | null,
  at: number,
): Promise<void> {
  if (unitId === null) return;
  const groups = await leaveGroupsOf(tx, tenantId, unitId, personId);
  const details = { of: personId, unit: unitId, groups };
  await recordTrace(tx, { tenantId, actor, verb: 'leaveUnit', at, accountId: tx.accountId, details });
}

/** Each thing that is still as the leave made it is again as it was. */
async function comeBack(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId, accountId }: Holder,
  one: Appointment,
  before: Before,
  at: number,
): Promise<void> {
  const profile = await selectProfile(tx, { tenantId, personId });
  if (!profile) throw new Refusal('noSuchPerson');
  const unit = before.unitId === null ? undefined : await selectUnit(tx, tenantId, before.unitId);
  const isOpen = before.unitId === null || (unit !== undefined && unit.closedAt === null);
  const isMoving = profile.unitId === one.unitId && before.unitId !== one.unitId && isOpen;
  const still = <T>(now: T, made: T | null, was: T): T | undefined => (made !== null && now === made ? was : undefined);
  const change = {
    unitId: isMoving ? before.unitId : undefined,
    functionName: still(profile.functionName, one.functionName, before.functionName),
    population: still(profile.population, one.population, before.population),
    quotaOctets: still(profile.quotaOctets, one.quotaOctets, before.quotaOctets),
  };
  await changeProfileIn(store, tx, actor, personId, change, at);
  if (isMoving) await leave(tx, actor, one, one.unitId, at);
  const groups = isMoving ? await rejoinGroups(tx, tenantId, personId, before.groups, at) : 0;
  if (isMoving) await moveAddressIn(tx, actor, personId, at);
  const details = { of: personId, appointment: one.id, unit: before.unitId, groups };
  await recordTrace(tx, { tenantId, actor, verb: 'comeBack', at, accountId, details });
}
