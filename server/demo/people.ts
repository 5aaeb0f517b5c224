/**
 * The academy's institution in the store: domain, units, people, functional mailboxes, mandates. Each step passes over
 * what is there already, so that the whole may be begun again after any interruption.
 */
import { type Actor, allScopes, operator } from '#server/access/actor.ts';
import { answerMandate, grantMandate, listMandates } from '#server/access/mandate.ts';
import { grantRole, listRoles } from '#server/access/role.ts';
import type { Right } from '#server/access/rights.ts';
import { hashWithin } from '#server/access/verify.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { addPeople, listByExternalId } from '#server/directory/bulk.ts';
import { addDomain, listDomains } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addUnits, listUnits } from '#server/directory/unit.ts';
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { type Academy, DEMO_TENANT, type PlannedPerson } from './academy.ts';
import { CAST, castIndexOf } from './cast.ts';
import type { Owner } from './correspondent.ts';
import type { DemoProgress } from './load.ts';
import type { MailboxLevel, PlannedMailbox, PlannedMandate } from './mailboxes.ts';
import { at } from './random.ts';
import type { DemoAccount, DemoState } from './state.ts';

/** Who has which account. */
export interface Residents {
  /** @throws {RangeError} for somebody the academy does not have. */
  readonly accountOf: (owner: Owner) => AccountId;
  readonly addressOf: (personIndex: number) => string;
}

interface Peopling {
  readonly tenantId: TenantId;
  readonly academy: Academy;
  readonly state: DemoState;
  readonly onProgress: (progress: DemoProgress) => void;
}

/** Those whose passwords are printed, by their index. */
const printed: readonly number[] = ['claire', 'marc', 'nadia', 'claude'].map(castIndexOf);
const DAY_MS = 86_400_000;

const rightsOf: Readonly<Record<MailboxLevel, readonly Right[]>> = {
  read: ['read'],
  draft: ['draft'],
  send: ['write', 'sendOnBehalf', 'sendAs'],
  manage: ['manage', 'sendAs'],
};

export async function peopleAcademy(
  store: Store,
  run: Peopling,
): Promise<{ readonly accounts: readonly DemoAccount[]; readonly residents: Residents }> {
  const { tenantId, academy, state } = run;
  if (!state.isPeopled) {
    const domains = await listDomains(store, operator, tenantId);
    if (domains.length === 0) await addDomain(store, operator, { tenantId, name: DEMO_TENANT.domain });
    await loadPeople(store, run, await loadUnits(store, tenantId, academy));
  }
  const people = await readPeople(store, tenantId, academy.peopleCount);
  const mailboxes = await loadMailboxes(store, run);
  const residents: Residents = {
    addressOf: (personIndex) => at(people.emails, personIndex),
    accountOf: (owner) => {
      const id = owner.kind === 'person' ? people.accountIds[owner.personIndex] : mailboxes.get(owner.localPart);
      if (id === undefined || id === 0) throw new RangeError('the academy has no such owner');
      return asId<AccountId>(id);
    },
  };
  if (!state.isPeopled) {
    await loadMandates(store, run, residents, people.personIds);
    await loadRoles(store, run, people.personIds);
  }
  const accounts = printed.map((index) => ({
    userName: at(people.userNames, index),
    email: at(people.emails, index),
    password: state.password,
    displayName: `${at(CAST, index).givenName} ${at(CAST, index).familyName}`,
  }));
  return { accounts, residents };
}

async function loadUnits(store: Store, tenantId: TenantId, academy: Academy): Promise<ReadonlyMap<string, UnitId>> {
  if ((await listUnits(store, operator, tenantId)).length === 0) {
    const units = academy.units.map(({ parentCode, kind, code, name }) => ({ parentCode, kind, code, name }));
    await addUnits(store, operator, tenantId, units);
  }
  const units = await listUnits(store, operator, tenantId);
  return new Map(units.flatMap(({ code, id }) => (code === null ? [] : [[code, id] as const])));
}

const peoplePerBatch = 500;
/** Sorts as the index does, up to a million people. */
const externalIdOf = (index: number): string => `demo-${String(index).padStart(7, '0')}`;

async function loadPeople(store: Store, run: Peopling, units: ReadonlyMap<string, UnitId>): Promise<void> {
  const { tenantId, academy, state, onProgress } = run;
  const hash = await hashWithin(store, state.password);
  for (let first = 0; first < academy.peopleCount; first += peoplePerBatch) {
    const count = Math.min(peoplePerBatch, academy.peopleCount - first);
    const people = Array.from({ length: count }, (_, offset) => academy.person(first + offset)).map(
      (person: PlannedPerson) => ({
        externalId: externalIdOf(person.index),
        givenName: person.givenName,
        familyName: person.familyName,
        unitId: units.get(person.unit.code) ?? null,
        population: person.population,
        functionName: person.title,
        passwordHash: state.isForEverybody || printed.includes(person.index) ? hash : null,
      }),
    );
    await addPeople(store, operator, tenantId, people);
    onProgress({ stage: 'people', done: first + count, total: academy.peopleCount });
  }
}

interface People {
  readonly emails: readonly string[];
  readonly userNames: readonly string[];
  readonly accountIds: Float64Array;
  readonly personIds: Float64Array;
}

