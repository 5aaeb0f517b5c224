/**
 * May this actor administer here? Every verb of the console asks inside its own transaction, so that a role that ended
 * and an administrator who was locked are refused from that instant. A role counts in a browser session alone: an app
 * password kept in a mail program is no key to other people's accounts.
 */
import type { PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Actor, DirectoryActor } from './actor.ts';
import { covers, givesPower, outranks, type Power, type Reach } from './powers.ts';
import { type Role, selectPlaceOf, selectRolesOf, selectUnitPath } from './queries/roles.ts';
import { Refusal } from './refusal.ts';
import { mayWork } from './require-right.ts';

/** The roles under which something is done; none of them for the house itself, which may do anything. */
export type Held = readonly Reach[];

const everywhere = (tenantId: TenantId): Held => [{ kind: 'platform', tenantId, path: '/' }];

/**
 * The roles of the actor that give `power`, wherever they hold: for lists, which then show what these cover.
 * @throws {Refusal} `mayNot` where there is none.
 */
export async function requireAnyRole(
  tx: Tx,
  actor: Actor,
  power: Power,
  tenantId: TenantId,
  at: number,
): Promise<Held> {
  if (actor.kind === 'system') return everywhere(tenantId);
  if (actor.kind === 'directory') return heldBy(actor, power, tenantId);
  const held = (await rolesNow(tx, actor, at)).filter((role) => givesPower(role, power));
  if (held.length === 0) throw new Refusal('mayNot');
  return held.filter((role) => role.kind === 'platform' || role.tenantId === tenantId);
}

/** @throws {Refusal} `mayNot` for another tenant, and for what is not about accounts. */
function heldBy({ tenantId: own, path }: DirectoryActor, power: Power, tenantId: TenantId): Held {
  if (own !== tenantId || power === 'audit' || power === 'grant') throw new Refusal('mayNot');
  return [{ kind: path === '/' ? 'tenant' : 'unit', tenantId, path }];
}

/** The roles of the actor that stand now; empty for whoever is not in a browser session of their own. */
export async function rolesNow(tx: Tx, actor: Actor, at: number): Promise<readonly Role[]> {
  if (actor.kind !== 'person' || actor.by !== 'session') return [];
  const place = await selectPlaceOf(tx, actor);
  if (!place || !mayWork(place.state)) return [];
  return (await selectRolesOf(tx, actor, at)).filter(({ startsAt }) => startsAt <= at);
}

/**
 * Lets the verb go on over the whole of a subtree, or refuses.
 * @param on the unit at its top; null for the whole tenant.
 * @throws {Refusal} `mayNot` without such a role; `noSuchUnit` for a unit outside.
 */
export async function requireRole(
  tx: Tx,
  actor: Actor,
  power: Power,
  on: { readonly tenantId: TenantId; readonly unitId: UnitId | null },
  at: number,
): Promise<{ readonly held: Held; readonly path: string }> {
  const { tenantId, unitId } = on;
  const held = await requireAnyRole(tx, actor, power, tenantId, at);
  const path = unitId === null ? '/' : await selectUnitPath(tx, tenantId, unitId);
  const here = path === undefined ? [] : held.filter((role) => covers(role, { tenantId, path }));
  if (path === undefined || here.length === 0) throw new Refusal(unitId === null ? 'mayNot' : 'noSuchUnit');
  return { held: here, path };
}

/**
 * Lets the verb go on about one person, or refuses.
 * @throws {Refusal} `mayNot` without such a role; `noSuchPerson` for whoever is outside the subtrees of the actor's.
 */
export async function requireRoleOver(
  tx: Tx,
  actor: Actor,
  power: Power,
  who: { readonly tenantId: TenantId; readonly personId: PersonId },
  at: number,
): Promise<Held> {
  const held = await requireAnyRole(tx, actor, power, who.tenantId, at);
  const place = await selectPlaceOf(tx, who);
  const here = place ? held.filter((role) => covers(role, { tenantId: who.tenantId, path: place.path })) : [];
  if (here.length === 0) throw new Refusal('noSuchPerson');
  return here;
}

/**
 * The same for what changes somebody's account: nobody acts upon who is higher, nor upon themselves.
 * @throws {Refusal} `mayNot`, `noSuchPerson`.
 */
export async function requireActing(
  tx: Tx,
  actor: Actor,
  power: Power,
  who: { readonly tenantId: TenantId; readonly personId: PersonId },
  at: number,
): Promise<Held> {
  const held = await requireRoleOver(tx, actor, power, who, at);
  if (actor.kind === 'system') return held;
  if (actor.kind === 'person' && actor.tenantId === who.tenantId && actor.personId === who.personId)
    throw new Refusal('mayNot', { description: 'not one’s own account' });
  const theirs = await selectRolesOf(tx, who, at);
  if (!theirs.every((role) => held.some((own) => outranks(own, role))))
    throw new Refusal('mayNot', { description: 'somebody with a higher role' });
  return held;
}

const reasonCharacters = 500;

/**
 * Why something is done: asked of every person, and kept in the trace.
 * @throws {Refusal} `invalidProperties` naming `reason` when there is none, or it is longer than 500 characters.
 */
export function requireReason(actor: Actor, reason: string | null | undefined): string | null {
  const text = reason?.trim() ?? '';
  if (text.length > reasonCharacters || (actor.kind === 'person' && text === ''))
    throw new Refusal('invalidProperties', { properties: ['reason'] });
  return text === '' ? null : text;
}
