/** Users as resources: somebody printed, and what a resource says of somebody as the change it asks for. */
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { ScimError } from '#formats/scim/error.ts';
import { isList, isObject } from '#formats/scim/schema.ts';
import type { NewAppointment } from '#server/directory/appointments/appoint.ts';
import type { Standing } from '#server/directory/appointments/standing.ts';
import type { NewProvisioned, PersonChange } from '#server/provisioning/change.ts';
import { isActive } from '#server/provisioning/change.ts';
import type { ProvisionedPerson } from '#server/provisioning/people.ts';
import type { UnitId } from '#server/store/ids.ts';

import { printVersion } from './endpoint.ts';
import { academySchemaId, enterpriseSchemaId, userSchemaId } from './schemas.ts';

export function printUser(person: ProvisionedPerson, base: string): JsonObject {
  const { email, unitCode, unitName, quotaOctets } = person;
  const id = `p${person.personId}`;
  const first = person.addresses.find(({ address }) => address === email);
  return {
    schemas: [userSchemaId, enterpriseSchemaId, academySchemaId],
    id,
    ...(person.externalId !== null && { externalId: person.externalId }),
    userName: person.userName,
    name: { formatted: person.name, familyName: person.familyName, givenName: person.givenName },
    displayName: person.name,
    ...(person.functionName !== null && { title: person.functionName }),
    userType: person.population,
    preferredLanguage: person.language,
    active: isActive(person),
    emails: [
      { value: email, type: 'work', primary: true },
      ...person.addresses
        .filter(({ address }) => address !== email)
        .map(({ address }) => ({ value: address, type: 'other', primary: false })),
    ],
    ...(person.groups.length > 0 && {
      groups: person.groups.map(({ id: group, name }) => ({
        value: `g${group}`,
        $ref: `${base}/Groups/g${group}`,
        display: name,
        type: 'direct',
      })),
    }),
    [enterpriseSchemaId]: {
      ...(unitCode !== null && { department: unitCode }),
      ...(unitName !== null && { division: unitName }),
    },
    [academySchemaId]: {
      ...(quotaOctets !== null && { quotaOctets }),
      isEmailProvisional: first?.kind === 'provisional',
      state: person.state,
      ...(person.appointments.length > 0 && { appointments: person.appointments.map(printStanding) }),
    },
    meta: {
      resourceType: 'User',
      created: new Date(person.createdAt).toISOString(),
      lastModified: new Date(person.updatedAt).toISOString(),
      location: `${base}/Users/${id}`,
      version: printVersion(person.version),
    },
  };
}

/** @returns undefined for no unit of the tenant. */
export type FindUnit = (code: string) => Promise<UnitId | undefined>;

/**
 * What a resource asks to be different. What it does not speak of stays; null unassigns.
 * @param how by PATCH an address that is not there any more is taken away; PUT only adds, so that a program that knows
 * one address does not take the others.
 * @throws {ScimError} `invalidValue`.
 */
export async function planUserChange(
  before: ProvisionedPerson,
  wanted: JsonObject,
  how: 'put' | 'patch',
  findUnit: FindUnit,
): Promise<PersonChange> {
  const enterprise = objectAt(wanted, enterpriseSchemaId);
  const academy = objectAt(wanted, academySchemaId);
  const name = objectAt(wanted, 'name');
  const displayName = textAt(wanted, 'displayName');
  return {
    ...changeOfAddresses(before, wanted['emails'], how),
    userName: textAt(wanted, 'userName') ?? undefined,
    givenName: textAt(name, 'givenName') ?? undefined,
    familyName: textAt(name, 'familyName') ?? undefined,
    // Unchanged, it follows the names.
    name: displayName === before.name ? undefined : (displayName ?? undefined),
    unitId: await unitOf(enterprise, before, findUnit),
    population: textAt(wanted, 'userType') ?? undefined,
    functionName: textAt(wanted, 'title'),
    language: textAt(wanted, 'preferredLanguage') ?? undefined,
    externalId: textAt(wanted, 'externalId'),
    quotaOctets: numberAt(academy, 'quotaOctets'),
    numen: textAt(academy, 'numen') ?? undefined,
    birthDate: textAt(academy, 'birthDate'),
    recoveryEmail: textAt(academy, 'recoveryEmail'),
    isActive: booleanAt(wanted, 'active'),
    password: textAt(wanted, 'password') ?? undefined,
    appointments: await appointmentsIn(academy['appointments'], before.appointments, findUnit),
  };
}

