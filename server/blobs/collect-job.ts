/** The house's own recurring job: collecting blobs, by one process at a time, whichever has time. */
import type { JobKind } from '#server/jobs/run.ts';
import { collectBlobs, type Collected } from '#server/store/blobs/collect.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { type Store, write } from '#server/store/store.ts';

export const collectBlobsKind = 'collectBlobs';

const everyMs = 3_600_000;
/** Whoever deletes a message and thinks better of it finds its blob still there. */
const graceMs = 24 * 3_600_000;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);

/** @param hear for the log and the metrics. */
export function collectBlobsJob(store: Store, hear: (collected: Collected) => void = () => undefined): JobKind {
  return {
    leaseMs: 3_600_000,
    atOnce: 1,
    // It comes back for ever: a failure is tried again at the next turn, and never given up.
    attempts: Infinity,
    run: async (job) => {
      hear(await collectBlobs(store, { graceMs }));
      await write(store, (tx) => postponeJob(tx, job, store.now() + everyMs, null));
    },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planBlobCollection(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: collectBlobsKind, key: 'house', payload: {}, runAt: now + everyMs };
  await write(store, (tx) => enqueueJob(tx, job, now));
}
