/** Whether filters may send mail out of the institution: a setting of the tenant, `allow` unless it says `forbid`. */
import type { Actor } from '#server/access/actor.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { changeTenantSettings, readTenantSettings } from '#server/directory/settings.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

export type Forwarding = 'allow' | 'forbid';

/** The member of the tenant's settings. */
const member = 'forwardOutside';

export async function readForwarding(tx: Tx, tenantId: TenantId): Promise<Forwarding> {
  const settings = await readTenantSettings(tx, tenantId);
  return settings[member] === 'forbid' ? 'forbid' : 'allow';
}

/** Holds from the next delivery on; scripts stay as they are. @throws {Refusal} `mayNot`. */
export async function setForwarding(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  forwarding: Forwarding,
): Promise<void> {
  requireSystem(actor);
  await write(store, async (tx) => {
    await changeTenantSettings(tx, tenantId, { [member]: forwarding });
    const at = store.now();
    await recordTrace(tx, { tenantId, actor, verb: 'setForwarding', at, details: { outside: forwarding } });
  });
}
