/** What a tenant decided about mandates: a member of its settings. */
import { readPolicy } from '#formats/policies/policies.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Right } from './rights.ts';

export interface MandateRules {
  /** Rights that an administrator has to agree to besides, when one person gives them to another. */
  readonly approvalFor: readonly Right[];
  /** Longer ones are not given by people; null for any length, and without an end. */
  readonly longestDays: number | null;
  /** Both sides are reminded of the end so many days before it. */
  readonly remindDaysBefore: number;
}

export async function mandateRules(tx: Tx, tenantId: TenantId): Promise<MandateRules> {
  return readPolicy('mandates', (await readTenantSettings(tx, tenantId))['mandates']);
}
