/**
 * What a tenant decided about second factors: of whom one is demanded, and for how long a device may be trusted. The
 * member `factors` of the tenant's settings; what is missing there, or makes no sense, is as by default.
 */
import { BlockList, isIP } from 'node:net';

import { readPolicy } from '#formats/policies/policies.ts';
import { asRoleKind, type RoleKind } from '#server/access/powers.ts';
import type { Holder } from '#server/access/queries/people.ts';
import { selectRolesOf } from '#server/access/queries/roles.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
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

export async function readFactorSettings(tx: Tx, tenantId: TenantId): Promise<FactorSettings> {
  const { roles, insideNetworks, ...others } = readPolicy(
    'factors',
    (await readTenantSettings(tx, tenantId))['factors'],
  );
  return { ...others, roles: roles.map(asRoleKind), insideNetworks: insideNetworks.filter(isNetwork) };
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

/** CIDR, or one address. */
export function isNetwork(text: string): boolean {
  return readNetwork(text) !== undefined;
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
