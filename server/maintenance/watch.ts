/**
 * What this process knows of maintenance. Every request asks, so it is kept in memory, and one small read a second
 * brings it up to date: whatever process or command line wrote it, all open sessions follow within a second or two.
 */
import { glance, type Store } from '#server/store/store.ts';
import { asModseq, type TenantId } from '#server/store/ids.ts';

import { type Maintenance, selectMaintenance, selectNews } from './queries.ts';

interface Known {
  readonly planned: readonly Maintenance[];
  readonly news: number;
  /** Of those that have begun: it changes when the hour of one comes. */
  readonly begun: string;
}

const nothing: Known = { planned: [], news: 0, begun: '' };
const knownBy = new WeakMap<Store, Known>();

/** Those of the platform and of this tenant, the platform's first; of the platform alone without one. */
export function plannedFor(store: Store, tenantId: TenantId | undefined): readonly Maintenance[] {
  const { planned } = knownBy.get(store) ?? nothing;
  return planned.filter((one) => one.tenantId === undefined || one.tenantId === tenantId);
}

/** The maintenance that this tenant is in now; of two the one that closes. */
export function maintenanceNow(store: Store, tenantId: TenantId | undefined): Maintenance | undefined {
  return begunFor(store, tenantId)[0];
}

/** All it is in now, those that close first. */
export function begunFor(store: Store, tenantId: TenantId | undefined): readonly Maintenance[] {
  const { planned } = knownBy.get(store) ?? nothing;
  if (planned.length === 0) return planned;
  const at = store.now();
  const begun = plannedFor(store, tenantId).filter(({ startsAt }) => startsAt <= at);
  return begun.toSorted((a, b) => Number(b.mode === 'closed') - Number(a.mode === 'closed'));
}

/** Looks now, and tells whoever listens in this process when something is new. */
export async function lookAtMaintenance(store: Store): Promise<void> {
  const at = store.now();
  const read = await glance(store, async (tx) => ({
    news: await selectNews(tx),
    planned: await selectMaintenance(tx),
  }));
  const begun = read.planned.flatMap(({ tenantId, startsAt }) => (startsAt <= at ? [`${tenantId} ${startsAt}`] : []));
  const now: Known = { ...read, begun: begun.join() };
  const before = knownBy.get(store);
  knownBy.set(store, now);
  if (before && (before.news !== now.news || before.begun !== now.begun))
    store.changes.tellAll({ Announcement: asModseq(at) });
}

const lookEveryMs = 1_000;

export interface MaintenanceWatch {
  close(): void;
}

/** Looks once before it resolves, then once a second. */
export async function watchMaintenance(store: Store, onFault: (error: unknown) => void): Promise<MaintenanceWatch> {
  await lookAtMaintenance(store);
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    lookAtMaintenance(store)
      .catch(onFault)
      .finally(() => (isLooking = false));
  }, lookEveryMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
