/** What floor 2 says changed, in the words of the engine. */
import type { Changed } from '#server/store/changed.ts';
import { asId, type Brand } from '#server/store/ids.ts';

import type { Changes, IdForm } from '#server/protocols/jmap/engine/type.ts';

/** @param _of tells whose numbers they are: one reading of a table of one type. */
export function changesOf<Id extends Brand<number, string>>(_of: IdForm<Id>, changed: Changed): Changes<Id> {
  return {
    newState: changed.newState,
    hasMoreChanges: changed.hasMore,
    created: changed.created.map(asId<Id>),
    updated: changed.updated.map(asId<Id>),
    destroyed: changed.destroyed.map(asId<Id>),
  };
}
