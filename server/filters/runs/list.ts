/** Reading runs: how far each is, and what changed. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { changedSince } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { type FilterRun, selectRuns } from '#server/filters/queries/runs.ts';

export type { FilterRun } from '#server/filters/queries/runs.ts';

/** The newest first. @throws {Refusal} `noSuchAccount`, `mayNot`. */
export function listRuns(store: Store, actor: Actor, accountId: AccountId): Promise<readonly FilterRun[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return selectRuns(tx, accountId);
  });
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `cannotCalculateChanges`. */
export function runChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return changedSince(tx, accountId, { table: 'filter_run', type: 'FilterRun' }, sinceState, maxChanges);
  });
}
