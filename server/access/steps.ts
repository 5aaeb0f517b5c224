/**
 * What may stand between a right password and an open session: a provisional password to replace, a second factor to
 * show. Until every step is done the session opens nothing but the pages of these steps, and it ends soon (pending.ts).
 */
import type { Tx } from '#server/store/statement.ts';

import { entryPolicyOf } from './entry-policy.ts';
import { type Arrival, needsEnrolment, needsSecondFactor } from './factors/needs.ts';
import { isExpired, passwordPolicyOf } from './password-policy.ts';
import { passwordDirectoryIn } from './password-place.ts';
import type { Holder } from './queries/people.ts';

/** In the order in which they are asked for. */
export const allSteps = ['secondFactor', 'password', 'terms', 'recovery', 'enrol'] as const;
export type LoginStep = (typeof allSteps)[number];

type Need = (tx: Tx, holder: Holder, arrival: Arrival) => Promise<boolean> | boolean;

/** For each step whether this person has to do it now. */
const isNeeded: Readonly<Record<LoginStep, Need>> = {
  secondFactor: needsSecondFactor,
  // Whoever came by their NUMEN has no password yet.
  password: async (tx, holder, { proof, at }) =>
    // Whom another provider vouches for was not asked for it, and may have none.
    !isByProvider(proof) &&
    (holder.mustChangePassword ||
      holder.passwordHash === null ||
      isExpired(holder, await passwordPolicyOf(tx, holder.tenantId), at)) &&
    // However they came: what is replaced here is not what a directory keeps.
    !(await passwordDirectoryIn(tx, holder, at)),
  terms: async (tx, holder) => {
    const { terms } = await entryPolicyOf(tx, holder.tenantId);
    if (!terms || terms.version === holder.termsVersion) return false;
    return holder.activatedAt === null || terms.isAskedOfAll;
  },
  recovery: async (tx, holder, { at }) => {
    if (holder.hasRecoveryEmail) return false;
    const { asking } = (await entryPolicyOf(tx, holder.tenantId)).recovery;
    const isAsked = asking === 'required' || (asking === 'offered' && holder.activatedAt === null);
    // A password that a directory keeps is got back there.
    return isAsked && !(await passwordDirectoryIn(tx, holder, at));
  },
  enrol: needsEnrolment,
};

function isByProvider(proof: string): boolean {
  return proof === 'provider' || proof === 'trustedProvider';
}

/** A login that stops half-way ends after this. */
export const unfinishedMs = 15 * 60_000;

/** What a person who has proved who they are still has to do, in order. */
export async function stepsFor(tx: Tx, holder: Holder, arrival: Arrival): Promise<readonly LoginStep[]> {
  const steps: LoginStep[] = [];
  for (const step of allSteps) if (await isNeeded[step](tx, holder, arrival)) steps.push(step);
  return steps;
}
