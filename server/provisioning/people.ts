/** People as another directory sees them. Whoever is closed is gone for it, and so is whoever is outside its subtree. */
import { createHash } from 'node:crypto';

import type { Actor } from '#server/access/actor.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole, requireRoleOver } from '#server/access/require-role.ts';
import { type Standing, standingAppointments } from '#server/directory/appointments/standing.ts';
import { type GroupOf, groupsOf } from '#server/directory/groups/read.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { type PersonRow, selectPeopleRows } from './queries/people.ts';

export interface ProvisionedPerson extends PersonRow {
  /** Those they are a member of themselves. */
  readonly groups: readonly GroupOf[];
  /** Planned ones and the one that holds, the earliest first. */
  readonly appointments: readonly Standing[];
  /** Another one whenever anything of it is different. */
  readonly version: string;
}

/** @throws {Refusal} `mayNot`, `noSuchPerson`. */
export function readProvisioned(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  personId: PersonId,
): Promise<ProvisionedPerson> {
  return read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'look', { tenantId, personId }, store.now());
    return provisionedIn(tx, tenantId, personId);
  });
}

/** The same where the right is settled. @throws {Refusal} `noSuchPerson`, also for whoever is closed. */
export async function provisionedIn(tx: Tx, tenantId: TenantId, personId: PersonId): Promise<ProvisionedPerson> {
  const [found] = await selectPeopleRows(tx, tenantId, [personId]);
  if (!found || found.state === 'closed') throw new Refusal('noSuchPerson');
  const groups = await groupsOf(tx, tenantId, [personId]);
  return provisioned(found, groups, await standingAppointments(tx, tenantId, [personId]));
}

/** In the order of `ids`; who is missing, is. */
export async function provisionedMany(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly PersonId[],
): Promise<readonly ProvisionedPerson[]> {
  const groups = await groupsOf(tx, tenantId, ids);
  const appointments = await standingAppointments(tx, tenantId, ids);
  const byId = new Map((await selectPeopleRows(tx, tenantId, ids)).map((row) => [row.personId, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [provisioned(row, groups, appointments)] : [];
  });
}

function provisioned(
  row: PersonRow,
  groups: ReadonlyMap<PersonId, readonly GroupOf[]>,
  standing: ReadonlyMap<PersonId, readonly Standing[]>,
): ProvisionedPerson {
  const appointments = standing.get(row.personId) ?? [];
  // When it was written is no part of it, the same again is the same; nor are groups, which have versions of their own.
  const { updatedAt: _, ...kept } = row;
  const version = createHash('sha256')
    .update(JSON.stringify({ ...kept, appointments }))
    .digest('base64url')
    .slice(0, 22);
  return { ...row, groups: groups.get(row.personId) ?? [], appointments, version };
}

/** The subtree an actor looks over: of several, there is no one path. @throws {Refusal} `mayNot`. */
export async function pathOver(tx: Tx, actor: Actor, tenantId: TenantId, at: number): Promise<string> {
  const held: Held = await requireAnyRole(tx, actor, 'look', tenantId, at);
  if (held.some((role) => covers(role, { tenantId, path: '/' }))) return '/';
  const [only, ...others] = held;
  if (!only || others.length > 0) throw new Refusal('mayNot');
  return only.path;
}
