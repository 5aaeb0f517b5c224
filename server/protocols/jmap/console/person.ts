/**
 * Person, our own type: somebody's account as the console shows it. What takes further reading (sessions, deliveries …)
 * is asked for by name. Lists begin at an anchor: `position` is 0, and a total is not counted.
 */
import { anId, aString, oneOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { conditionsOf } from '#formats/jmap/filter.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { type PersonDetails, type PersonSummary, readDetails, readSummaries } from '#server/administration/card.ts';
import { searchPeople } from '#server/administration/search.ts';
import type { TraceRow } from '#server/records/trace.ts';
import type { PersonId } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import type { Query } from '#server/protocols/jmap/engine/type.ts';

import { personIds, tenantOf, unitIds } from './ids.ts';

const dateOrNull = (at: number | null): string | null => (at === null ? null : printUtcDate(at));

type Printers<T> = Readonly<Record<string, (value: T) => Json>>;

const ofSummary: Printers<PersonSummary> = {
  id: ({ personId }) => personIds.print(personId),
  userName: ({ userName }) => userName,
  givenName: ({ givenName }) => givenName,
  familyName: ({ familyName }) => familyName,
  email: ({ email }) => email,
  unitId: ({ unitId }) => (unitId === null ? null : unitIds.print(unitId)),
  unitName: ({ unitName }) => unitName,
  population: ({ population }) => population,
  functionName: ({ functionName }) => functionName,
  state: ({ state }) => state,
  stateReason: ({ stateReason }) => stateReason,
  hasPassword: ({ hasPassword }) => hasPassword,
  mustChangePassword: ({ mustChangePassword }) => mustChangePassword,
  passwordChangedAt: ({ passwordChangedAt }) => dateOrNull(passwordChangedAt),
  language: ({ language }) => language,
  externalId: ({ externalId }) => externalId,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  activatedAt: ({ activatedAt }) => dateOrNull(activatedAt),
  quotaOctets: ({ quotaOctets }) => quotaOctets,
  usedOctets: ({ usedOctets }) => usedOctets,
  emailCount: ({ emailCount }) => emailCount,
};

const printLine = ({ at, actor, details, remoteAddress }: TraceRow): JsonObject => ({
  at: printUtcDate(at),
  by: actor,
  from: remoteAddress,
  reason: typeof details['reason'] === 'string' ? details['reason'] : null,
});

const ofDetails: Printers<PersonDetails> = {
  powers: ({ powers }) => [...powers],
  acts: ({ acts }) => [...acts],
  compromisedAt: ({ compromisedAt }) => dateOrNull(compromisedAt),
  unitNames: ({ unitNames }) => [...unitNames],
  failures: ({ failures }) => failures,
  blockedUntil: ({ blockedUntil }) => dateOrNull(blockedUntil),
  lastChange: ({ lastChange }) => (lastChange ? printLine(lastChange) : null),
  logins: ({ logins }) => logins.map(printLine),
  sessions: ({ sessions }) =>
    sessions.map(({ createdAt, seenAt, remoteAddress, userAgent }) => ({
      createdAt: printUtcDate(createdAt),
      seenAt: printUtcDate(seenAt),
      from: remoteAddress,
      userAgent,
    })),
  factors: ({ factors }) =>
    factors.map(({ kind, name, createdAt, lastUsedAt }) => ({
      kind,
      name,
      createdAt: printUtcDate(createdAt),
      lastUsedAt: dateOrNull(lastUsedAt),
    })),
  recoveryCodesLeft: ({ recoveryCodesLeft }) => recoveryCodesLeft,
  devices: ({ devices }) =>
    devices.map(({ userAgent, remoteAddress, createdAt, seenAt, trustedUntil }) => ({
      userAgent,
      from: remoteAddress,
      createdAt: printUtcDate(createdAt),
      seenAt: printUtcDate(seenAt),
      trustedUntil: trustedUntil === 0 ? null : printUtcDate(trustedUntil),
    })),
  appPasswords: ({ credentials }) =>
    credentials.map(({ name, kind, scopes, createdAt, lastUsedAt, lastUsedFrom }) => ({
      name,
      kind,
      scopes: [...scopes],
      createdAt: printUtcDate(createdAt),
      lastUsedAt: dateOrNull(lastUsedAt),
      lastUsedFrom,
    })),
  mandates: ({ mandates }) =>
    mandates.map(({ kind, name, email, rights, startsAt, endsAt }) => ({
      kind,
      name,
      email,
      rights: [...rights],
      startsAt: printUtcDate(startsAt),
      endsAt: dateOrNull(endsAt),
    })),
  roles: ({ roles }) =>
    roles.map(({ kind, unitId, startsAt, endsAt }) => ({
      kind,
      unitId: unitId === null ? null : unitIds.print(unitId),
      startsAt: printUtcDate(startsAt),
      endsAt: dateOrNull(endsAt),
    })),
  deliveries: ({ deliveries }) =>
    deliveries.map(({ at, by, from, sizeOctets, verdict }) => ({
      at: printUtcDate(at),
      by,
      from,
      sizeOctets,
      verdict,
    })),
  sent: ({ sent }) =>
    sent.map(({ at, details }) => ({
      at: printUtcDate(at),
      recipients: typeof details['recipients'] === 'number' ? details['recipients'] : 0,
      sizeOctets: typeof details['sizeOctets'] === 'number' ? details['sizeOctets'] : 0,
    })),
};

const states = ['provisioned', 'active', 'locked', 'blocked', 'suspended', 'closed'] as const;
const isServerSet = { isServerSet: true } as const;
const names = [...Object.keys(ofSummary), ...Object.keys(ofDetails)].filter((name) => name !== 'id');

export const personMethods = defineType<PersonId>({
  name: 'Person',
  capability: consoleCapability,
  state: 'none',
  ids: personIds,
  properties: Object.fromEntries(names.map((name) => [name, isServerSet])),
  defaultProperties: Object.keys(ofSummary),
  get: {
    async run(ctx, ids, properties) {
      const tenantId = tenantOf(ctx);
      // There is no list of all: lists are searched for.
      const found = await readSummaries(ctx.store, ctx.actor, tenantId, ids ?? []);
      return Promise.all(found.map((person) => printPerson(ctx, person, properties)));
    },
  },
  query: {
    conditions: { text: aString, state: oneOf(...states), unitId: anId },
    sorts: [],
    async run(ctx, query) {
      const tenantId = tenantOf(ctx);
      const limit = Math.min(query.limit, 200);
      const ids = await searchPeople(ctx.store, ctx.actor, tenantId, searchOf(query), {
        limit,
        ...(query.anchor !== undefined && { after: query.anchor }),
      });
      return { queryState: '', canCalculateChanges: false, ids, position: 0 };
    },
  },
});

async function printPerson(
  { store, actor }: AccountContext,
  person: PersonSummary,
  properties: readonly string[],
): Promise<JsonObject> {
  const wantsMore = properties.some((name) => Object.hasOwn(ofDetails, name));
  const { personId } = person;
  const details = wantsMore
    ? await readDetails(store, actor, { tenantId: actor.tenantId, personId }, person)
    : undefined;
  return Object.fromEntries(
    properties.map((name): [string, Json] => {
      const value = ofSummary[name]?.(person) ?? (details && ofDetails[name]?.(details));
      return [name, value ?? null];
    }),
  );
}

/** @throws {MethodError} `unsupportedFilter`, `invalidArguments`. */
function searchOf({ filter, position, anchor, anchorOffset }: Query<PersonId>) {
  if (position !== 0 || (anchor === undefined ? anchorOffset !== 0 : anchorOffset !== 1))
    throw new MethodError('invalidArguments', 'a page begins at 0, or one after its anchor');
  if (filter && filter.kind !== 'condition') throw new MethodError('unsupportedFilter', 'one condition alone');
  const [condition] = conditionsOf(filter);
  const { text, state, unitId } = condition ?? {};
  const unit = typeof unitId === 'string' ? unitIds.read(unitId) : undefined;
  if (typeof unitId === 'string' && unit === undefined) throw new MethodError('invalidArguments', 'no such unit');
  return {
    ...(typeof text === 'string' && { text }),
    ...(typeof state === 'string' && { state }),
    ...(unit !== undefined && { unitId: unit }),
  };
}
