/**
 * Sealing the trace: each seal is a hash over the one before and the lines it covers, so that a line which is altered,
 * deleted or put in afterwards is found by `pli verify`. Whoever can write the database can write a whole new chain:
 * the last hash is therefore told by `pli verify`, to be kept elsewhere.
 */
import { createHash } from 'node:crypto';

import type { JobKind } from '#server/jobs/run.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, postponeJob } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';

import {
  insertSeal,
  markSealed,
  type SealedLine,
  selectLastSeal,
  selectTenantIds,
  selectUnsealed,
} from './queries/seals.ts';

/** What the first seal of a tenant has for a hash before it. */
export const firstHash = '';

/** Lines of one seal: what one transaction holds, and verification has in memory at once. */
const linesPerSeal = 2_000;

/** @param lines in the order of their ids. @returns SHA-256, base64url. */
export function hashLines(previousHash: string, lines: readonly SealedLine[]): string {
  const hash = createHash('sha256').update(`${previousHash}\n`);
  for (const line of lines) hash.update(`${printLine(line)}\n`);
  return hash.digest('base64url');
}

/** Columns in a fixed order, as JSON: no two different lines are written alike. */
function printLine(line: SealedLine): string {
  const { id, at, actor, person_id, mandate_id, account_id, verb, details, remote_address } = line;
  return JSON.stringify([id, at, actor, person_id, mandate_id, account_id, verb, details, remote_address]);
}

/**
 * Seals what is not sealed yet. Safe with several processes: whoever is second to make a seal of a number makes none.
 * @returns how many lines were sealed.
 */
export async function sealTrace(store: Store, tenantId: TenantId): Promise<number> {
  for (let sealed = 0; ;) {
    const count = await write(store, async (tx) => {
      const last = await selectLastSeal(tx, tenantId);
      const lines = await selectUnsealed(tx, tenantId, linesPerSeal);
      if (lines.length === 0) return 0;
      const n = (last?.n ?? 0) + 1;
      const previousHash = last?.hash ?? firstHash;
      const hash = hashLines(previousHash, lines);
      const isOurs = await insertSeal(tx, tenantId, { n, at: store.now(), count: lines.length, hash, previousHash });
      if (!isOurs) return 0;
      const ids = lines.map(({ id }) => id);
      const marked = await markSealed(tx, tenantId, ids, n);
      if (marked !== lines.length) throw new Error('a line of the trace went while it was being sealed');
      return lines.length;
    });
    sealed += count;
    if (count < linesPerSeal) return sealed;
  }
}

export const sealTraceKind = 'sealTrace';

const everyMs = 60_000;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);

/** The house's own recurring job. */
export function sealTraceJob(store: Store): JobKind {
  return {
    leaseMs: 600_000,
    atOnce: 1,
    // It comes back for ever: a failure is tried again at the next turn, and never given up.
    attempts: Infinity,
    run: async (job) => {
      for (const tenantId of await read(store, selectTenantIds)) await sealTrace(store, tenantId);
      await write(store, (tx) => postponeJob(tx, job, store.now() + everyMs, null));
    },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planSealing(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: sealTraceKind, key: 'house', payload: {}, runAt: now + everyMs };
  await write(store, (tx) => enqueueJob(tx, job, now));
}
