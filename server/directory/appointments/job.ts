/** The house's own recurring job: appointments whose day has come. */
import { holderIn } from '#server/access/verify.ts';
import { Refusal } from '#server/access/refusal.ts';
import { selectDue, updateAppointment } from '#server/directory/queries/appointments.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { dayOf, takeEffectIn } from './appoint.ts';

export const appointmentsKind = 'appointments';

const everyMs = 3_600_000;
const atOnce = 200;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);

export function appointmentsJob(store: Store): JobKind {
  return {
    leaseMs: 600_000,
    atOnce: 1,
    // It comes back for ever.
    attempts: Infinity,
    run: async (job) => {
      await takeEffect(store);
      await write(store, (tx) => postponeJob(tx, job, store.now() + everyMs, null));
    },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planAppointments(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: appointmentsKind, key: 'house', payload: {}, runAt: now };
  await write(store, (tx) => enqueueJob(tx, job, now));
}

/** Does what has become due, the earliest first. @returns how many. */
export async function takeEffect(store: Store): Promise<number> {
  let count = 0;
  for (let found = atOnce; found === atOnce; count += found) {
    const due = await read(store, (tx) => selectDue(tx, dayOf(store.now()), atOnce));
    found = due.length;
    for (const one of due) {
      const holder = await read(store, (tx) => holderIn(tx, one));
      const isDone =
        holder !== undefined &&
        (await transaction(store, holder.accountId, (tx) =>
          takeEffectIn(store, tx, { kind: 'system', as: 'job' }, one, store.now()),
        ).then(
          () => true,
          (error: unknown) => {
            // A unit that was closed meanwhile: nobody is moved there, and nothing waits for it.
            if (error instanceof Refusal) return false;
            throw error;
          },
        ));
      if (!isDone) await write(store, (tx) => updateAppointment(tx, one, 'past', store.now()));
    }
  }
  return count;
}
