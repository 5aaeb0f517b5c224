/** Foo/query (RFC 8620 §5.5). */
import {
  aBoolean,
  anId,
  anInt,
  anUnsignedInt,
  anything,
  aString,
  type ArgumentTable,
  nullable,
  optional,
  orNull,
  readBoth,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';

import { openAccount } from './context.ts';
import type { Method } from './method.ts';
import { filterFor, sortFor } from './query-parts.ts';
import type { Query, QueryPart, TypeHead } from './type.ts';

const ours = {
  accountId: required(aString),
  filter: optional(anything, null),
  sort: optional(anything, null),
  position: optional(anInt, 0),
  anchor: orNull(anId),
  anchorOffset: optional(anInt, 0),
  limit: optional(nullable(anUnsignedInt), null),
  calculateTotal: optional(aBoolean, false),
};

/** Ids one answer holds at most. */
const limitRoof = 10_000;

export function queryMethod<Id, Arguments extends ArgumentTable>(
  type: TypeHead<Id>,
  part: QueryPart<Id, Arguments>,
): Method {
  return {
    name: `${type.name}/query`,
    capability: type.capability,
    async run(call, args) {
      const [asked, own] = readBoth(ours, part.args, args);
      const { accountId, position, anchorOffset, calculateTotal } = asked;
      const ctx = await openAccount(call, accountId, type.capability, 'read');
      const filter = filterFor(part, asked.filter, call.created);
      const sort = sortFor(part, asked.sort);
      const anchor = asked.anchor === null ? undefined : anchorOf(type, call.created.resolve(asked.anchor));
      const limit = Math.min(asked.limit ?? limitRoof, limitRoof);
      const query: Query<Id> = { filter, sort, position, anchor, anchorOffset, limit, calculateTotal };
      const result = await part.run(ctx, query, own);
      const isCut = limit !== asked.limit && result.ids.length >= limit;
      return {
        accountId,
        queryState: result.queryState,
        canCalculateChanges: result.canCalculateChanges,
        position: result.position,
        ids: result.ids.map(type.ids.print),
        ...(calculateTotal && result.total !== undefined && { total: result.total }),
        ...(isCut && { limit }),
      };
    },
  };
}

export function anchorOf<Id>(type: TypeHead<Id>, text: string | undefined): Id {
  const id = text === undefined ? undefined : type.ids.read(text);
  if (id === undefined) throw new MethodError('anchorNotFound');
  return id;
}

/**
 * The window of a list that is known whole (RFC 8620 §5.5).
 * @throws {MethodError} `anchorNotFound`.
 */
export function windowOf<Id>(
  all: readonly Id[],
  { position, anchor, anchorOffset, limit }: Pick<Query<Id>, 'position' | 'anchor' | 'anchorOffset' | 'limit'>,
): { readonly ids: readonly Id[]; readonly position: number; readonly total: number } {
  const start = anchor === undefined ? (position < 0 ? all.length + position : position) : all.indexOf(anchor);
  if (anchor !== undefined && start < 0) throw new MethodError('anchorNotFound');
  const from = Math.max(0, anchor === undefined ? start : start + anchorOffset);
  return { ids: all.slice(from, from + limit), position: from, total: all.length };
}
