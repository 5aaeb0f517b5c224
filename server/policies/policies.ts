/**
 * What an institution decided, group by group (formats/policies): seen, changed, and set back to the default by who
 * administers all of it, effective at once. Kept in the tenant's settings, and told to the log as `old → new`.
 */
import { judgeOption, type Option, type OptionValue, printValue } from '#formats/policies/option.ts';
import {
  decided,
  isPolicyGroup,
  optionsOf,
  policyGroups,
  type PolicyGroup,
  populationForm,
  profileOptions,
  type SecondKind,
} from '#formats/policies/policies.ts';
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { lookAtDoors, markDoors } from '#server/access/doors.ts';
import { isNetwork } from '#server/access/factors/settings.ts';
import { accessIn, profilesIn } from '#server/access/profile.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { changeTenantSettings, readTenantSettings } from '#server/directory/settings.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { countPopulation, selectPopulations } from './queries.ts';

export type Values = Readonly<Record<string, OptionValue>>;

/** undefined sets an option back to its default. */
export type Change = Readonly<Record<string, OptionValue | undefined>>;

/** What was decided, by group; what is not there is as by default. @throws {Refusal} `mayNot`. */
export function readPolicies(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
): Promise<ReadonlyMap<PolicyGroup, Values>> {
  return read(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now());
    const settings = await readTenantSettings(tx, tenantId);
    return new Map(policyGroups.map((group) => [group, decidedIn(settings, group)]));
  });
}

/**
 * Changes the options named. @returns what is decided in the group now.
 * @throws {Refusal} `mayNot`, `stepUpNeeded`; `invalidProperties` naming those that make no sense; `awaitsApproval`
 * for the rules about two administrators, once there are any, and for those that keep everybody safe.
 */
export async function changePolicy(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  group: string,
  change: Change,
): Promise<Values> {
  const deed = { verb: 'changePolicy', tenantId, group, ...parted(change) } as const;
  return orWaiting(store, actor, deed, null, () => applyChange(store, actor, tenantId, group, change));
}

/** As it waits: JSON knows no undefined. */
function parted(change: Change): { readonly set: Values; readonly reset: readonly string[] } {
  const set = Object.fromEntries(
    Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return { set, reset: Object.keys(change).filter((name) => change[name] === undefined) };
}

function applyChange(store: Store, actor: Actor, tenantId: TenantId, group: string, change: Change): Promise<Values> {
  return changing(store, actor, tenantId, async (tx, at) => {
    if (!isPolicyGroup(group)) throw new Refusal('invalidProperties', { properties: ['group'] });
    const options = optionsOf(group);
    const settings = await readTenantSettings(tx, tenantId);
    const before = decidedIn(settings, group);
    const next = applied(options, before, change);
    const told = differences(options, before, next);
    const kinds = secondKindsOf(group);
    if (kinds.length > 0) {
      const act = group === 'approvals' ? 'changePolicy' : 'changeRules';
      const asked = { tenantId, kinds, act, before, changes: changesOf(group, told) } as const;
      await requireTwo(store, tx, actor, asked, at);
    }
    // Members that belong to others (the provider of forgotten passwords …) stay as they are.
    const kept = { ...othersIn(settings[group], options), ...next };
    await changeTenantSettings(tx, tenantId, {
      [group]: kept,
      ...(group === 'access' && { forwardOutside: undefined }),
    });
    if (group === 'access') await markDoors(tx, tenantId);
    if (Object.keys(told).length > 0)
      await recordTrace(tx, { tenantId, actor, verb: 'changePolicy', at, details: { group, ...told } });
    return next;
  });
}

/** Guards that one administrator alone would take down for everybody; terms and room are none. */
const guards: ReadonlySet<PolicyGroup> = new Set(['passwords', 'factors', 'recovery', 'access', 'mandates']);

function secondKindsOf(group: PolicyGroup): readonly (SecondKind | 'rules')[] {
  // Or whoever wants to be alone would first say that nobody need be two.
  if (group === 'approvals') return ['rules'];
  return guards.has(group) ? ['policies'] : [];
}

interface Asked {
  readonly tenantId: TenantId;
  readonly kinds: readonly (SecondKind | 'rules')[];
  readonly act: 'changePolicy' | 'changeRules' | 'changePopulation';
  readonly before: Values;
  readonly changes: readonly string[];
  /** The population. */
  readonly name?: string;
}

/** @throws {Refusal} as `requireSecond`. */
function requireTwo(
  store: Store,
  tx: Tx,
  actor: Actor,
  { tenantId, kinds, act, before, changes, name }: Asked,
  at: number,
): Promise<void> {
  const seen = { rules: JSON.stringify(before) };
  const details = { act, ...(name !== undefined && { name }), changes };
  return requireSecondOver(store, tx, actor, { tenantId, kinds, power: 'administer', seen, details }, at, (one) =>
    requireRole(tx, one, 'administer', { tenantId, unitId: null }, at),
  );
}

/** `passwords.minCharacters: 8 → 12`, for the second one to read. */
function changesOf(group: PolicyGroup, told: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(told).map(([name, change]) => `${group}.${name}: ${change}`);
}

function decidedIn(settings: Readonly<Record<string, unknown>>, group: PolicyGroup): Values {
  return group === 'access' ? accessIn(settings) : decided(group, settings[group]);
}

export interface Population {
  readonly name: string;
  readonly people: number;
  /** What it has otherwise than the institution; the rest is inherited. */
  readonly profile: Values;
}

const populationsAtMost = 100;

/** Those that people have, and those that have a profile; by name. @throws {Refusal} `mayNot`. */
export function listPopulations(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly Population[]> {
  return read(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now());
    const profiles = profilesIn(await readTenantSettings(tx, tenantId));
    const found = await selectPopulations(tx, tenantId, populationsAtMost);
    const names = [...new Set([...found, ...profiles.keys()])].toSorted((a, b) => a.localeCompare(b, 'fr'));
    const list: Population[] = [];
    for (const name of names)
      list.push({ name, people: await countPopulation(tx, tenantId, name), profile: profiles.get(name) ?? {} });
    return list;
  });
}

