/**
 * What a tenant decided about second factors: of whom one is demanded, and for how long a device may be trusted. The
 * member `factors` of the tenant's settings; what is missing there, or makes no sense, is as by default.
 */
import { BlockList, isIP } from 'node:net';

import { asRoleKind, type RoleKind, roleKinds } from '#server/access/powers.ts';
import type { Holder } from '#server/access/queries/people.ts';
import { selectRolesOf } from '#server/access/queries/roles.ts';
import { Refusal } from '#server/access/refusal.ts';
import { changeTenantSettings, readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectPopulation } from './queries/factors.ts';

export interface FactorSettings {
  /** Days a device may go without a second factor once it gave one; 0: never. */
  readonly trustDays: number;
  /** Populations a second factor is demanded of, wherever they are. */
  readonly populations: readonly string[];
  /** Roles a second factor is demanded of. */
  readonly roles: readonly RoleKind[];
  /** Networks (CIDR) within which nobody else must have one; with none, the network does not matter. */
  readonly insideNetworks: readonly string[];
}

export const defaultFactorSettings: FactorSettings = { trustDays: 30, populations: [], roles: [], insideNetworks: [] };

const longestTrustDays = 365;
const listedAtMost = 500;

export async function readFactorSettings(tx: Tx, tenantId: TenantId): Promise<FactorSettings> {
  const { factors } = await readTenantSettings(tx, tenantId);
  if (typeof factors !== 'object' || factors === null) return defaultFactorSettings;
  const given: Readonly<Record<string, unknown>> = { ...factors };
  const { trustDays } = given;
  const isDays = typeof trustDays === 'number' && Number.isSafeInteger(trustDays) && trustDays >= 0;
  return {
    trustDays: isDays ? Math.min(trustDays, longestTrustDays) : defaultFactorSettings.trustDays,
    populations: textsOf(given['populations']),
    roles: textsOf(given['roles']).map(asRoleKind),
    insideNetworks: textsOf(given['insideNetworks']).filter((network) => readNetwork(network) !== undefined),
  };
}

/**
 * Changes the members given. Whose right it is to, is the caller's to know.
 * @throws {Refusal} `invalidProperties` naming those that make no sense.
 */
export async function changeFactorSettings(
  tx: Tx,
  tenantId: TenantId,
  change: Partial<FactorSettings>,
): Promise<FactorSettings> {
  const next = { ...(await readFactorSettings(tx, tenantId)), ...change };
  const { trustDays, populations, roles, insideNetworks } = next;
  const isWrong = {
    trustDays: !Number.isSafeInteger(trustDays) || trustDays < 0 || trustDays > longestTrustDays,
    populations: populations.length > listedAtMost || populations.some((one) => one === '' || one.length > 100),
    roles: roles.some((role) => !roleKinds.includes(role)),
    insideNetworks: insideNetworks.length > listedAtMost || insideNetworks.some((one) => !readNetwork(one)),
  };
  const properties = Object.entries(isWrong).flatMap(([name, wrong]) => (wrong ? [name] : []));
  if (properties.length > 0) throw new Refusal('invalidProperties', { properties });
  await changeTenantSettings(tx, tenantId, { factors: next });
  return next;
}

/** Whether this person must have a second factor, coming from there. @param at milliseconds since 1970. */
export async function isFactorDemanded(
  tx: Tx,
  holder: Pick<Holder, 'tenantId' | 'personId'>,
  remoteAddress: string,
  at: number,
): Promise<boolean> {
  const { populations, roles, insideNetworks } = await readFactorSettings(tx, holder.tenantId);
  if (insideNetworks.length > 0 && !isWithin(remoteAddress, insideNetworks)) return true;
  if (populations.length > 0 && populations.includes(await selectPopulation(tx, holder))) return true;
  if (roles.length === 0) return false;
  const held = await selectRolesOf(tx, holder, at);
  return held.some(({ kind, startsAt }) => startsAt <= at && roles.includes(kind));
}

/** @param networks CIDR. An address that is none is outside. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const list = new BlockList();
  for (const network of networks) {
    const found = readNetwork(network);
    if (found) list.addSubnet(found.address, found.length, found.family);
  }
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

interface Network {
  readonly address: string;
  readonly length: number;
  readonly family: 'ipv4' | 'ipv6';
}

function readNetwork(text: string): Network | undefined {
  const [, address = '', digits] = /^([0-9a-fA-F.:]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const longest = version === 6 ? 128 : 32;
  const length = digits === undefined ? longest : Number(digits);
  return length > longest ? undefined : { address, length, family: version === 6 ? 'ipv6' : 'ipv4' };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
