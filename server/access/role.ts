/**
 * Roles: who may administer, where in the tree, from when to when, by whose decision and why. They are granted and
 * revoked here and nowhere else. Nobody grants more than they hold; only the operator makes the first administrator.
 */
import { newRoleId } from '#server/directory/identifiers.ts';
import { type Danger, requireSecond } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { recordTrace, type TraceDetails } from '#server/records/trace.ts';
import type { Tx } from '#server/store/statement.ts';
import type { PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import type { Actor } from './actor.ts';
import { standingAt } from './administrators.ts';
import type { PersonRef } from './credential.ts';
import { covers, outranks, powersOfAll, type Power, type RoleId, type RoleKind } from './powers.ts';
import { requireFresh } from './factors/fresh.ts';
import { type Holder, selectHolder } from './queries/people.ts';
import {
  insertRole,
  type ListedRole,
  type Role,
  selectRole,
  selectRoles,
  selectRolesOf,
  selectUnitName,
  updateRoleRevoked,
} from './queries/roles.ts';
import { Refusal } from './refusal.ts';
import {
  requireActing,
  requireAnyRole,
  requireReason,
  requireRole,
  requireRoleOver,
  rolesNow,
} from './require-role.ts';

export type { ListedRole, Role };

export interface NewRole {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly kind: RoleKind;
  /** Of `unit` always; of `support` where it is not the whole tenant; of the others never. */
  readonly unitId?: UnitId | null;
  /** Milliseconds since 1970; from now on without it. */
  readonly startsAt?: number;
  /** Null: until it is revoked. */
  readonly endsAt?: number | null;
  readonly reason?: string | undefined;
}

/**
 * Grants a role to somebody whom the actor may administer, over a subtree of the actor's own.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `noSuchUnit`, `stepUpNeeded`, `invalidProperties`, `alreadyExists`,
 * `awaitsApproval`.
 */
export async function grantRole(store: Store, actor: Actor, given: NewRole): Promise<RoleId> {
  return orWaiting(store, actor, { verb: 'grantRole', given }, requireReason(actor, given.reason), () =>
    grantRoleWith(store, actor, given, (tx, at) => requireFresh(tx, actor, at)),
  );
}

/** The same where the question of proof is settled by `alongside`, within the transaction that grants it. */
export async function grantRoleWith(
  store: Store,
  actor: Actor,
  given: NewRole,
  alongside: (tx: AccountTx, at: number) => Promise<void>,
): Promise<RoleId> {
  const { tenantId, personId, kind, unitId = null, endsAt = null } = given;
  const at = store.now();
  const { startsAt = at } = given;
  const reason = requireReason(actor, given.reason) ?? '';
  if ((kind === 'unit' && unitId === null) || ((kind === 'tenant' || kind === 'platform') && unitId !== null))
    throw new Refusal('invalidProperties', { properties: ['unitId'] });
  if (endsAt !== null && endsAt <= Math.max(startsAt, at))
    throw new Refusal('invalidProperties', { properties: ['endsAt'] });
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'grant', { tenantId, personId }, at);
    return selectHolder(tx, tenantId, personId);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  return transaction(store, holder.accountId, async (tx) => {
    const mayGrant = async (one: Actor): Promise<void> => {
      await requireActing(tx, one, 'grant', { tenantId, personId }, at);
      const { held, path } = await requireRole(tx, one, 'grant', { tenantId, unitId }, at);
      if (!held.some((own) => outranks(own, { kind, tenantId, path })))
        throw new Refusal('mayNot', { description: 'more than one holds oneself' });
    };
    await mayGrant(actor);
    await alongside(tx, at);
    const same = (await selectRolesOf(tx, holder, at)).find((role) => role.kind === kind && role.unitId === unitId);
    if (same) throw new Refusal('alreadyExists', { existingId: String(same.id) });
    const asked = { act: 'grantRole', kind, unit: await selectUnitName(tx, tenantId, unitId), endsAt };
    await requireSecond(store, tx, actor, await dangerOf(tx, { tenantId, personId }, asked, at), at, mayGrant);
    const id = await newRoleId(tx);
    const authorPersonId = actor.kind === 'person' ? actor.personId : null;
    const dates = { startsAt, endsAt, createdAt: at, revokedAt: null };
    await insertRole(tx, { id, tenantId, personId, kind, unitId, authorPersonId, reason, ...dates });
    tx.changed('Account');
    const details = { of: personId, role: id, kind, unit: unitId, startsAt, endsAt, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'grantRole', at, accountId: holder.accountId, details });
    return id;
  });
}

