/** The house's own recurring job: appointments whose day has come. */
import { Refusal } from '#server/access/refusal.ts';
import { type Appointment, selectDue, updateAppointment } from '#server/directory/queries/appointments.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { recordTrace } from '#server/records/trace.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { dayOf } from './day.ts';
import { settle } from './effect.ts';

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
    for (const one of due) await settleOrDrop(store, one);
  }
  return count;
}

async function settleOrDrop(store: Store, one: Appointment): Promise<void> {
  const actor = { kind: 'system', as: 'job' } as const;
  try {
    await settle(store, actor, one);
  } catch (error) {
    // A unit that was closed meanwhile: nobody is moved there, and nothing waits for it.
    if (!(error instanceof Refusal)) throw error;
    const { tenantId, personId, id } = one;
    await write(store, async (tx) => {
      const at = store.now();
      if (!(await updateAppointment(tx, one, 'past', at))) return;
      const details = { of: personId, appointment: id, because: error.reason };
      await recordTrace(tx, { tenantId, actor, verb: 'dropAppointment', at, details });
    });
  }
}
