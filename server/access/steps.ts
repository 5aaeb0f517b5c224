/**
 * What may stand between a right password and an open session: a provisional password to replace, a second factor to
 * show. Until every step is done the session opens nothing but the pages of these steps, and it ends soon (pending.ts).
 */
import type { Tx } from '#server/store/statement.ts';

import { entryPolicyOf } from './entry-policy.ts';
import { isExpired, passwordPolicyOf } from './password-policy.ts';
import type { Holder } from './queries/people.ts';

/** In the order in which they are asked for. */
export const allSteps = ['password', 'terms', 'recovery'] as const;
export type LoginStep = (typeof allSteps)[number];

/** For each step whether this person has to do it now. */
const isNeeded: Readonly<Record<LoginStep, (tx: Tx, holder: Holder, at: number) => Promise<boolean> | boolean>> = {
  // Whoever came by their NUMEN has no password yet.
  password: async (tx, holder, at) =>
    holder.mustChangePassword ||
    holder.passwordHash === null ||
    isExpired(holder, await passwordPolicyOf(tx, holder.tenantId), at),
  terms: async (tx, holder) => {
    const { terms } = await entryPolicyOf(tx, holder.tenantId);
    if (!terms || terms.version === holder.termsVersion) return false;
    return holder.activatedAt === null || terms.isAskedOfAll;
  },
  recovery: async (tx, holder) => {
    if (holder.hasRecoveryEmail) return false;
    const { asking } = (await entryPolicyOf(tx, holder.tenantId)).recovery;
    return asking === 'required' || (asking === 'offered' && holder.activatedAt === null);
  },
};

/** A login that stops half-way ends after this. */
export const unfinishedMs = 15 * 60_000;

/** What a person whose password was right still has to do, in order. @param at milliseconds since 1970. */
export async function stepsFor(tx: Tx, holder: Holder, at: number): Promise<readonly LoginStep[]> {
  const steps: LoginStep[] = [];
  for (const step of allSteps) if (await isNeeded[step](tx, holder, at)) steps.push(step);
  return steps;
}
