/**
 * What the institution lets somebody have: its own rules, and what their population has otherwise. Read at each login
 * and each connection of a program, so that a change holds at once.
 */
import {
  decided,
  decidedOf,
  type PolicyOf,
  type Program,
  profileOptions,
  readPolicy,
} from '#formats/policies/policies.ts';
import type { OptionValue } from '#formats/policies/option.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectPopulation } from './factors/queries/factors.ts';
import { Refusal } from './refusal.ts';

export type AccessProfile = PolicyOf<'access'>;

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

export async function profileOf(tx: Tx, who: Who): Promise<AccessProfile> {
  const settings = await readTenantSettings(tx, who.tenantId);
  const isPlain = settings['populations'] === undefined;
  return profileIn(settings, isPlain ? '' : await selectPopulation(tx, who));
}

/** Of one population of the tenant; '' for what all have. */
export async function profileOfPopulation(tx: Tx, tenantId: TenantId, population: string): Promise<AccessProfile> {
  return profileIn(await readTenantSettings(tx, tenantId), population);
}

function profileIn(settings: Readonly<Record<string, unknown>>, population: string): AccessProfile {
  return readPolicy('access', { ...accessIn(settings), ...profilesIn(settings).get(population) });
}

/** What was decided for all. Forwarding had a member of its own before there were others. @param settings of the tenant. */
export function accessIn({
  access,
  forwardOutside,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, OptionValue>> {
  return { ...(forwardOutside === 'forbid' && { forwardOutside }), ...decided('access', access) };
}

/** By population, what it has otherwise than all. @param settings of the tenant. */
export function profilesIn(
  settings: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Readonly<Record<string, OptionValue>>> {
  const given = settings['populations'];
  const entries: readonly (readonly [string, unknown])[] =
    typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return new Map(entries.map(([name, profile]) => [name, decidedOf(profileOptions, profile)]));
}

export interface AccessRules {
  /** Of whoever is of no population that has rules of its own. */
  readonly all: AccessProfile;
  readonly populations: ReadonlyMap<string, AccessProfile>;
}

/** Everything that is decided in a tenant, for questions about many people at once. */
export async function accessRules(tx: Tx, tenantId: TenantId): Promise<AccessRules> {
  const settings = await readTenantSettings(tx, tenantId);
  const names = [...profilesIn(settings).keys()];
  return {
    all: profileIn(settings, ''),
    populations: new Map(names.map((name) => [name, profileIn(settings, name)])),
  };
}

/** By which door somebody comes; undefined where there is no rule about it. */
export interface WayIn {
  readonly program: Program | undefined;
  readonly isAppPassword: boolean;
}

/** @throws {Refusal} `mayNot` where their mail is not for such programs, or they may have no app password. */
export async function requireWayIn(tx: Tx, who: Who, way: WayIn): Promise<void> {
  const { program, isAppPassword } = way;
  if (program === undefined && !isAppPassword) return;
  const profile = await profileOf(tx, who);
  if (program !== undefined && !isOpenTo(profile, { program, isAppPassword: false }))
    throw new Refusal('mayNot', { description: `${program} is not open to them` });
  if (!isOpenTo(profile, way)) throw new Refusal('mayNot', { description: 'app passwords are not open to them' });
}

export function isOpenTo({ programs, hasAppPasswords }: AccessProfile, { program, isAppPassword }: WayIn): boolean {
  return (program === undefined || programs.includes(program)) && (hasAppPasswords || !isAppPassword);
}
