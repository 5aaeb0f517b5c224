/** What anybody may know of how the house is: for the status page, the login page, and programs that watch. */
import type { TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import type { Maintenance, Mode } from './queries.ts';
import { maintenanceNow, plannedFor } from './watch.ts';

export type { Maintenance };

export interface HouseStatus {
  readonly state: 'open' | Mode;
  /** The maintenance that `state` says, or the next one that is planned soon enough to be told of. */
  readonly maintenance: Maintenance | undefined;
}

/** People are told this long before: days enough to plan, and not so many that nobody reads it any more. */
const noticeMs = 3 * 86_400_000;

/** @param tenantId undefined: of the platform as a whole. */
export function houseStatus(store: Store, tenantId: TenantId | undefined): HouseStatus {
  const now = maintenanceNow(store, tenantId);
  if (now) return { state: now.mode, maintenance: now };
  const soon = store.now() + noticeMs;
  const next = plannedFor(store, tenantId)
    .filter(({ startsAt }) => startsAt <= soon)
    .toSorted((a, b) => a.startsAt - b.startsAt)[0];
  return { state: 'open', maintenance: next };
}
