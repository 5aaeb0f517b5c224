/** What the page of the step `password` shows: why another password, and the rules it is held to. */
import type { PasswordPolicy } from '#formats/password/policy.ts';
import { read, type Store } from '#server/store/store.ts';

import { prepareGuessing } from './guessing/guess.ts';
import { isExpired, passwordPolicyOf } from './password-policy.ts';
import type { PendingLogin } from './pending.ts';
import { selectFacts } from './queries/facts.ts';
import type { Holder } from './queries/people.ts';

/** `first`: one comes in for the first time. `given`: support gave one to be replaced. `recovered`: by a code. */
export type PasswordReason = 'first' | 'given' | 'expired' | 'recovered';

export interface PasswordStep {
  readonly reason: PasswordReason;
  readonly policy: PasswordPolicy;
  /** For the page, and for password managers. */
  readonly userName: string;
}

export async function passwordStep(store: Store, { holder }: PendingLogin): Promise<PasswordStep> {
  prepareGuessing();
  const { policy, facts } = await read(store, async (tx) => ({
    policy: await passwordPolicyOf(tx, holder.tenantId),
    facts: await selectFacts(tx, holder),
  }));
  return { reason: reasonOf(holder, policy, store.now()), policy, userName: facts?.userName ?? '' };
}

function reasonOf(holder: Holder, policy: PasswordPolicy, at: number): PasswordReason {
  if (holder.activatedAt === null) return 'first';
  if (holder.mustChangePassword) return 'given';
  return isExpired(holder, policy, at) ? 'expired' : 'recovered';
}
