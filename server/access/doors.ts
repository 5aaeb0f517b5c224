/**
 * Connections of programs that are open in this process. When an institution closes a program to a population, or app
 * passwords, whoever is in by it now is out at once: the verb leaves a notice of its tenant, each process looks for
 * notices once a second, and asks of all connections of that tenant together who is shut out. Nothing is asked for a
 * connection by itself. Once a minute all are gone over so: somebody may have come into another population.
 */
import type { Program } from '#formats/policies/policies.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { glance, read, type Store } from '#server/store/store.ts';

import type { PersonActor } from './actor.ts';
import { type AccessProfile, accessRules, isOpenTo } from './profile.ts';
import { raiseNotice, selectNotices, selectPopulationsOf } from './queries/doors.ts';

interface Open {
  readonly actor: PersonActor;
  readonly program: Program;
  readonly end: () => void;
}

interface Doors {
  readonly byTenant: Map<TenantId, Set<Open>>;
  notices: ReadonlyMap<TenantId, number>;
  /** Noticed at the last look: whoever was coming in at that moment had asked the rules before they changed. */
  again: readonly TenantId[];
  sweepAt: number;
}

const lookEveryMs = 1_000;
const sweepEveryMs = 60_000;

const doorsBy = new WeakMap<Store, Doors>();

function doorsOf(store: Store): Doors {
  return doorsBy.getOrInsertComputed(store, () => ({
    byTenant: new Map(),
    notices: new Map(),
    again: [],
    sweepAt: store.now() + sweepEveryMs,
  }));
}

/**
 * Somebody is in by a program, and stays in a connection.
 * @param end called once, when they are shut out.
 * @returns what to call when the connection is over.
 */
export function enterDoor(store: Store, actor: PersonActor, end: () => void): () => void {
  const { tenantId, program } = actor;
  // A browser's session: no rule is about it.
  if (program === undefined) return () => undefined;
  const { byTenant } = doorsOf(store);
  const open: Open = { actor, program, end };
  byTenant.set(tenantId, (byTenant.get(tenantId) ?? new Set()).add(open));
  return () => {
    const those = byTenant.get(tenantId);
    those?.delete(open);
    if (those?.size === 0) byTenant.delete(tenantId);
  };
}

/** In the transaction that changes who may come by which program. */
export function markDoors(tx: Tx, tenantId: TenantId): Promise<void> {
  return raiseNotice(tx, tenantId);
}

/** Ends the connections of those who are shut out, where there is a notice. After the transaction, and now and then. */
export async function lookAtDoors(store: Store): Promise<void> {
  const doors = doorsOf(store);
  const tenantIds = [...doors.byTenant.keys()];
  if (tenantIds.length === 0) return;
  const now = store.now();
  const isSweep = now >= doors.sweepAt;
  const notices = await glance(store, (tx) => selectNotices(tx, tenantIds));
  const noticed = tenantIds.filter((tenantId) => notices.get(tenantId) !== doors.notices.get(tenantId));
  const due = isSweep ? tenantIds : new Set([...noticed, ...doors.again]);
  for (const tenantId of due) await endShut(store, tenantId, [...(doors.byTenant.get(tenantId) ?? [])]);
  doors.notices = notices;
  doors.again = noticed;
  if (isSweep) doors.sweepAt = now + sweepEveryMs;
}

async function endShut(store: Store, tenantId: TenantId, doors: readonly Open[]): Promise<void> {
  const shut = await read(store, async (tx) => {
    const { all, populations } = await accessRules(tx, tenantId);
    const profiles = [all, ...populations.values()];
    const concerned = doors.filter((open) => profiles.some((profile) => !isOpen(profile, open)));
    // Nearly always: the rules are about something else.
    if (concerned.length === 0) return [];
    const personIds = [...new Set(concerned.map(({ actor }) => actor.personId))];
    const populationOf = await selectPopulationsOf(tx, tenantId, personIds);
    return concerned.filter(
      (open) => !isOpen(populations.get(populationOf.get(open.actor.personId) ?? '') ?? all, open),
    );
  });
  for (const { end } of shut) end();
}

function isOpen(profile: AccessProfile, { actor, program }: Open): boolean {
  return isOpenTo(profile, { program, isAppPassword: actor.by === 'appPassword' });
}

export interface DoorWatch {
  close(): void;
}

export function watchDoors(store: Store, onFault: (error: unknown) => void): DoorWatch {
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    lookAtDoors(store)
      .catch(onFault)
      .finally(() => (isLooking = false));
  }, lookEveryMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
