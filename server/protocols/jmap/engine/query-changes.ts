/** Foo/queryChanges (RFC 8620 §5.6). */
import {
  aBoolean,
  anId,
  anUnsignedInt,
  anything,
  aString,
  type ArgumentTable,
  optional,
  orNull,
  readBoth,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';

import { openAccount } from './context.ts';
import type { Method } from './method.ts';
import { filterFor, sortFor } from './query-parts.ts';
import type { QueryPart, TypeHead } from './type.ts';

const ours = {
  accountId: required(aString),
  filter: optional(anything, null),
  sort: optional(anything, null),
  sinceQueryState: required(aString),
  maxChanges: orNull(anUnsignedInt),
  upToId: orNull(anId),
  calculateTotal: optional(aBoolean, false),
};

export function queryChangesMethod<Id, Arguments extends ArgumentTable>(
  type: TypeHead<Id>,
  part: QueryPart<Id, Arguments>,
  changes: NonNullable<QueryPart<Id, Arguments>['changes']>,
): Method {
  return {
    name: `${type.name}/queryChanges`,
    capability: type.capability,
    async run(call, args) {
      const [asked, own] = readBoth(ours, part.args, args);
      const { accountId, sinceQueryState, maxChanges, calculateTotal } = asked;
      if (maxChanges === 0) throw new MethodError('invalidArguments', 'maxChanges must be above 0');
      const ctx = await openAccount(call, accountId, type.capability, 'read');
      const upTo = asked.upToId === null ? undefined : call.created.resolve(asked.upToId);
      const delta = {
        filter: filterFor(part, asked.filter, call.created),
        sort: sortFor(part, asked.sort),
        sinceQueryState,
        maxChanges: maxChanges ?? undefined,
        // An id that is not in the list any more bounds nothing (RFC 8620 §5.6).
        upToId: upTo === undefined ? undefined : type.ids.read(upTo),
        calculateTotal,
      };
      const result = await changes(ctx, delta, own);
      if (maxChanges !== null && result.removed.length + result.added.length > maxChanges) {
        throw new MethodError('tooManyChanges');
      }
      return {
        accountId,
        oldQueryState: sinceQueryState,
        newQueryState: result.newQueryState,
        ...(calculateTotal && result.total !== undefined && { total: result.total }),
        removed: result.removed.map(type.ids.print),
        added: result.added.map(({ id, index }) => ({ id: type.ids.print(id), index })),
      };
    },
  };
}
