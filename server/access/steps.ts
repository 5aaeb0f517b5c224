/**
 * What may stand between a right password and an open session: a provisional password to replace, a second factor to
 * show. Until every step is done the session opens nothing but the pages of these steps, and it ends soon (pending.ts).
 */
import type { Tx } from '#server/store/statement.ts';

import type { Holder } from './queries/people.ts';

/** In the order in which they are asked for. */
export const allSteps = ['password'] as const;
export type LoginStep = (typeof allSteps)[number];

/** For each step whether this person has to do it now. */
const isNeeded: Readonly<Record<LoginStep, (tx: Tx, holder: Holder, at: number) => Promise<boolean> | boolean>> = {
  password: (_, holder) => holder.mustChangePassword,
};

/** A login that stops half-way ends after this. */
export const unfinishedMs = 15 * 60_000;

/** What a person whose password was right still has to do, in order. @param at milliseconds since 1970. */
export async function stepsFor(tx: Tx, holder: Holder, at: number): Promise<readonly LoginStep[]> {
  const steps: LoginStep[] = [];
  for (const step of allSteps) if (await isNeeded[step](tx, holder, at)) steps.push(step);
  return steps;
}
