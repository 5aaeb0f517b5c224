/** The switch: maintenance is planned, begun and ended here and nowhere else. */
import { type Actor, operator } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireAnyRole, requireReason, requireRole } from '#server/access/require-role.ts';
import { listTenants } from '#server/directory/tenant.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import {
  deleteMaintenance,
  type Maintenance,
  modes,
  replaceMaintenance,
  selectMaintenance,
  updateNews,
} from './queries.ts';
import { lookAtMaintenance } from './watch.ts';

export { type Maintenance, modes };

export interface NewMaintenance extends Omit<Maintenance, 'startsAt' | 'endsAt' | 'textFr' | 'textEn'> {
  /** From now on without it. */
  readonly startsAt?: number | null;
  readonly endsAt?: number | null;
  readonly textFr?: string;
  readonly textEn?: string;
  readonly reason?: string | undefined;
}

const textCharacters = 1_000;

/**
 * Plans a maintenance, or begins it at once, in place of the one there was.
 * @throws {Refusal} `mayNot` without a role over the whole tenant (over the platform, for it), `stepUpNeeded`,
 * `invalidProperties`.
 */
export async function startMaintenance(store: Store, actor: Actor, given: NewMaintenance): Promise<Maintenance> {
  const at = store.now();
  const reason = requireReason(actor, given.reason);
  const { tenantId, mode, endsAt = null, textFr = '', textEn = '' } = given;
  const startsAt = given.startsAt ?? at;
  const wrong = [
    ...(endsAt !== null && endsAt <= Math.max(startsAt, at) ? ['endsAt'] : []),
    ...(textFr.length > textCharacters ? ['textFr'] : []),
    ...(textEn.length > textCharacters ? ['textEn'] : []),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
  const planned: Maintenance = { tenantId, mode, startsAt, endsAt, textFr: textFr.trim(), textEn: textEn.trim() };
  const tenantIds = await tracedIn(store, tenantId);
  await write(store, async (tx) => {
    await requireSwitch(tx, actor, tenantId, at);
    await replaceMaintenance(tx, planned, at);
    await updateNews(tx);
    const details = { mode, startsAt, endsAt, isPlatform: tenantId === undefined, reason };
    for (const id of tenantIds) await recordTrace(tx, { tenantId: id, actor, verb: 'startMaintenance', at, details });
  });
  await lookAtMaintenance(store);
  return planned;
}

/** Ends it, or takes back what was planned. @returns whether there was one. @throws {Refusal} as above. */
export async function endMaintenance(
  store: Store,
  actor: Actor,
  tenantId: TenantId | undefined,
  givenReason?: string,
): Promise<boolean> {
  const at = store.now();
  const reason = requireReason(actor, givenReason);
  const tenantIds = await tracedIn(store, tenantId);
  const wasThere = await write(store, async (tx) => {
    await requireSwitch(tx, actor, tenantId, at);
    if (!(await deleteMaintenance(tx, tenantId))) return false;
    await updateNews(tx);
    const details = { isPlatform: tenantId === undefined, reason };
    for (const id of tenantIds) await recordTrace(tx, { tenantId: id, actor, verb: 'endMaintenance', at, details });
    return true;
  });
  await lookAtMaintenance(store);
  return wasThere;
}

/**
 * What is planned or under way: of the actor's own tenant and of the platform; everything for the house itself.
 * @throws {Refusal} `mayNot` without any role.
 */
export function listMaintenance(store: Store, actor: Actor): Promise<readonly Maintenance[]> {
  return read(store, async (tx) => {
    const all = await selectMaintenance(tx);
    if (actor.kind === 'system') return all;
    await requireAnyRole(tx, actor, 'look', actor.tenantId, store.now());
    return all.filter(({ tenantId }) => tenantId === undefined || tenantId === actor.tenantId);
  });
}

/** Of the whole tenant, and of the whole platform where that is meant: a role over a part of the tree is not enough. */
async function requireSwitch(tx: Tx, actor: Actor, tenantId: TenantId | undefined, at: number): Promise<void> {
  if (actor.kind === 'system') return;
  const { held } = await requireRole(
    tx,
    actor,
    'administer',
    { tenantId: tenantId ?? actor.tenantId, unitId: null },
    at,
  );
  if (tenantId === undefined && !held.some(({ kind }) => kind === 'platform')) throw new Refusal('mayNot');
  await requireFresh(tx, actor, at);
}

/** The tenants whose trace tells of it: all of them where it is the platform's. */
async function tracedIn(store: Store, tenantId: TenantId | undefined): Promise<readonly TenantId[]> {
  return tenantId === undefined ? (await listTenants(store, operator)).map(({ id }) => id) : [tenantId];
}
