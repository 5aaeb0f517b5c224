/** EmailSubmission/query and /queryChanges (RFC 8621 §7.3, §7.4): over the whole list, which is light. */
import { type ArgumentTable, aString, aUtcDate, listOf, oneOf } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Comparator, Filter } from '#formats/jmap/filter.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import type { QueryPart } from '#server/protocols/jmap/engine/type.ts';
import { emailIds, identityIds, threadIds } from '#server/protocols/jmap/mail/ids.ts';
import { asId, type SubmissionId } from '#server/store/ids.ts';
import { listSubmissions, submissionChanges, type SubmissionKeys } from '#server/submission/list.ts';

const ids = listOf(aString);

export const submissionQuery: QueryPart<SubmissionId, ArgumentTable> = {
  conditions: {
    identityIds: ids,
    emailIds: ids,
    threadIds: ids,
    undoStatus: oneOf('pending', 'final', 'canceled'),
    before: aUtcDate,
    after: aUtcDate,
  },
  idConditions: ['identityIds', 'emailIds', 'threadIds'],
  sorts: ['emailId', 'threadId', 'sentAt'],
  async run(ctx, query) {
    const { all, state } = await listFor(ctx, query.filter, query.sort);
    return { queryState: state, canCalculateChanges: true, ...windowOf(all, query) };
  },
  async changes(ctx, { filter, sort, sinceQueryState, upToId, maxChanges }) {
    const { store, actor, accountId } = ctx;
    const roof = maxChanges ?? mostChanges;
    const changed = await submissionChanges(store, actor, accountId, sinceQueryState, roof);
    // Places in the list as it is now are of no use to who stops in between.
    if (changed.hasMore) throw new MethodError('tooManyChanges');
    const { all, state } = await listFor(ctx, filter, sort);
    // What changed may have left the list or stand elsewhere in it: it is taken out and put in again.
    const touched = [...changed.updated, ...changed.destroyed].map(asId<SubmissionId>);
    const isNew = new Set<number>([...changed.created, ...changed.updated]);
    const end = upToId === undefined ? -1 : all.indexOf(upToId);
    const added = all
      .map((id, index) => ({ id, index }))
      .filter(({ id, index }) => isNew.has(id) && (end < 0 || index <= end));
    return { newQueryState: state, removed: touched, added, total: all.length };
  },
};

const mostChanges = 10_000;

async function listFor(
  { store, actor, accountId }: AccountContext,
  filter: Filter | undefined,
  sort: readonly Comparator[],
): Promise<{ readonly all: readonly SubmissionId[]; readonly state: string }> {
  const { submissions, state } = await listSubmissions(store, actor, accountId);
  const fit = submissions.filter((keys) => !filter || fits(keys, filter));
  const all = fit.toSorted((a, b) => compare(a, b, sort) || a.id - b.id).map(({ id }) => id);
  return { all, state };
}

function fits(keys: SubmissionKeys, filter: Filter): boolean {
  if (filter.kind === 'condition') return fitsAll(keys, filter.condition);
  const { operator, conditions } = filter;
  if (operator === 'AND') return conditions.every((one) => fits(keys, one));
  const isAny = conditions.some((one) => fits(keys, one));
  return operator === 'OR' ? isAny : !isAny;
}

/** Members are as the table's readers found them. */
function fitsAll(keys: SubmissionKeys, condition: JsonObject): boolean {
  const { before, after, undoStatus } = condition;
  const has = (name: string, id: string): boolean => {
    const wanted = condition[name];
    return wanted === undefined || (ids(wanted) ?? []).includes(id);
  };
  return (
    has('identityIds', keys.identityId === 0 ? '' : identityIds.print(asId(keys.identityId))) &&
    has('emailIds', emailIds.print(asId(keys.emailId))) &&
    has('threadIds', keys.threadId === 0 ? '' : threadIds.print(asId(keys.threadId))) &&
    (undoStatus === undefined || undoStatus === keys.undoStatus) &&
    (before === undefined || keys.sendAt < (aUtcDate(before) ?? 0)) &&
    (after === undefined || keys.sendAt >= (aUtcDate(after) ?? 0))
  );
}

const sortKeys: Readonly<Record<string, (keys: SubmissionKeys) => number>> = {
  emailId: ({ emailId }) => emailId,
  threadId: ({ threadId }) => threadId,
  sentAt: ({ sendAt }) => sendAt,
};

function compare(a: SubmissionKeys, b: SubmissionKeys, sort: readonly Comparator[]): number {
  for (const { property, isAscending } of sort) {
    const key = sortKeys[property];
    const difference = key ? key(a) - key(b) : 0;
    if (difference !== 0) return isAscending ? difference : -difference;
  }
  return 0;
}
