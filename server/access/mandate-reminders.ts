/** The house's own recurring job: both sides of a mandate are told by letter some days before it ends. */
import type { JobKind } from '#server/jobs/run.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { mandateRules } from './mandate-rules.ts';
import {
  selectEndingMandates,
  selectMandate,
  selectNames,
  selectTenantIds,
  updateReminded,
} from './queries/mandates.ts';

export const remindMandatesKind = 'remindMandates';

const everyMs = 3_600_000;
const dayMs = 86_400_000;
const atOnce = 200;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);

export function remindMandatesJob(store: Store): JobKind {
  return {
    leaseMs: 600_000,
    atOnce: 1,
    // It comes back for ever.
    attempts: Infinity,
    run: async (job) => {
      await remindOfMandates(store);
      await write(store, (tx) => postponeJob(tx, job, store.now() + everyMs, null));
    },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planMandateReminders(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: remindMandatesKind, key: 'house', payload: {}, runAt: now + everyMs };
  await write(store, (tx) => enqueueJob(tx, job, now));
}

/** Tells both sides of each mandate that ends within the days its tenant sets, once. @returns how many. */
export async function remindOfMandates(store: Store): Promise<number> {
  let count = 0;
  for (const tenantId of await read(store, selectTenantIds)) {
    for (let found = atOnce; found === atOnce; count += found) found = await remindSome(store, tenantId);
  }
  return count;
}

function remindSome(store: Store, tenantId: TenantId): Promise<number> {
  return write(store, async (tx) => {
    const at = store.now();
    const { remindDaysBefore } = await mandateRules(tx, tenantId);
    const window = { from: at, to: at + remindDaysBefore * dayMs, limit: atOnce };
    const ids = await selectEndingMandates(tx, tenantId, window);
    for (const id of ids) {
      const mandate = await selectMandate(tx, tenantId, id);
      if (!mandate || mandate.endsAt === null || !(await updateReminded(tx, tenantId, id, at))) continue;
      const { account, holder, holderAccountId } = await selectNames(tx, mandate);
      const notice = { kind: 'mandateEnds', account, holder, endsAt: mandate.endsAt } as const;
      for (const accountId of [holderAccountId, mandate.accountId])
        await tellPerson(tx, { tenantId, accountId }, notice, at);
    }
    return ids.length;
  });
}
