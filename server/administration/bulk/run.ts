/**
 * The job `bulkAction`: the people of an action, one after the other. What is done to somebody, that it is done, and
 * that the next one's turn has come, are one transaction: killed at any instant it goes on where it was, and nobody is
 * met twice, even by two runners who each think the lease is theirs.
 */
import { setTimeout as pause } from 'node:timers/promises';

import { type Actor, allScopes, operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { keyedHash } from '#server/access/secret.ts';
import { provisionalPasswordOf } from '#server/access/token.ts';
import { findHolder } from '#server/access/verify.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { recordTrace } from '#server/records/trace.ts';
import { asId, type PersonId } from '#server/store/ids.ts';
import { finishJob, type Job, renewJob } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type Act, perform } from '#server/administration/act.ts';
import {
  advance,
  type Bulk,
  type BulkId,
  type BulkLine,
  hasTwin,
  type LineOutcome,
  selectBulk,
  selectCounts,
  selectLine,
  updateFinished,
  updateLine,
} from '#server/administration/queries/bulk.ts';

const leaseMs = 60_000;
const renewEveryMs = 15_000;
/** Faults of ours in a row. */
const attempts = 8;
/** Until there is room again for another password to be hashed. */
const busyMs = 500;

export function bulkJob(store: Store): JobKind {
  return { leaseMs, atOnce: 2, attempts, run: (job) => runBulk(store, job) };
}

/** Another runner did the line, or somebody stopped the action. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

async function runBulk(store: Store, job: Job): Promise<void> {
  const id = bulkIdOf(job.payload);
  let renewedAt = store.now();
  for (;;) {
    const bulk = await read(store, (tx) => selectBulk(tx, job.tenantId, id));
    if (!bulk || bulk.finishedAt !== null) break;
    if (bulk.next >= bulk.total) {
      await conclude(store, bulk);
      break;
    }
    if (store.now() - renewedAt > renewEveryMs) {
      renewedAt = store.now();
      await write(store, (tx) => renewJob(tx, job, { bulkId: id }, renewedAt + leaseMs));
    }
    try {
      await takeTurn(store, bulk);
    } catch (error) {
      // Looked at anew: it has ended, or is further on.
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  await write(store, (tx) => finishJob(tx, job));
}

function bulkIdOf(payload: unknown): BulkId {
  const id = typeof payload === 'object' && payload !== null && 'bulkId' in payload ? payload.bulkId : 0;
  return asId<BulkId>(Number(id));
}

/** Who does it: the author as they were, whose roles are asked for anew at each turn. */
function authorOf({ tenantId, authorPersonId, from }: Bulk): Actor {
  if (authorPersonId === null) return from === '' ? operator : { ...operator, from };
  return { kind: 'person', tenantId, personId: authorPersonId, by: 'session', scopes: allScopes, from };
}

async function takeTurn(store: Store, bulk: Bulk): Promise<void> {
  const line = await read(store, (tx) => selectLine(tx, bulk, bulk.next));
  if (!line) throw new Error(`line ${bulk.next} of action ${bulk.id} is not there`);
  const personId = line.personId ?? (await personOf(store, bulk, line.typed));
  if (personId === undefined) return settle(store, bulk, line, { personId: null, outcome: 'unknown', why: null });
  if (await read(store, (tx) => hasTwin(tx, bulk, personId, line.n)))
    return settle(store, bulk, line, { personId: null, outcome: 'refused', why: 'twice' });
  const { tenantId } = bulk;
  try {
    await perform(store, authorOf(bulk), { tenantId, personId }, actOf(bulk), {
      reason: bulk.reason === '' ? null : bulk.reason,
      bulk: bulk.id,
      provisionalPassword: passwordOf(store, bulk, personId),
      alongside: async (tx, at) => {
        if (!(await advance(tx, bulk, line.n))) throw new Overtaken();
        await updateLine(tx, bulk, { n: line.n, personId, outcome: 'done', why: null, at });
      },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'tooBusy') await pause(busyMs);
    else await settle(store, bulk, line, outcomeOf(error, personId));
  }
}

async function personOf(store: Store, { tenantId }: Bulk, userName: string): Promise<PersonId | undefined> {
  const holder = await findHolder(store, { userName, tenantId });
  return holder?.tenantId === tenantId ? holder.personId : undefined;
}

/** Whoever is out of the author's reach is as unknown as who is not there. */
function outcomeOf({ reason, details }: Refusal, personId: PersonId): Settled {
  if (reason === 'noSuchPerson') return { personId: null, outcome: 'unknown', why: null };
  const why =
    reason === 'invalidProperties' ? (details.description === 'compromised' ? 'compromised' : 'state') : reason;
  return { personId, outcome: 'refused', why };
}

interface Settled {
  readonly personId: PersonId | null;
  readonly outcome: LineOutcome;
  readonly why: string | null;
}

/** Notes that nothing was done, and that the next one's turn has come. */
function settle(store: Store, bulk: Bulk, { n }: BulkLine, settled: Settled): Promise<void> {
  return write(store, async (tx) => {
    if (!(await advance(tx, bulk, n))) throw new Overtaken();
    await updateLine(tx, bulk, { n, ...settled, at: store.now() });
  });
}

function conclude(store: Store, bulk: Bulk): Promise<void> {
  return write(store, async (tx) => {
    const at = store.now();
    if (!(await updateFinished(tx, bulk, { at, isStopped: false }))) return;
    const details = { bulk: bulk.id, ...(await selectCounts(tx, bulk)) };
    await recordTrace(tx, { tenantId: bulk.tenantId, actor: authorOf(bulk), verb: 'finishBulk', at, details });
  });
}

/** As it was asked for; ours alone write it. */
export function actOf({ act }: Pick<Bulk, 'act'>): Act {
  return JSON.parse(act) as Act;
}

/**
 * The provisional password an action gives to somebody: of the key that is not in the database, so that no password is
 * kept anywhere and its author can still take the list along.
 */
export function passwordOf(store: Store, { tenantId, id }: Pick<Bulk, 'tenantId' | 'id'>, personId: PersonId): string {
  return provisionalPasswordOf(
    Buffer.from(keyedHash(store, 'provisional', `${tenantId} ${id} ${personId}`), 'base64url'),
  );
}