/**
 * Changes what one population has otherwise than the institution; undefined inherits again.
 * @throws {Refusal} as `changePolicy`; `tooMany`.
 */
export function changePopulation(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  name: string,
  change: Change,
): Promise<Values> {
  const deed = { verb: 'changePopulation', tenantId, name, ...parted(change) } as const;
  return orWaiting(store, actor, deed, null, () => applyProfile(store, actor, tenantId, name, change));
}

function applyProfile(store: Store, actor: Actor, tenantId: TenantId, name: string, change: Change): Promise<Values> {
  return changing(store, actor, tenantId, async (tx, at) => {
    if (!populationForm.test(name)) throw new Refusal('invalidProperties', { properties: ['name'] });
    const profiles = new Map(profilesIn(await readTenantSettings(tx, tenantId)));
    const before = profiles.get(name) ?? {};
    const next = applied(profileOptions, before, change);
    if (Object.keys(next).length === 0) profiles.delete(name);
    else profiles.set(name, next);
    if (profiles.size > populationsAtMost) throw new Refusal('tooMany', { limit: populationsAtMost });
    const told = differences(profileOptions, before, next);
    const asked = { tenantId, kinds: ['policies'], act: 'changePopulation', before, name } as const;
    await requireTwo(store, tx, actor, { ...asked, changes: changesOf('access', told) }, at);
    await changeTenantSettings(tx, tenantId, { populations: Object.fromEntries(profiles) });
    await markDoors(tx, tenantId);
    const details = { population: name, ...told };
    if (Object.keys(told).length > 0) await recordTrace(tx, { tenantId, actor, verb: 'changePopulation', at, details });
    return next;
  });
}

async function changing<T>(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  work: (tx: Tx, at: number) => Promise<T>,
): Promise<T> {
  const at = store.now();
  const done = await write(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
    await requireFresh(tx, actor, at);
    return work(tx, at);
  });
  // Whoever is in by a door that is closed now is out at once, here; in other processes within a second.
  await lookAtDoors(store);
  return done;
}

function applied(options: Readonly<Record<string, Option>>, before: Values, change: Change): Values {
  const next = new Map(Object.entries(before));
  const wrong: string[] = [];
  for (const [name, value] of Object.entries(change)) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    const judged = option && value !== undefined ? judgeOption(option, value) : undefined;
    if (option && value === undefined) next.delete(name);
    else if (judged === undefined || !isSound(name, judged)) wrong.push(name);
    else next.set(name, judged);
  }
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
  return Object.fromEntries(next);
}

/** Networks have more to them than their form. */
function isSound(name: string, value: OptionValue): boolean {
  return name !== 'insideNetworks' || (typeof value === 'object' && value !== null && value.every(isNetwork));
}

function othersIn(value: unknown, options: Readonly<Record<string, Option>>): Readonly<Record<string, unknown>> {
  const given: readonly (readonly [string, unknown])[] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(given.filter(([name]) => !Object.hasOwn(options, name)));
}

const toldCharacters = 200;

/** `minCharacters: '8 → 12'`; a default is told as such. */
function differences(
  options: Readonly<Record<string, Option>>,
  before: Values,
  after: Values,
): Readonly<Record<string, string>> {
  const said = (values: Values, name: string): string => {
    const value = values[name];
    return value === undefined ? 'default' : printValue(value).slice(0, toldCharacters);
  };
  const names = Object.keys(options).filter((name) => said(before, name) !== said(after, name));
  return Object.fromEntries(names.map((name) => [name, `${said(before, name)} → ${said(after, name)}`]));
}
