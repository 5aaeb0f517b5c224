/** Actions on many people: what the console asks of the server about them, and what it reads of the answers. */
import { withProof } from '#web/factors/proof.ts';
import type { AccountId } from '#web/sync/records.ts';
import { sessionFetch } from '#web/sync/sessionFetch.ts';
import { isObject, list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { actNames, oneOf, searchPeople, setConsole } from './console.ts';
import type { ActName, PeopleSearch } from './console.ts';

/** Chosen on the screen, or named in a file. */
export type Chosen =
  | { readonly kind: 'people'; readonly ids: readonly string[] }
  | { readonly kind: 'names'; readonly names: readonly string[] };

export function countOf(chosen: Chosen): number {
  return chosen.kind === 'people' ? chosen.ids.length : chosen.names.length;
}

export interface NewBulk {
  readonly chosen: Chosen;
  readonly action: ActName;
  readonly reason: string;
  /** Of `changeQuota`; null: no limit. */
  readonly quotaOctets: number | null;
}

export type Started =
  | { readonly kind: 'done'; readonly id: string }
  | { readonly kind: 'refused'; readonly type: string };

/** Starts it. A refusal is an outcome; anything else is thrown. */
export async function startBulk(sync: Sync, accountId: AccountId, given: NewBulk): Promise<Started> {
  const { chosen, ...rest } = given;
  const people = chosen.kind === 'people' ? { personIds: chosen.ids } : { names: chosen.names };
  const outcome = await setConsole(sync, 'BulkAction/set', { accountId, create: { a: { ...rest, ...people } } });
  if (typeof outcome === 'string') return { kind: 'refused', type: outcome };
  const made = object(object(outcome['created'])['a']);
  return { kind: 'done', id: text(made['id']) };
}

/** @returns the type of what stood in the way; undefined when it is stopped. */
export async function stopBulk(sync: Sync, accountId: AccountId, id: string): Promise<string | undefined> {
  const outcome = await setConsole(sync, 'BulkAction/set', { accountId, update: { [id]: { isStopped: true } } });
  return typeof outcome === 'string' ? outcome : undefined;
}

export interface Bulk {
  readonly id: string;
  readonly action: ActName;
  readonly reason: string;
  readonly authorName: string;
  readonly total: number;
  readonly next: number;
  readonly done: number;
  readonly refused: number;
  readonly unknown: number;
  readonly createdAt: string;
  /** '' while it goes on. */
  readonly finishedAt: string;
  readonly isStopped: boolean;
}

function readBulk(value: unknown): Bulk {
  const it = object(value);
  return {
    id: text(it['id']),
    action: oneOf(actNames, it['action'], 'signOut'),
    reason: textOr(it['reason'], ''),
    authorName: textOr(it['authorName'], ''),
    total: number(it['total']),
    next: number(it['next']),
    done: number(it['done']),
    refused: number(it['refused']),
    unknown: number(it['unknown']),
    createdAt: text(it['createdAt']),
    finishedAt: textOr(it['finishedAt'], ''),
    isStopped: it['isStopped'] === true,
  };
}

/** The newest first. @throws as `client.request` does. */
export async function fetchBulks(sync: Sync, accountId: AccountId): Promise<readonly Bulk[]> {
  const answers = await sync.client.request([['BulkAction/get', { accountId, ids: null }, 'g']]);
  return list(answers.of('g')['list'], readBulk);
}

export interface BulkLine {
  readonly n: number;
  readonly text: string;
  readonly name: string;
  readonly outcome: 'refused' | 'unknown';
  readonly why: string;
}

export interface BulkWithLines {
  readonly bulk: Bulk;
  /** Those that were not done, as many as the server shows. */
  readonly lines: readonly BulkLine[];
}

const properties = [
  'action',
  'reason',
  'authorName',
  'total',
  'next',
  'done',
  'refused',
  'unknown',
  'createdAt',
  'finishedAt',
  'isStopped',
  'notDone',
];

/** undefined for one that is gone, or somebody else's. @throws as `client.request` does. */
export async function fetchBulk(sync: Sync, accountId: AccountId, id: string): Promise<BulkWithLines | undefined> {
  const answers = await sync.client.request([['BulkAction/get', { accountId, ids: [id], properties }, 'g']]);
  const [found] = list(answers.of('g')['list'], (value) => ({
    bulk: readBulk(value),
    lines: list(object(value)['notDone'], (line): BulkLine => {
      const it = object(line);
      return {
        n: number(it['n']),
        text: textOr(it['text'], ''),
        name: textOr(it['name'], ''),
        outcome: oneOf(['refused', 'unknown'], it['outcome'], 'unknown'),
        why: textOr(it['why'], ''),
      };
    }),
  }));
  return found;
}

/** As many as one action takes. */
export const mostPeople = 20_000;

/** Everybody a search finds, page by page. @param tell how many so far; @returns undefined once `isWanted` says no. */
export async function fetchAll(
  sync: Sync,
  accountId: AccountId,
  search: PeopleSearch,
  { tell, isWanted }: { readonly tell: (count: number) => void; readonly isWanted: () => boolean },
): Promise<readonly string[] | undefined> {
  const ids: string[] = [];
  for (let after: string | undefined; ids.length < mostPeople;) {
    const page = await searchPeople(sync, accountId, search, after, 199);
    if (!isWanted()) return undefined;
    ids.push(...page.people.map(({ id }) => id));
    tell(ids.length);
    after = ids.at(-1);
    if (!page.hasMore) break;
  }
  return ids.slice(0, mostPeople);
}

/** The file of every line; provisional passwords may be in it, and then it asks for a proof. @returns undefined where it did not come. */
export async function fetchLines(id: string): Promise<Blob | undefined> {
  const path = `/jmap/console/bulk?${new URLSearchParams({ id }).toString()}`;
  const ask = async (): Promise<Blob | 'stepUpNeeded' | undefined> => {
    try {
      const answer = await sessionFetch(path, { headers: { 'x-pli-client': 'web' } });
      if (answer.ok) return await answer.blob();
      const said: unknown = await answer.json().catch(() => undefined);
      return isObject(said) && said['kind'] === 'stepUpNeeded' ? 'stepUpNeeded' : undefined;
    } catch {
      return undefined;
    }
  };
  const file = await withProof(ask, (it) => it === 'stepUpNeeded');
  return file === 'stepUpNeeded' ? undefined : file;
}

/** Counts of an action that goes on are asked for again so often. */
export const lookEveryMs = 700;
