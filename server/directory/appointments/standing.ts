/** The appointments of somebody that are planned or hold now, as other directories see and set them. */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { isAppointment, printAppointment } from '#server/directory/import-appointment.ts';
import { type Appointment, selectAppointments } from '#server/directory/queries/appointments.ts';
import { selectUnit } from '#server/directory/queries/institution.ts';
import type { PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { cancelIn, type NewAppointment, planIn } from './appoint.ts';
import { dayOf } from './day.ts';
import { settle } from './effect.ts';

export interface Standing extends Appointment {
  readonly unitCode: string | null;
}

const isStanding = ({ state }: Appointment): boolean => state === 'planned' || state === 'current';

/** Who may see them is the caller's to check. */
export async function standingAppointments(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, readonly Standing[]>> {
  const all = (await selectAppointments(tx, tenantId, personIds)).filter(isStanding);
  const codes = new Map<UnitId, string | null>();
  for (const { unitId } of all)
    if (unitId !== null && !codes.has(unitId))
      codes.set(unitId, (await selectUnit(tx, tenantId, unitId))?.code ?? null);
  const told = all.map((one) => ({ ...one, unitCode: one.unitId === null ? null : (codes.get(one.unitId) ?? null) }));
  return Map.groupBy(told, ({ personId }) => personId);
}

/**
 * Makes those planned the ones of the list: what is not there yet is planned, what is planned and not in it taken back.
 * What began is left: it ends by its last day, or by another one. @throws {Refusal} as `appoint`.
 */
export async function replaceAppointmentsIn(
  tx: AccountTx,
  actor: Actor,
  who: PersonRef,
  wanted: readonly NewAppointment[],
  at: number,
): Promise<void> {
  const texts = wanted.map((one) => printAppointment({ population: null, quotaOctets: null, isLeave: false, ...one }));
  const kept = (await selectAppointments(tx, who.tenantId, [who.personId])).filter(
    ({ state }) => state !== 'cancelled',
  );
  const isGone = (one: Appointment): boolean =>
    one.state === 'planned' && !texts.some((text) => isAppointment(one, text));
  if (kept.some(isGone)) await cancelIn(tx, actor, who, isGone, at);
  for (const [index, one] of wanted.entries()) {
    const text = texts[index] ?? '';
    if (!kept.some((known) => isAppointment(known, text))) await planIn(tx, actor, who, one, at);
  }
}

/** What of somebody's is due is done now, not within the hour. @throws {Refusal} `noSuchUnit`. */
export async function settleDue(store: Store, actor: Actor, { tenantId, personId }: PersonRef): Promise<void> {
  const day = dayOf(store.now());
  const all = await read(store, (tx) => selectAppointments(tx, tenantId, [personId]));
  for (const one of all) if (one.state === 'planned' && one.from <= day) await settle(store, actor, one);
}
