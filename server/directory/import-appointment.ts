/**
 * A line with a first day: unit, function, population and room are what somebody is appointed to from that day on, and are
 * not changed now. Kept in a run as text, so that it is shown, done and undone like any other difference.
 */
import type { TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { NewAppointment } from './appointments/appoint.ts';
import { newAppointmentIds } from './identifiers.ts';
import type { ImportRow } from './import-row.ts';
import { type Appointment, insertAppointments } from './queries/appointments.ts';
import type { Registered } from './register.ts';

type Said = Required<NewAppointment>;

/** Undefined where the line names no first day. Who is not there yet has what the line says at once. */
export function appointmentOf(row: ImportRow, unitId: UnitId | null): Said | undefined {
  if (row.from === undefined) return undefined;
  const { functionName, quotaOctets, from, until = null, isLeave } = row;
  const population = row.said.has('population') ? row.population : null;
  return { unitId, functionName, population, quotaOctets, from, until, isLeave };
}

export function printAppointment({
  unitId,
  functionName,
  population,
  quotaOctets,
  from,
  until,
  isLeave,
}: Said): string {
  return JSON.stringify({ unitId, functionName, population, quotaOctets, from, until, isLeave });
}

/** What `printAppointment` wrote into a run. */
export function readAppointment(text: string): Said {
  return JSON.parse(text) as Said;
}

/** Whether one that was kept is the one of the text. */
export function isAppointment(one: Appointment, text: string): boolean {
  return printAppointment(one) === text;
}

/** Who comes has what the line says at once, to be ready on the first day; the appointment is kept, for its end. */
export async function appointNew(
  tx: Tx,
  tenantId: TenantId,
  lines: readonly { readonly row: ImportRow; readonly unitId: UnitId | null }[],
  registered: readonly Registered[],
  at: number,
): Promise<void> {
  const all = lines.flatMap(({ row, unitId }, index) => {
    const said = appointmentOf(row, unitId);
    const personId = registered[index]?.personId;
    return said && personId !== undefined ? [{ ...said, tenantId, personId }] : [];
  });
  if (all.length === 0) return;
  const firstId = await newAppointmentIds(tx, all.length);
  const planned = all.map((one, index) => ({ ...one, id: firstId + index, state: 'planned' as const, before: null }));
  await insertAppointments(tx, planned, null, at);
}
