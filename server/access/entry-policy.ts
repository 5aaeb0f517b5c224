/** What an institution asks of whoever gets in: terms of use, and an address by which they get in again. */
import { readPolicy } from '#formats/policies/policies.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

export interface EntryPolicy {
  /** Undefined where there are none. */
  readonly terms: Terms | undefined;
  readonly recovery: RecoveryPolicy;
}

export interface Terms {
  readonly version: string;
  /** Paragraphs, an empty line between them. */
  readonly text: string;
  /** Whether those who work already are asked at their next login, or only who comes for the first time. */
  readonly isAskedOfAll: boolean;
}

export interface RecoveryPolicy {
  /** Whether one is asked for a recovery address at the first login: not at all, as one likes, or in any case. */
  readonly asking: 'never' | 'offered' | 'required';
  /** Whether people get in again by themselves; otherwise the page only says whom to call. */
  readonly isOpen: boolean;
}

/** Of a tenant's settings the members `terms` and `recovery`; what has another shape is as good as not there. */
export async function entryPolicyOf(tx: Tx, tenantId: TenantId): Promise<EntryPolicy> {
  const { terms, recovery, federation } = await readTenantSettings(tx, tenantId);
  const own = readPolicy('recovery', recovery);
  return { terms: readTerms(terms), recovery: isDelegated(federation) ? { asking: 'never', isOpen: false } : own };
}

/** Whether passwords are got back at another identity provider (federation/policy.ts), and so never here. */
function isDelegated(federation: unknown): boolean {
  if (typeof federation !== 'object' || federation === null || !('recoveryProviderId' in federation)) return false;
  return typeof federation.recoveryProviderId === 'number';
}

function readTerms(value: unknown): Terms | undefined {
  const terms = readPolicy('terms', value);
  return terms.version === '' || terms.text.trim() === '' ? undefined : terms;
}
