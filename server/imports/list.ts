/** Reading imports: all of an account, the list of what one refused, and what changed since. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { changedSince } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId, ImportId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectImports, selectRefused, type StoredImport } from './queries.ts';
import type { ImportRecord, RefusedMessage } from './record.ts';

export interface ListedImport extends ImportRecord {
  /** Whether going on needs no password: it is kept, and opens with the key of whoever tried last. */
  readonly hasPassword: boolean;
}

/** The newest first. @throws {Refusal} `noSuchAccount`. */
export function listImports(store: Store, actor: Actor, accountId: AccountId): Promise<readonly ListedImport[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    const found = await selectImports(tx, accountId);
    return found.map(listedOf);
  });
}

function listedOf(stored: StoredImport): ListedImport {
  const { id, state, source, progress, problem, actor, createdAt, finishedAt, secret } = stored;
  return {
    id,
    state,
    source,
    progress,
    problem,
    actor,
    createdAt,
    finishedAt,
    hasPassword: secret !== null && problem !== 'passwordNeeded',
  };
}

/** What an import could not take, in order; the first thousand. @throws {Refusal} `noSuchAccount`. */
export function listRefused(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: ImportId,
): Promise<readonly RefusedMessage[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return selectRefused(tx, accountId, id);
  });
}

/** @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export function importChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return changedSince(tx, accountId, { table: 'import', type: 'Import' }, sinceState, maxChanges);
  });
}
