/**
 * Jobs: work that outlives a request. A job is a row, written in the transaction that needs it; it is leased by one
 * process at a time, and a lease that runs out (kill -9, a lost machine) gives it to another. Runners therefore meet
 * a job at least once, and must be safe to run again.
 */
import { randomUUIDv7 } from 'node:crypto';

import { type RawBuilder, sql } from 'kysely';

import { type AccountId, asId, asUuid, type TenantId, type Uuid } from './ids.ts';
import { changes, insertRows, rows, statement, type Tx } from './statement.ts';
import { read, type Store, write } from './store.ts';

export interface NewJob {
  readonly tenantId: TenantId;
  readonly kind: string;
  /** At most one job of a kind and key exists; without, any number. */
  readonly key?: string;
  readonly accountId?: AccountId;
  readonly payload: object;
  /** Milliseconds since 1970. */
  readonly runAt: number;
}

/** `failed`: given up, kept to be looked at. `held`: set aside by who enqueued it. What is done is deleted. */
export type JobState = 'waiting' | 'failed' | 'held';

export interface Job {
  readonly id: Uuid;
  readonly tenantId: TenantId;
  readonly kind: string;
  readonly key: string | null;
  readonly accountId: AccountId | null;
  /** What was enqueued, as JSON values. */
  readonly payload: unknown;
  readonly state: JobState;
  readonly runAt: number;
  /** How often it was begun, this time included. */
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  /** While somebody is at it; milliseconds since 1970. */
  readonly leaseUntil: number | null;
}

/** Wakes the runner of this process; others find the job when they next look. */
type Wake = () => void;
const sleepers = new WeakMap<Store, Set<Wake>>();

export function onNewJob(store: Store, wake: Wake): () => void {
  const those = sleepers.get(store) ?? new Set();
  sleepers.set(store, those.add(wake));
  return () => those.delete(wake);
}

/** Call after the commit of what enqueued a job that is due. */
export function wakeRunners(store: Store): void {
  for (const wake of sleepers.get(store) ?? []) wake();
}

/** @returns the job's id; undefined where one of this kind and key is there already. */
export async function enqueueJob(tx: Tx, job: NewJob, at: number): Promise<Uuid | undefined> {
  const id = asUuid(randomUUIDv7());
  const row = {
    tenant_id: job.tenantId,
    id,
    kind: job.kind,
    key: job.key ?? null,
    account_id: job.accountId ?? null,
    payload: JSON.stringify(job.payload),
    state: 'waiting',
    run_at: job.runAt,
    attempts: 0,
    lease_until: null,
    lease_owner: null,
    last_error: null,
    progress: null,
    created_at: at,
    finished_at: null,
  };
  return (await insertRows(tx, 'job', [row], 'ignore')) === 1 ? id : undefined;
}

const selectDueKinds = statement<{ kinds: readonly string[]; at: number }>()<{ readonly kind: string }>(({
  p,
  dialect,
}) => {
  const asked =
    dialect === 'sqlite' ? sql`select value from json_each(${p.kinds})` : sql`select unnest(${p.kinds}::text[])`;
  return sql`with asked (kind) as (${asked}) select kind from asked
      where exists (select 1 from job where job.state = 'waiting' and job.kind = asked.kind and job.run_at <= ${p.at}
        and (job.lease_until is null or job.lease_until < ${p.at}))`;
});

/** Those of `kinds` of which a job is due and nobody is at it. Most looks find none: they take no lock and write nothing. */
export async function dueKinds(store: Store, kinds: readonly string[]): Promise<ReadonlySet<string>> {
  const at = store.now();
  return new Set((await read(store, (tx) => selectDueKinds.all(tx, { kinds, at }))).map(({ kind }) => kind));
}

/** Takes jobs that are due and that nobody is at, the longest due first. */
export async function leaseJobs(
  store: Store,
  kinds: readonly string[],
  lease: { readonly limit: number; readonly forMs: number; readonly owner: string },
): Promise<readonly Job[]> {
  const at = store.now();
  return write(store, async (tx) => {
    const skip = tx.connection.dialect === 'postgres' ? sql`for update skip locked` : sql``;
    const leased = await rows(
      tx,
      sql<JobRow>`update job set lease_until = ${at + lease.forMs}, lease_owner = ${lease.owner}, attempts = attempts + 1
        where (tenant_id, id) in (${dueJobs(tx, kinds, at, lease.limit)} ${skip})
        returning *`,
    );
    return leased.map(jobOf);
  });
}

