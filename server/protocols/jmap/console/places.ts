/**
 * Where somebody works from when to when, and by which addresses they are reached: `Appointment/list`, `plan` and
 * `cancel`, `Person/addresses` and `Person/replaceAddress`, each about one person.
 */
import { anId, aString, nullable, optional, readArguments, required } from '#formats/jmap/arguments.ts';
import type { ArgumentsOf, ArgumentTable } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { readUnits } from '#server/administration/units.ts';
import { appoint, type Appointment, listAppointments } from '#server/directory/appointments/appoint.ts';
import { cancelAppointment } from '#server/directory/appointments/cancel.ts';
import { listAddresses, replaceAddressOf } from '#server/directory/person-address.ts';
import { asId, type Brand } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

import { personIds, tenantOf, unitIds } from './ids.ts';

type AppointmentId = Brand<number, 'AppointmentId'>;
const appointmentIds = numberedIds<AppointmentId>('y');

const aboutOne = { accountId: required(aString), personId: required(anId) };

/** A method about one person. */
function method<Table extends ArgumentTable>(
  name: string,
  mode: 'read' | 'write',
  own: Table,
  work: (ctx: AccountContext, who: PersonRef, args: ArgumentsOf<Table>) => Promise<JsonObject>,
): Method {
  return {
    name,
    capability: consoleCapability,
    async run(call, args) {
      const mine = Object.fromEntries(Object.entries(args).filter(([key]) => Object.hasOwn(aboutOne, key)));
      const rest = Object.fromEntries(Object.entries(args).filter(([key]) => !Object.hasOwn(aboutOne, key)));
      const { accountId, personId: id } = readArguments(aboutOne, mine);
      const given = readArguments(own, rest);
      const ctx = await openAccount(call, accountId, consoleCapability, mode);
      const tenantId = tenantOf(ctx);
      const personId = personIds.read(id);
      if (personId === undefined) throw new MethodError('invalidArguments', 'noSuchPerson');
      return { accountId, personId: id, ...(await work(ctx, { tenantId, personId }, given)) };
    },
  };
}

function print({ id, unitId, functionName, from, until, state }: Appointment): JsonObject {
  return {
    id: appointmentIds.print(asId<AppointmentId>(id)),
    unitId: unitId === null ? null : unitIds.print(unitId),
    functionName,
    from,
    until,
    state,
  };
}

export const placeMethods: readonly Method[] = [
  method('Appointment/list', 'read', {}, async ({ store, actor }, who) => {
    const all = await listAppointments(store, actor, who);
    // A unit out of one's reach has no name here.
    const named = await readUnits(store, actor, who.tenantId, [...new Set(all.flatMap(({ unitId }) => unitId ?? []))]);
    const names = new Map(named.map(({ id, name }) => [id, name]));
    const list = all.map((one) => ({
      ...print(one),
      unitName: one.unitId === null ? null : (names.get(one.unitId) ?? null),
    }));
    return { list };
  }),
  method(
    'Appointment/plan',
    'write',
    {
      unitId: required(nullable(anId)),
      functionName: optional(nullable(aString), null),
      from: required(aString),
      until: optional(nullable(aString), null),
    },
    async ({ store, actor }, who, { unitId: text, ...given }) => {
      const unitId = text === null ? null : unitIds.read(text);
      if (unitId === undefined) throw new MethodError('invalidArguments', 'noSuchUnit');
      return { appointment: print(await appoint(store, actor, who, { ...given, unitId })) };
    },
  ),
  method('Appointment/cancel', 'write', { id: required(anId) }, async ({ store, actor }, who, { id: text }) => {
    const id = appointmentIds.read(text);
    if (id === undefined) throw new MethodError('invalidArguments', 'no such appointment');
    await cancelAppointment(store, actor, who, id);
    return {};
  }),
  method('Person/addresses', 'read', {}, async ({ store, actor }, who) => {
    const list = await listAddresses(store, actor, who);
    return { list: list.map(({ address, kind }) => ({ address, kind })) };
  }),
  method(
    'Person/replaceAddress',
    'write',
    { address: required(aString), reason: required(aString) },
    async ({ store, actor }, who, { address, reason }) => {
      await replaceAddressOf(store, actor, who, address, reason);
      return {};
    },
  ),
];
