/** What an institution decided about acts that take two administrators: the group `approvals` of its policies. */
import { type PolicyOf, readPolicy } from '#formats/policies/policies.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

export type ApprovalRules = PolicyOf<'approvals'>;

export async function approvalRules(tx: Tx, tenantId: TenantId): Promise<ApprovalRules> {
  return readPolicy('approvals', (await readTenantSettings(tx, tenantId))['approvals']);
}
