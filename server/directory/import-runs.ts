/** The runs of imports of people: what each did is kept for some months, so that it can be undone (import-undo.ts). */
import type { Actor } from '#server/access/actor.ts';
import { requireSystem } from '#server/access/require-right.ts';
import type { PeopleRunId, TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { newPeopleRunId } from './identifiers.ts';
import { deleteRunsBefore, insertRun, type RunKind, selectRuns } from './queries/runs.ts';

export type { RunKind };

/** A run may be undone so long. */
export const runsKeptMs = 180 * 86_400_000;

const sourceCharacters = 300;

/** Begins one; those too old to be undone go. */
export function openRun(
  store: Store,
  tenantId: TenantId,
  { kind, source }: { readonly kind: RunKind; readonly source: string },
): Promise<PeopleRunId> {
  return write(store, async (tx) => {
    const at = store.now();
    await deleteRunsBefore(tx, tenantId, at - runsKeptMs);
    const id = await newPeopleRunId(tx);
    await insertRun(tx, tenantId, { id, kind, source: source.slice(0, sourceCharacters), startedAt: at });
    return id;
  });
}

export interface PeopleRun {
  readonly id: PeopleRunId;
  readonly kind: RunKind;
  readonly source: string;
  readonly startedAt: number;
  /** Null while it runs, and where it was interrupted. */
  readonly finishedAt: number | null;
  readonly undoneAt: number | null;
  /** added, changed, closed …, as the summary told them; empty where it was interrupted. */
  readonly counts: Readonly<Record<string, number>>;
}

const runsAtMost = 200;

/** The last one first. @throws {Refusal} `mayNot`. */
export async function listRuns(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly PeopleRun[]> {
  requireSystem(actor);
  const found = await read(store, (tx) => selectRuns(tx, tenantId, runsAtMost));
  return found.map(({ counts, ...run }) => {
    const told: unknown = JSON.parse(counts);
    const pairs = Object.entries(typeof told === 'object' && told !== null ? told : {});
    const numbers = pairs.flatMap(([key, value]): [string, number][] =>
      typeof value === 'number' ? [[key, value]] : [],
    );
    return { ...run, counts: Object.fromEntries(numbers) };
  });
}
