/** A tenant's settings: one JSON object, whose members belong to the nouns that write them. */
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectSettings, type TenantSettings, updateSettings } from './queries/settings.ts';

export type { TenantSettings };

/** Empty for a tenant that has none, or is none. */
export function readTenantSettings(tx: Tx, tenantId: TenantId): Promise<TenantSettings> {
  return selectSettings(tx, tenantId);
}

/** Replaces the members that `change` names, and keeps the others. */
export async function changeTenantSettings(tx: Tx, tenantId: TenantId, change: TenantSettings): Promise<void> {
  await updateSettings(tx, tenantId, { ...(await selectSettings(tx, tenantId, 'toChange')), ...change });
}