/** Somebody new. @throws {ScimError} `invalidValue`. */
export async function planNewUser(wanted: JsonObject, findUnit: FindUnit): Promise<NewProvisioned> {
  const academy = objectAt(wanted, academySchemaId);
  const name = objectAt(wanted, 'name');
  const displayName = textAt(wanted, 'displayName') ?? undefined;
  const givenName = textAt(name, 'givenName') ?? '';
  const familyName = textAt(name, 'familyName') ?? (givenName === '' ? (displayName ?? '') : '');
  const { values, first } = addressesIn(wanted['emails'], undefined);
  const numen = textAt(academy, 'numen') ?? undefined;
  const birthDate = textAt(academy, 'birthDate') ?? undefined;
  const recoveryEmail = textAt(academy, 'recoveryEmail') ?? undefined;
  const password = textAt(wanted, 'password') ?? null;
  const population = textAt(wanted, 'userType') ?? undefined;
  const language = textAt(wanted, 'preferredLanguage') ?? undefined;
  const functionName = textAt(wanted, 'title') ?? undefined;
  const isFull = displayName === undefined || displayName === `${givenName} ${familyName}`.trim();
  return {
    userName: textAt(wanted, 'userName') ?? undefined,
    givenName,
    familyName,
    name: isFull ? undefined : displayName,
    email: first,
    isProvisional: booleanAt(academy, 'isEmailProvisional') ?? false,
    aliases: values.filter((one) => one !== first),
    unitId: (await unitOf(objectAt(wanted, enterpriseSchemaId), undefined, findUnit)) ?? null,
    externalId: textAt(wanted, 'externalId') ?? null,
    quotaOctets: numberAt(academy, 'quotaOctets') ?? null,
    password,
    mustChangePassword: password !== null,
    isActive: booleanAt(wanted, 'active'),
    appointments: await appointmentsIn(academy['appointments'], [], findUnit),
    ...(population !== undefined && { population }),
    ...(language !== undefined && { language }),
    ...(functionName !== undefined && { functionName }),
    ...(numen !== undefined && { numen }),
    ...(birthDate !== undefined && { birthDate }),
    ...(recoveryEmail !== undefined && { recoveryEmail }),
  };
}

function printStanding(one: Standing): JsonObject {
  const { unitCode, functionName, population, quotaOctets, from, until, isLeave, state } = one;
  return {
    ...(unitCode !== null && { department: unitCode }),
    ...(functionName !== null && { title: functionName }),
    ...(population !== null && { userType: population }),
    ...(quotaOctets !== null && { quotaOctets }),
    from,
    ...(until !== null && { until }),
    isLeave,
    state,
  };
}

/** A list is all of them; one that is as it was printed is the one it was. @throws {ScimError} `invalidValue`. */
async function appointmentsIn(
  given: Json | undefined,
  before: readonly Standing[],
  findUnit: FindUnit,
): Promise<readonly NewAppointment[] | undefined> {
  if (given === undefined) return undefined;
  const wanted: NewAppointment[] = [];
  for (const one of isList(given) ? given.filter(isObject) : []) {
    const known = before.find((other) => JSON.stringify(printStanding(other)) === JSON.stringify(one));
    wanted.push(known ?? (await readStanding(one, findUnit)));
  }
  return wanted;
}

async function readStanding(one: JsonObject, findUnit: FindUnit): Promise<NewAppointment> {
  return {
    unitId: (await unitOf(one, undefined, findUnit)) ?? null,
    functionName: textAt(one, 'title') ?? null,
    population: textAt(one, 'userType') ?? null,
    quotaOctets: numberAt(one, 'quotaOctets') ?? null,
    from: textAt(one, 'from') ?? '',
    until: textAt(one, 'until') ?? null,
    isLeave: booleanAt(one, 'isLeave') ?? false,
  };
}

function changeOfAddresses(
  { email, addresses }: ProvisionedPerson,
  given: Json | undefined,
  how: 'put' | 'patch',
): Pick<PersonChange, 'email' | 'addedAliases' | 'removedAliases'> {
  const { values, first } = addressesIn(given, email);
  // An account has an address: a list without any changes none.
  if (first === undefined) return {};
  const known = addresses.map(({ address }) => address);
  const gone = how === 'patch' ? known.filter((one) => one !== email && !values.includes(one)) : [];
  return {
    email: first === email ? undefined : first,
    addedAliases: values.filter((one) => one !== first && !known.includes(one)),
    removedAliases: gone,
  };
}

/** The first is the primary one, else the one that is first now, else the first of the list. */
function addressesIn(
  given: Json | undefined,
  now: string | undefined,
): { readonly values: readonly string[]; readonly first: string | undefined } {
  const all = isList(given) ? given.filter(isObject) : [];
  const valueOf = (one: JsonObject | undefined): string => {
    const value = one?.['value'];
    return typeof value === 'string' ? value.trim().normalize('NFC').toLowerCase() : '';
  };
  const values = [...new Set(all.map(valueOf).filter((value) => value !== ''))];
  const primary = valueOf(all.find((one) => one['primary'] === true));
  const kept = now !== undefined && values.includes(now) ? now : values[0];
  return { values, first: primary === '' ? kept : primary };
}

async function unitOf(
  enterprise: JsonObject,
  before: ProvisionedPerson | undefined,
  findUnit: FindUnit,
): Promise<UnitId | null | undefined> {
  const code = textAt(enterprise, 'department');
  if (code === undefined || code === null) return code;
  if (code.toLowerCase() === before?.unitCode) return undefined;
  const found = await findUnit(code);
  if (found === undefined) throw new ScimError(400, 'invalidValue', `department: no unit ${code}`);
  return found;
}

function objectAt(of: JsonObject, name: string): JsonObject {
  const value = of[name];
  return isObject(value) ? value : {};
}

/** Read by its schema before: text, null, or nothing. */
function textAt(of: JsonObject, name: string): string | null | undefined {
  const value = of[name];
  return value === null ? null : typeof value === 'string' ? value.trim() : undefined;
}

function numberAt(of: JsonObject, name: string): number | null | undefined {
  const value = of[name];
  return value === null || typeof value === 'number' ? value : undefined;
}

function booleanAt(of: JsonObject, name: string): boolean | undefined {
  const value = of[name];
  return typeof value === 'boolean' ? value : undefined;
}
