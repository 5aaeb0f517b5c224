/** Foo/changes (RFC 8620 §5.2). */
import { anUnsignedInt, aString, orNull, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';

import { openAccount } from './context.ts';
import type { Method } from './method.ts';
import type { ChangesPart, TypeHead } from './type.ts';

const table = {
  accountId: required(aString),
  sinceState: required(aString),
  maxChanges: orNull(anUnsignedInt),
};

/** What one answer tells at most, whatever the client would take. */
const maxChangesRoof = 5000;

export function changesMethod<Id>(type: TypeHead<Id>, part: ChangesPart<Id>): Method {
  return {
    name: `${type.name}/changes`,
    capability: type.capability,
    async run(call, args) {
      const { accountId, sinceState, maxChanges } = readArguments(table, args);
      if (maxChanges === 0) throw new MethodError('invalidArguments', 'maxChanges must be above 0');
      const ctx = await openAccount(call, accountId, type.capability, 'read');
      const most = Math.min(maxChanges ?? maxChangesRoof, maxChangesRoof);
      const changes = await part.run(ctx, sinceState, most);
      return {
        accountId,
        oldState: sinceState,
        newState: changes.newState,
        hasMoreChanges: changes.hasMoreChanges,
        created: changes.created.map(type.ids.print),
        updated: changes.updated.map(type.ids.print),
        destroyed: changes.destroyed.map(type.ids.print),
        ...changes.more,
      };
    },
  };
}