/** Ends a role at once. @throws {Refusal} `mayNot`, `stepUpNeeded`, `awaitsApproval`; `notFound` as `noSuchPerson` for one outside the actor's subtrees. */
export async function revokeRole(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: RoleId,
  givenReason?: string,
): Promise<void> {
  const reason = requireReason(actor, givenReason);
  const at = store.now();
  const found = await read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'grant', tenantId, at);
    const role = await selectRole(tx, tenantId, id);
    const isSeen = role !== undefined && held.some((own) => covers(own, role));
    const holder = isSeen ? await selectHolder(tx, tenantId, role.personId) : undefined;
    return role && holder && { role, holder };
  });
  if (!found) throw new Refusal('noSuchPerson');
  await orWaiting(store, actor, { verb: 'revokeRole', tenantId, id }, reason, () =>
    endRole(store, actor, found, reason, at),
  );
}

async function endRole(
  store: Store,
  actor: Actor,
  { role, holder }: { readonly role: Role; readonly holder: Holder },
  reason: string | null,
  at: number,
): Promise<void> {
  const { id, tenantId, personId } = role;
  await transaction(store, holder.accountId, async (tx) => {
    const mayRevoke = async (one: Actor): Promise<void> => {
      const held = await requireAnyRole(tx, one, 'grant', tenantId, at);
      if (!held.some((own) => outranks(own, role))) throw new Refusal('mayNot', { description: 'a higher role' });
    };
    await mayRevoke(actor);
    await requireFresh(tx, actor, at);
    const asked = { act: 'revokeRole', kind: role.kind, unit: await selectUnitName(tx, tenantId, role.unitId) };
    await requireSecond(store, tx, actor, await dangerOf(tx, { tenantId, personId }, asked, at), at, mayRevoke);
    if (!(await updateRoleRevoked(tx, tenantId, id, at))) return;
    tx.changed('Account');
    const details = { of: role.personId, role: id, kind: role.kind, unit: role.unitId, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'revokeRole', at, accountId: holder.accountId, details });
  });
}

/** The second one sees the same roles as the author did, in the same place. */
async function dangerOf(tx: Tx, who: PersonRef, details: TraceDetails, at: number): Promise<Danger> {
  const seen = await standingAt(tx, who, at);
  return { ...who, kinds: ['roles'], power: 'grant', path: seen.path, seen, details };
}

const listedAtMost = 5_000;

/**
 * Roles within the subtrees of the actor, the newest first; those that stand or will, unless all are asked for.
 * @throws {Refusal} `mayNot`.
 */
export function listRoles(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  { isEnded = false }: { readonly isEnded?: boolean } = {},
): Promise<readonly ListedRole[]> {
  return read(store, async (tx) => {
    const at = store.now();
    const held = await requireAnyRole(tx, actor, 'grant', tenantId, at);
    const standingAt = isEnded ? undefined : at;
    const all = await selectRoles(tx, tenantId, { standingAt, limit: listedAtMost });
    return all.filter((role) => held.some((own) => covers(own, role)));
  });
}

/** One's own roles that stand now, and what they let one do. Nothing for whoever has none. */
export function ownRoles(
  store: Store,
  actor: Actor,
): Promise<{ readonly roles: readonly Role[]; readonly powers: readonly Power[] }> {
  return read(store, async (tx) => {
    const roles = await rolesNow(tx, actor, store.now());
    return { roles, powers: powersOfAll(roles) };
  });
}