async function readPeople(store: Store, tenantId: TenantId, count: number): Promise<People> {
  const emails: string[] = [];
  const userNames: string[] = [];
  const accountIds = new Float64Array(count);
  const personIds = new Float64Array(count);
  for await (const page of listByExternalId(store, operator, tenantId, 'demo-')) {
    for (const { externalId, accountId, personId, userName, email } of page) {
      const index = Number(externalId.slice('demo-'.length));
      emails[index] = email;
      if (printed.includes(index)) userNames[index] = userName;
      accountIds[index] = accountId;
      personIds[index] = personId;
    }
  }
  return { emails, userNames, accountIds, personIds };
}

/** How many are made at once: the database commits them together. */
const atOnce = 64;

async function loadMailboxes(store: Store, run: Peopling): Promise<ReadonlyMap<string, AccountId>> {
  const { tenantId, academy, onProgress } = run;
  const units = await listUnits(store, operator, tenantId);
  const unitIds = new Map(units.map(({ code, id }) => [code, id]));
  const planned = [...academy.mailboxes()];
  const accounts = new Map<string, AccountId>();
  const load = async ({ localPart, name, unit }: PlannedMailbox): Promise<void> => {
    const email = `${localPart}@${DEMO_TENANT.domain}`;
    const route = await read(store, (tx) => findAccountByAddress(tx, email));
    const unitId = unitIds.get(unit.code) ?? null;
    const { accountId } =
      route.kind === 'account' ? route : await addFunctionalAccount(store, operator, { tenantId, name, email, unitId });
    accounts.set(localPart, accountId);
  };
  for (let first = 0; first < planned.length; first += atOnce) {
    const those = planned.slice(first, first + atOnce);
    await Promise.all(those.map(load));
    onProgress({ stage: 'mailboxes', done: first + those.length, total: planned.length });
  }
  return accounts;
}

interface Grant {
  readonly actor: Actor;
  readonly on: Owner;
  readonly toPersonIndex: number;
  readonly level: MailboxLevel;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly reason: string;
}

async function loadMandates(
  store: Store,
  { tenantId, academy, state }: Peopling,
  residents: Residents,
  personIds: Float64Array,
): Promise<void> {
  const personId = (index: number): PersonId => asId<PersonId>(personIds[index] ?? 0);
  const actorOf = (personIndex: number): Actor => ({
    kind: 'person',
    tenantId,
    personId: personId(personIndex),
    by: 'session',
    scopes: allScopes,
    from: 'demonstration',
  });
  const grant = async ({ actor, on, toPersonIndex, level, startsAt, endsAt, reason }: Grant): Promise<void> => {
    const accountId = residents.accountOf(on);
    const to = personId(toPersonIndex);
    const given = await listMandates(store, operator, tenantId, accountId);
    if (given.some((mandate) => mandate.personId === to && mandate.reason === reason)) return;
    const rights = rightsOf[level];
    const id = await grantMandate(store, actor, {
      tenantId,
      accountId,
      personId: to,
      rights,
      startsAt,
      endsAt,
      reason,
    });
    if (actor.kind === 'person') await answerMandate(store, actorOf(toPersonIndex), tenantId, id, 'accept');
  };
  const members = [...academy.mailboxes()].flatMap(({ localPart, members: those }) =>
    those.map(({ personIndex, level }) => ({
      actor: operator,
      on: { kind: 'mailbox' as const, localPart },
      toPersonIndex: personIndex,
      level,
      startsAt: state.now - 365 * DAY_MS,
      endsAt: null,
      reason: 'Membre du service',
    })),
  );
  for (let first = 0; first < members.length; first += atOnce)
    await Promise.all(members.slice(first, first + atOnce).map(grant));
  // Calendars follow with calendars: a mandate's rights are on mail.
  for (const mandate of academy.mandates().filter(({ scope }) => scope === 'mail')) {
    await grant({
      actor: isTheirs(academy, mandate) ? actorOf(mandate.byPersonIndex) : operator,
      on: mandate.on,
      toPersonIndex: mandate.toPersonIndex,
      level: mandate.level,
      startsAt: state.now + mandate.fromDays * DAY_MS,
      endsAt: mandate.untilDays === undefined ? null : state.now + mandate.untilDays * DAY_MS,
      reason: mandate.reason,
    });
  }
}

/** Who administers the academy, and who helps in one department. */
async function loadRoles(store: Store, { tenantId }: Peopling, personIds: Float64Array): Promise<void> {
  const roles = [
    { key: 'nadia', kind: 'tenant', unitCode: undefined, reason: "Responsable de l'assistance informatique" },
    {
      key: 'claude',
      kind: 'support',
      unitCode: 'dsden961',
      reason: 'Assistance aux écoles et collèges du département',
    },
  ] as const;
  const units = await listUnits(store, operator, tenantId);
  const given = await listRoles(store, operator, tenantId);
  for (const { key, kind, unitCode, reason } of roles) {
    const personId = asId<PersonId>(personIds[castIndexOf(key)] ?? 0);
    const unitId = units.find(({ code }) => code === unitCode)?.id ?? null;
    if (given.some((role) => role.personId === personId && role.kind === kind)) continue;
    await grantRole(store, operator, { tenantId, personId, kind, unitId, reason });
  }
}

/** Whether the author may give it themselves; otherwise the institution's operator does. */
function isTheirs(academy: Academy, { on, byPersonIndex, level }: PlannedMandate): boolean {
  if (on.kind === 'person') return on.personIndex === byPersonIndex;
  if (level === 'manage') return false;
  for (const { localPart, members } of academy.mailboxes()) {
    if (localPart === on.localPart)
      return members.some(({ personIndex, level: held }) => personIndex === byPersonIndex && held === 'manage');
  }
  return false;
}
