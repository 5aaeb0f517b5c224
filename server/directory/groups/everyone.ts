/** Everybody a group means: the people in it and in the groups below it, each once. */
import type { Actor } from '#server/access/actor.ts';
import { requireAnyRole } from '#server/access/require-role.ts';
import { type Member, selectEveryone } from '#server/directory/queries/members.ts';
import { read, type Store } from '#server/store/store.ts';

import { walk } from './change.ts';
import { type GroupRef, requireGroup } from './read.ts';

export interface Everyone {
  readonly count: number;
  /** The first ones by name. */
  readonly people: readonly Member[];
}

/**
 * @param limit so many people at most; they are counted all the same.
 * @throws {Refusal} `mayNot`, `noSuchGroup`, `tooMany`.
 */
export function readEveryone(store: Store, actor: Actor, who: GroupRef, limit: number): Promise<Everyone> {
  const { tenantId } = who;
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const { id } = await requireGroup(tx, held, who);
    const { ids } = await walk(tx, tenantId, [id], 'below');
    return selectEveryone(tx, tenantId, [...ids], limit);
  });
}
