/**
 * What a role lets its holder do, and over whom. Roles are few, and ordered: none gives a power that a higher one lacks.
 * No role opens anybody's mail: that takes a mandate (require-right.ts), which no role can give.
 */
import type { Brand, TenantId } from '#server/store/ids.ts';

export type RoleId = Brand<number, 'RoleId'>;

/** From the highest to the lowest. */
export const roleKinds = ['platform', 'tenant', 'unit', 'support'] as const;
export type RoleKind = (typeof roleKinds)[number];

/** What this version does not know gives the least. */
export function asRoleKind(text: string): RoleKind {
  return roleKinds.find((kind) => kind === text) ?? 'support';
}

export type Power =
  /** Find people, and see the cards of their accounts. */
  | 'look'
  /** Unlock, give a provisional password, sign out everywhere. */
  | 'help'
  /** Block, suspend, close, reopen, change quotas, deal with an account that others got into. */
  | 'administer'
  /** Read the trace. */
  | 'audit'
  /** Grant and revoke roles. */
  | 'grant';

const agent: readonly Power[] = ['look', 'help'];
const administrator: readonly Power[] = ['look', 'help', 'administer', 'audit', 'grant'];

const powersOf: Readonly<Record<RoleKind, readonly Power[]>> = {
  platform: administrator,
  tenant: administrator,
  unit: administrator,
  support: agent,
};

/** Where a role holds: its kind, and the subtree under `path`. */
export interface Reach {
  readonly kind: RoleKind;
  readonly tenantId: TenantId;
  /** '/' for the whole tenant. */
  readonly path: string;
}

export function givesPower({ kind }: Reach, power: Power): boolean {
  return powersOf[kind].includes(power);
}

/** All that these roles give, in the order of `Power`. */
export function powersOfAll(held: readonly Reach[]): readonly Power[] {
  return administrator.filter((power) => held.some((role) => givesPower(role, power)));
}

/** Whether a place in the tree is under the role. Somebody without a unit stands at '/', under whole tenants alone. */
export function covers(role: Reach, at: Pick<Reach, 'tenantId' | 'path'>): boolean {
  if (role.kind === 'platform') return true;
  return role.tenantId === at.tenantId && at.path.startsWith(role.path);
}

/**
 * Whether one role is at least as high as another and holds wherever it does: what one may grant, and whom one may act
 * upon. A colleague of the same rank over a wider subtree is out of reach, or their password would be a way up.
 */
export function outranks(role: Reach, other: Reach): boolean {
  return roleKinds.indexOf(role.kind) <= roleKinds.indexOf(other.kind) && covers(role, other);
}
