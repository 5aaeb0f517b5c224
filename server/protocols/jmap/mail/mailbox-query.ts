/** Mailbox/query and /queryChanges (RFC 8621 §2.3, §2.4): an account has few, so each answer is made of all of them. */
import { aBoolean, aString, nullable, optional } from '#formats/jmap/arguments.ts';
import type { Comparator, Filter } from '#formats/jmap/filter.ts';
import { isObject, type JsonObject } from '#formats/jmap/json.ts';
import { listMailboxes, type Mailbox, mailboxChanges } from '#server/mail/mailboxes/list.ts';
import { asId, type MailboxId } from '#server/store/ids.ts';

import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import type { QueryPart } from '#server/protocols/jmap/engine/type.ts';
import { mailboxIds } from './ids.ts';

const treeArguments = { sortAsTree: optional(aBoolean, false), filterAsTree: optional(aBoolean, false) };

interface Tree {
  readonly sortAsTree: boolean;
  readonly filterAsTree: boolean;
}

/** Changes of one account's mailboxes told at once: as many as it may have, and as many gone. */
const maxChanges = 10_000;

export const mailboxQuery: QueryPart<MailboxId, typeof treeArguments> = {
  args: treeArguments,
  conditions: {
    parentId: nullable(aString),
    name: aString,
    role: nullable(aString),
    hasAnyRole: aBoolean,
    isSubscribed: aBoolean,
  },
  idConditions: ['parentId'],
  sorts: ['sortOrder', 'name', 'parentId'],
  async run({ store, actor, accountId }, query, tree) {
    const { mailboxes, state } = await listMailboxes(store, actor, accountId);
    const list = planList(mailboxes, query.filter, query.sort, tree);
    const ids = list.map(({ id }) => id);
    return { queryState: String(state), canCalculateChanges: true, ...windowOf(ids, query) };
  },
  async changes({ store, actor, accountId }, query, tree) {
    // Read after the list: what changes in between is told now and again the next time.
    const { mailboxes, state } = await listMailboxes(store, actor, accountId);
    const changed = await mailboxChanges(store, actor, accountId, query.sinceQueryState, maxChanges);
    const list = planList(mailboxes, query.filter, query.sort, tree);
    // With a mailbox its whole subtree may have moved, appeared or gone from sight.
    const touched = withDescendants(mailboxes, new Set(changed.created.concat(changed.updated)));
    const added = [...list.entries()].flatMap(([index, { id }]) => (touched.has(id) ? [{ id, index }] : []));
    return {
      newQueryState: String(state),
      removed: [...changed.destroyed, ...touched].map(asId<MailboxId>),
      added,
      total: list.length,
    };
  },
};

function withDescendants(mailboxes: readonly Mailbox[], roots: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(roots);
  for (let size = -1; size < all.size;) {
    size = all.size;
    for (const { id, parentId } of mailboxes) if (parentId !== null && all.has(parentId)) all.add(id);
  }
  return all;
}

/** @param mailboxes in the order that stands where `sort` says nothing. */
export function planList(
  mailboxes: readonly Mailbox[],
  filter: Filter | undefined,
  sort: readonly Comparator[],
  { sortAsTree, filterAsTree }: Tree,
): readonly Mailbox[] {
  const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
  const fits = (mailbox: Mailbox): boolean => {
    if (filter && !matches(mailbox, filter)) return false;
    const parent = mailbox.parentId === null ? undefined : byId.get(mailbox.parentId);
    return !filterAsTree || !parent || fits(parent);
  };
  const sorted = mailboxes.toSorted((a, b) => compare(a, b, sort));
  return (sortAsTree ? asTree(sorted, null) : sorted).filter(fits);
}

function asTree(sorted: readonly Mailbox[], parentId: MailboxId | null): readonly Mailbox[] {
  const here = sorted.filter((mailbox) => mailbox.parentId === parentId);
  return here.flatMap((mailbox) => [mailbox, ...asTree(sorted, mailbox.id)]);
}

function matches(mailbox: Mailbox, filter: Filter): boolean {
  if (filter.kind === 'condition') return fitsCondition(mailbox, filter.condition);
  const fits = (each: Filter) => matches(mailbox, each);
  if (filter.operator === 'AND') return filter.conditions.every(fits);
  return filter.operator === 'OR' ? filter.conditions.some(fits) : !filter.conditions.some(fits);
}

function fitsCondition(mailbox: Mailbox, condition: JsonObject): boolean {
  const { parentId, name, role, hasAnyRole, isSubscribed } = isObject(condition) ? condition : {};
  const parent = mailbox.parentId === null ? null : mailboxIds.print(mailbox.parentId);
  return (
    (parentId === undefined || parent === parentId) &&
    (typeof name !== 'string' || folded(mailbox.name).includes(folded(name))) &&
    (role === undefined || mailbox.role === role) &&
    (hasAnyRole === undefined || (mailbox.role !== null) === hasAnyRole) &&
    (isSubscribed === undefined || mailbox.isSubscribed === isSubscribed)
  );
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

const names = new Intl.Collator('fr', { numeric: true });

function compare(a: Mailbox, b: Mailbox, sort: readonly Comparator[]): number {
  for (const { property, isAscending } of sort) {
    const order =
      property === 'name'
        ? names.compare(a.name, b.name)
        : property === 'sortOrder'
          ? a.sortOrder - b.sortOrder
          : (a.parentId ?? 0) - (b.parentId ?? 0);
    if (order !== 0) return isAscending ? order : -order;
  }
  return 0;
}
