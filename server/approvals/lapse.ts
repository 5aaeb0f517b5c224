/** The house's own recurring job: what nobody agreed to in time lapses and its author is told, and secrets nobody took go. */
import type { SystemActor } from '#server/access/actor.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { type Store, write } from '#server/store/store.ts';

import { traceDecision } from './gate.ts';
import { outcomeMs } from './list.ts';
import { deleteOutcomes, selectLapsing, updateDecided } from './queries/approvals.ts';
import { tellAuthor } from './tell.ts';

export const lapseApprovalsKind = 'lapseApprovals';

const everyMs = 900_000;
const atOnce = 200;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);
const clock: SystemActor = { kind: 'system', as: 'job' };

export function lapseApprovalsJob(store: Store): JobKind {
  return {
    leaseMs: 600_000,
    atOnce: 1,
    // It comes back for ever.
    attempts: Infinity,
    run: async (job) => {
      await lapseApprovals(store);
      await write(store, (tx) => postponeJob(tx, job, store.now() + everyMs, null));
    },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planApprovalLapse(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: lapseApprovalsKind, key: 'house', payload: {}, runAt: now + everyMs };
  await write(store, (tx) => enqueueJob(tx, job, now));
}

/** @returns how many lapsed. */
export async function lapseApprovals(store: Store): Promise<number> {
  await write(store, (tx) => deleteOutcomes(tx, store.now() - outcomeMs));
  let count = 0;
  for (let found = atOnce; found === atOnce; count += found) found = await lapseSome(store);
  return count;
}

function lapseSome(store: Store): Promise<number> {
  return write(store, async (tx) => {
    const at = store.now();
    const all = await selectLapsing(tx, at, atOnce);
    for (const approval of all) {
      const lapsed = { state: 'lapsed', at, decider: null, answer: null } as const;
      if (!(await updateDecided(tx, approval, lapsed))) continue;
      await traceDecision(tx, clock, approval, 'lapseAct', at);
      await tellAuthor(tx, { ...approval, ...lapsed }, at);
    }
    return all.length;
  });
}
