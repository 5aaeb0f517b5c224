/** What an institution decided about wishes for more room: the group `quota` of its policies. */
import { type PolicyOf, readPolicy } from '#formats/policies/policies.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

export type QuotaRules = PolicyOf<'quota'>;

export async function quotaRules(tx: Tx, tenantId: TenantId): Promise<QuotaRules> {
  return readPolicy('quota', (await readTenantSettings(tx, tenantId))['quota']);
}

/** As people count it. */
export const octetsPerGb = 1_000_000_000;
