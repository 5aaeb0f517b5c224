/** Where somebody works from when to when, and the addresses they have, as their card asks for them. */
import { refusable } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

const kinds = ['primary', 'provisional', 'alias'] as const;
const states = ['planned', 'current', 'past'] as const;

export interface AddressRow {
  readonly address: string;
  readonly kind: (typeof kinds)[number];
}

export interface AppointmentRow {
  readonly id: string;
  readonly hasUnit: boolean;
  /** '' for a unit out of one's reach. */
  readonly unitName: string;
  readonly functionName: string;
  /** Days: `2026-09-01`. */
  readonly from: string;
  /** '' without an end. */
  readonly until: string;
  readonly state: (typeof states)[number];
}

export interface Places {
  readonly addresses: readonly AddressRow[];
  readonly appointments: readonly AppointmentRow[];
}

/** @throws as `client.request` does. */
export async function fetchPlaces(sync: Sync, accountId: AccountId, personId: string): Promise<Places> {
  const answers = await sync.client.request([
    ['Person/addresses', { accountId, personId }, 'addresses'],
    ['Appointment/list', { accountId, personId }, 'appointments'],
  ]);
  return {
    addresses: list(answers.of('addresses')['list'], (value) => {
      const it = object(value);
      return { address: text(it['address']), kind: kinds.find((one) => one === it['kind']) ?? 'alias' };
    }),
    appointments: list(answers.of('appointments')['list'], (value) => {
      const it = object(value);
      return {
        id: text(it['id']),
        hasUnit: it['unitId'] !== null,
        unitName: textOr(it['unitName'], ''),
        functionName: textOr(it['functionName'], ''),
        from: text(it['from']),
        until: textOr(it['until'], ''),
        state: states.find((one) => one === it['state']) ?? 'past',
      };
    }),
  };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function changePlaces(
  sync: Sync,
  method: 'Person/replaceAddress' | 'Appointment/plan' | 'Appointment/cancel',
  args: JsonObject,
): Promise<string | undefined> {
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'c']])).of('c'));
  return typeof answer === 'string' ? answer : undefined;
}
