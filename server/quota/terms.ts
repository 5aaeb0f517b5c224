/**
 * The house's own recurring job: room granted for a time goes back when the time is over, and its holder is told some
 * days before. A quota that somebody has changed since is left as it is.
 */
import type { SystemActor } from '#server/access/actor.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { setQuota } from './change.ts';
import { selectAccountOfPerson } from './queries/usage.ts';
import { type QuotaRequest, selectEndingRequests, selectRequest, updateRequest } from './queries/requests.ts';
import { quotaRules } from './rules.ts';

export const quotaTermsKind = 'quotaTerms';

const everyMs = 3_600_000;
const dayMs = 86_400_000;
/** As far ahead as a tenant may want its people told. */
const longestNoticeMs = 91 * dayMs;
const atOnce = 5_000;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);
const clock: SystemActor = { kind: 'system', as: 'job' };

export function quotaTermsJob(store: Store): JobKind {
  return {
    leaseMs: 600_000,
    atOnce: 1,
    // It comes back for ever.
    attempts: Infinity,
    run: async (job) => {
      await keepTerms(store);
      await write(store, (tx) => postponeJob(tx, job, store.now() + everyMs, null));
    },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planQuotaTerms(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: quotaTermsKind, key: 'house', payload: {}, runAt: now + everyMs };
  await write(store, (tx) => enqueueJob(tx, job, now));
}

/** Ends what is over, and tells of what soon will be. @returns how many of each. */
export async function keepTerms(store: Store): Promise<{ readonly ended: number; readonly told: number }> {
  const done = { ended: 0, told: 0 };
  const now = store.now();
  for (const request of await read(store, (tx) => selectEndingRequests(tx, now + longestNoticeMs, atOnce))) {
    const what = await keepTerm(store, request);
    if (what !== undefined) done[what] += 1;
  }
  return done;
}

async function keepTerm(store: Store, { tenantId, id, personId }: QuotaRequest): Promise<'ended' | 'told' | undefined> {
  const accountId = await read(store, (tx) => selectAccountOfPerson(tx, tenantId, personId));
  if (accountId === undefined) return undefined;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const request = await selectRequest(tx, tenantId, id);
    if (request?.state !== 'granted' || request.endsAt === null) return undefined;
    const { endsAt, before, grantedOctets } = request;
    const octets = before?.octets ?? null;
    if (endsAt <= at) {
      await updateRequest(tx, { ...request, state: 'ended' });
      if (tx.usage.quotaOctets !== grantedOctets) return 'ended';
      await setQuota(tx, clock, request, octets, { reason: null, at });
      await tellPerson(tx, tx, { kind: 'quotaEnded', octets, usedOctets: tx.usage.usedOctets }, at);
      return 'ended';
    }
    const { remindDays } = await quotaRules(tx, tenantId);
    if (request.remindedAt !== null || endsAt > at + remindDays * dayMs) return undefined;
    await updateRequest(tx, { ...request, remindedAt: at });
    await tellPerson(tx, tx, { kind: 'quotaEnds', octets, usedOctets: tx.usage.usedOctets, endsAt }, at);
    return 'told';
  });
}