/** Jobs that are due and that nobody is at, the longest due first. */
function dueJobs(tx: Tx, kinds: readonly string[], at: number, limit: number): RawBuilder<unknown> {
  return sql`select tenant_id, id from job
    where state = 'waiting' and ${tx.anyOf('kind', kinds)} and run_at <= ${at}
      and (lease_until is null or lease_until < ${at})
    order by run_at limit ${limit}`;
}

/**
 * At the start of the one process that owns an embedded database: whoever held a lease is dead, and mail on its way out
 * need not wait until the lease runs out. PostgreSQL has other processes that are not.
 */
export async function endLeasesOfTheDead(store: Store): Promise<void> {
  if (store.engine.dialect !== 'sqlite') return;
  await write(store, (tx) =>
    changes(
      tx,
      tx.q
        .updateTable('job')
        .set({ lease_until: null, lease_owner: null })
        .where('state', '=', 'waiting')
        .where('lease_until', 'is not', null),
    ),
  );
}

const deleteById = statement<{ tenantId: number; id: string }>()(({ q, p }) =>
  q.deleteFrom('job').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

/** The job is done: inside the transaction that did it. @returns false when it was gone already. */
export async function finishJob(tx: Tx, job: Pick<Job, 'tenantId' | 'id'>): Promise<boolean> {
  return (await deleteById.run(tx, { tenantId: job.tenantId, id: job.id })) === 1;
}

const postponeById = statement<{ tenantId: number; id: string; runAt: number; error: string | null }>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({ run_at: p.runAt, lease_until: null, lease_owner: null, last_error: p.error })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** Puts the job off, with the reason where it failed. */
export async function postponeJob(
  tx: Tx,
  job: Pick<Job, 'tenantId' | 'id'>,
  runAt: number,
  error: string | null,
): Promise<void> {
  await postponeById.run(tx, { tenantId: job.tenantId, id: job.id, runAt, error });
}

const failById = statement<{ tenantId: number; id: string; error: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({ state: 'failed', lease_until: null, lease_owner: null, last_error: p.error, finished_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** Gives the job up; an administrator sees it and may retry it. */
export async function failJob(tx: Tx, job: Pick<Job, 'tenantId' | 'id'>, error: string, at: number): Promise<void> {
  await failById.run(tx, { tenantId: job.tenantId, id: job.id, error, at });
}

const renewById = statement<{ tenantId: number; id: string; until: number; payload: string }>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({ lease_until: p.until, payload: p.payload })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** Notes how far a long job came, and keeps it ours. */
export async function renewJob(
  tx: Tx,
  job: Pick<Job, 'tenantId' | 'id'>,
  payload: object,
  until: number,
): Promise<void> {
  await renewById.run(tx, { tenantId: job.tenantId, id: job.id, payload: JSON.stringify(payload), until });
}

export interface JobFilter {
  readonly kinds: readonly string[];
  readonly state?: JobState;
  readonly limit: number;
}

/** Jobs, oldest first, for administrators. */
export async function selectJobs(tx: Tx, filter: JobFilter): Promise<readonly Job[]> {
  let query = tx.q.selectFrom('job').selectAll().where(tx.anyOf('kind', filter.kinds)).orderBy('created_at');
  if (filter.state) query = query.where('state', '=', filter.state);
  return (await rows(tx, query.limit(filter.limit))).map(jobOf);
}

export async function selectJob(tx: Tx, id: string): Promise<Job | undefined> {
  const [row] = await rows(tx, tx.q.selectFrom('job').selectAll().where('id', '=', id));
  return row && jobOf(row);
}

/** Makes a job due now, one that was given up too. @returns whether there is such a job. */
export async function retryJob(tx: Tx, id: string, at: number): Promise<boolean> {
  const due = { state: 'waiting', run_at: at, finished_at: null };
  return (await changes(tx, tx.q.updateTable('job').set(due).where('id', '=', id))) === 1;
}

const dueByKey = statement<{ tenantId: number; kind: string; key: string; payload: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({
      state: 'waiting',
      run_at: p.at,
      payload: p.payload,
      lease_until: null,
      lease_owner: null,
      finished_at: null,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('kind', '=', p.kind)
    .where('key', '=', p.key),
);

/** Makes the job of a kind and key due now, with another payload. Whoever is at it must find that out by itself. */
export async function makeJobDue(
  tx: Tx,
  { tenantId, kind, key, payload }: Pick<NewJob, 'tenantId' | 'kind' | 'payload'> & { readonly key: string },
  at: number,
): Promise<void> {
  await dueByKey.run(tx, { tenantId, kind, key, payload: JSON.stringify(payload), at });
}

const holdById = statement<{ tenantId: number; id: string }>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({ state: 'held', lease_until: null, lease_owner: null })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** Sets a job aside: nobody takes it until it is released. */
export async function setJobHeld(tx: Tx, { tenantId, id }: Pick<Job, 'tenantId' | 'id'>): Promise<void> {
  await holdById.run(tx, { tenantId, id });
}

/** Jobs of a kind by their key, or by how it begins: up to the character `:` it ends with. */
export type JobsOf = { readonly tenantId: TenantId; readonly kind: string } & (
  | { readonly key: string }
  | { readonly keyPrefix: string }
);

/** The key itself, for no key goes on with a space; or all that begin so: `;` comes right after `:`. */
function rangeOf(those: JobsOf): { readonly from: string; readonly to: string } {
  if ('key' in those) return { from: those.key, to: `${those.key} ` };
  return { from: those.keyPrefix, to: `${those.keyPrefix.slice(0, -1)};` };
}

interface Range {
  readonly tenantId: number;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

const holdRange = statement<Range & { readonly at: number }>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({ state: 'held', lease_until: null, lease_owner: null })
    .where('tenant_id', '=', p.tenantId)
    .where('kind', '=', p.kind)
    .where('key', '>=', p.from)
    .where('key', '<', p.to)
    .where('state', '=', 'waiting')
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', p.at)])),
);

/** Sets aside those that nobody is at. */
export async function holdJobsOf(tx: Tx, those: JobsOf, at: number): Promise<void> {
  await holdRange.run(tx, { tenantId: those.tenantId, kind: those.kind, ...rangeOf(those), at });
}

const releaseRange = statement<Range>()(({ q, p }) =>
  q
    .updateTable('job')
    .set({ state: 'waiting' })
    .where('tenant_id', '=', p.tenantId)
    .where('kind', '=', p.kind)
    .where('key', '>=', p.from)
    .where('key', '<', p.to)
    .where('state', '=', 'held'),
);

/** Those set aside are due again, at the time they were due before. */
export async function releaseJobsOf(tx: Tx, those: JobsOf): Promise<void> {
  await releaseRange.run(tx, { tenantId: those.tenantId, kind: those.kind, ...rangeOf(those) });
}

const removeRange = statement<Range>()(({ q, p }) =>
  q
    .deleteFrom('job')
    .where('tenant_id', '=', p.tenantId)
    .where('kind', '=', p.kind)
    .where('key', '>=', p.from)
    .where('key', '<', p.to)
    .where('state', '=', 'held'),
);

/** Takes away those set aside. */
export async function removeJobsOf(tx: Tx, those: JobsOf): Promise<void> {
  await removeRange.run(tx, { tenantId: those.tenantId, kind: those.kind, ...rangeOf(those) });
}

const selectRange = statement<Range>()(({ q, p }) =>
  q
    .selectFrom('job')
    .select('key')
    .where('tenant_id', '=', p.tenantId)
    .where('kind', '=', p.kind)
    .where('key', '>=', p.from)
    .where('key', '<', p.to)
    .where('state', '=', 'held')
    .orderBy('key'),
);

/** The keys of those set aside. */
export async function keysOfHeld(tx: Tx, those: JobsOf): Promise<readonly string[]> {
  const found = await selectRange.all(tx, { tenantId: those.tenantId, kind: those.kind, ...rangeOf(those) });
  return found.flatMap(({ key }) => key ?? []);
}

interface JobRow {
  readonly tenant_id: number;
  readonly id: string;
  readonly kind: string;
  readonly key: string | null;
  readonly account_id: number | null;
  readonly payload: string;
  readonly state: string;
  readonly run_at: number;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: number;
  readonly lease_until: number | null;
}

function jobOf(row: JobRow): Job {
  return {
    id: asUuid(row.id),
    tenantId: asId<TenantId>(row.tenant_id),
    kind: row.kind,
    key: row.key,
    accountId: row.account_id === null ? null : asId<AccountId>(row.account_id),
    payload: JSON.parse(row.payload),
    state: row.state === 'failed' || row.state === 'held' ? row.state : 'waiting',
    runAt: row.run_at,
    attempts: row.attempts,
    lastError: row.last_error,
    createdAt: row.created_at,
    leaseUntil: row.lease_until,
  };
}
