/**
 * Finding people for another directory, a page at a time. What is looked for is found along an index, or not at all;
 * what the index cannot say is asked of each of at most 2,000 it leads to. Turning pages goes on where the page before
 * ended, as long as this process remembers where that was.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { pathOver, type ProvisionedPerson, provisionedMany } from './people.ts';
import { countPeople, type Driver, type Found, type People, selectIds, type SortBy } from './queries/people.ts';

export type { Driver, SortBy };

export interface PeopleSearch {
  /** Whoever one of them finds; undefined for everybody. */
  readonly drivers: readonly Driver[] | undefined;
  /** What remains to be asked of each; undefined where the drivers say it all. */
  readonly test: ((person: ProvisionedPerson) => boolean) | undefined;
  readonly sortBy: SortBy;
  readonly isDescending: boolean;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

export interface PeoplePage {
  readonly total: number;
  readonly people: readonly ProvisionedPerson[];
}

export const peoplePerPage = 200;
const candidatesAtMost = 2_000;
const driversAtMost = 32;

/** @throws {Refusal} `mayNot`; `tooMany` where too many would have to be asked, `unsupportedFilter` of too many parts. */
export async function findProvisioned(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  search: PeopleSearch,
): Promise<PeoplePage> {
  if ((search.drivers?.length ?? 0) > driversAtMost) throw new Refusal('unsupportedFilter');
  const path = await read(store, (tx) => pathOver(tx, actor, tenantId, store.now()));
  const drivers = search.drivers ?? (path === '/' ? undefined : [{ kind: 'subtree', path } as const]);
  const people: People = { tenantId, drivers, path };
  return search.test ? findTested(store, people, search, search.test) : turnPage(store, people, search);
}

async function findTested(
  store: Store,
  people: People,
  { sortBy, isDescending, startIndex, count }: PeopleSearch,
  test: (person: ProvisionedPerson) => boolean,
): Promise<PeoplePage> {
  const limit = candidatesAtMost + 1;
  const found = await selectIds(store, people, { sortBy, isDescending, after: undefined, skip: 0, limit });
  if (found.length > candidatesAtMost) throw new Refusal('tooMany', { limit: candidatesAtMost });
  const fit: ProvisionedPerson[] = [];
  for (let at = 0; at < found.length; at += peoplePerPage)
    fit.push(...(await present(store, people, found.slice(at, at + peoplePerPage))).filter(test));
  return { total: fit.length, people: fit.slice(startIndex - 1, startIndex - 1 + count) };
}

async function turnPage(store: Store, people: People, search: PeopleSearch): Promise<PeoplePage> {
  const { sortBy, isDescending, startIndex, count } = search;
  const walk = walkOf(store, JSON.stringify([people, sortBy, isDescending]), startIndex);
  const total = walk.total ?? (await countPeople(store, people));
  if (count === 0 || startIndex > total) {
    remember(store, walk, total, undefined);
    return { total, people: [] };
  }
  const skip = walk.after ? 0 : startIndex - 1;
  const found = await selectIds(store, people, { sortBy, isDescending, after: walk.after, skip, limit: count });
  const last = found.at(-1);
  remember(store, walk, total, last && { startIndex: startIndex + found.length, after: last });
  return { total, people: await present(store, people, found) };
}

/** Whoever was closed since they were found is none. */
async function present(store: Store, { tenantId }: People, found: readonly Found[]) {
  const ids = found.map(({ id }) => id);
  const all = await read(store, (tx) => provisionedMany(tx, tenantId, ids));
  return all.filter(({ state }) => state !== 'closed');
}

interface Walk {
  readonly key: string;
  /** Known since the walk began; undefined at its beginning. */
  readonly total: number | undefined;
  /** Whoever the page before ended with; undefined where that is not remembered. */
  readonly after: Found | undefined;
}

interface Remembered {
  readonly total: number;
  /** Where a page would begin, and after whom that is. */
  readonly next: { readonly startIndex: number; readonly after: Found } | undefined;
  readonly at: number;
}

const walksAtMost = 256;
const rememberedMs = 600_000;
const walks = new WeakMap<Store, Map<string, Remembered>>();

function walkOf(store: Store, key: string, startIndex: number): Walk {
  const known = startIndex === 1 ? undefined : walks.get(store)?.get(key);
  if (!known || known.at + rememberedMs < performance.now()) return { key, total: undefined, after: undefined };
  return { key, total: known.total, after: known.next?.startIndex === startIndex ? known.next.after : undefined };
}

/** The oldest is forgotten first. */
function remember(store: Store, { key }: Walk, total: number, next: Remembered['next']): void {
  const kept = walks.getOrInsertComputed(store, () => new Map());
  kept.delete(key);
  kept.set(key, { total, next, at: performance.now() });
  const [oldest] = kept.keys();
  if (kept.size > walksAtMost && oldest !== undefined) kept.delete(oldest);
}
