/**
 * May anything be done now? Asked where a person comes in, and before whatever they write. Whoever may end a maintenance
 * gets in during it, and may use the console: the platform's administrators always, a tenant's during their own.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { rolesNow } from '#server/access/require-role.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Maintenance } from './queries.ts';
import { begunFor, maintenanceNow } from './watch.ts';

/** Lets somebody in. @throws {Refusal} `underMaintenance` while their tenant is closed. */
export async function requireOpen(store: Store, actor: Actor): Promise<void> {
  if (actor.kind === 'system') return;
  for (const now of begunFor(store, actor.tenantId))
    if (now.mode === 'closed' && !(await mayEnd(store, actor, now))) throw refusal(store, now);
}

/**
 * Lets something be written.
 * @param what `console`: an act of administration, which goes on for whoever may end the maintenance.
 * @throws {Refusal} `underMaintenance`.
 */
export async function requireWritable(store: Store, actor: Actor, what: 'work' | 'console'): Promise<void> {
  if (actor.kind === 'system') return;
  // The platform's and the tenant's may come together: whoever may end one of them may not therefore end the other.
  for (const now of begunFor(store, actor.tenantId))
    if (!(what === 'console' && (await mayEnd(store, actor, now)))) throw refusal(store, now);
}

/** Mail for a tenant that is closed waits where it is. @throws {Refusal} `underMaintenance`. */
export function requireReceiving(store: Store, tenantId: TenantId): void {
  const now = maintenanceNow(store, tenantId);
  if (now?.mode === 'closed') throw refusal(store, now);
}

/** Whether nothing may be written in this tenant now, where something would be written by the way. */
export function isReadOnlyNow(store: Store, tenantId: TenantId): boolean {
  return maintenanceNow(store, tenantId) !== undefined;
}

function mayEnd(store: Store, actor: Actor, now: Maintenance): Promise<boolean> {
  return read(store, async (tx) =>
    (await rolesNow(tx, actor, store.now())).some(
      ({ kind, tenantId }) => kind === 'platform' || (kind === 'tenant' && tenantId === now.tenantId),
    ),
  );
}

const leastSeconds = 5;
const mostSeconds = 300;

/** When it is worth trying again: nobody knows, so neither at once nor in hours. */
function refusal(store: Store, { mode, endsAt }: Maintenance): Refusal {
  const left = endsAt === null ? 0 : Math.ceil((endsAt - store.now()) / 1000);
  const until = left > 0 && endsAt !== null ? ` until ${new Date(endsAt).toISOString()}` : '';
  return new Refusal('underMaintenance', {
    description: `maintenance: ${mode === 'closed' ? 'closed' : 'read only'}${until}`,
    endsAt,
    retryAfterSeconds: Math.min(mostSeconds, Math.max(leastSeconds, left)),
  });
}
