/**
 * Finding people as an administrator types: by name, user name, e-mail address, unit, state; within the subtrees the
 * actor's roles hold over, page by page, under a tenth of a second among 667,000 (bench/directory.ts).
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole, requireRole } from '#server/access/require-role.ts';
import { foldWords } from '#server/directory/fold.ts';
import type { PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import {
  countEntries,
  hasMoreThan,
  type Place,
  selectEnd,
  selectPathByCode,
  selectPlace,
  selectStretch,
  type Walk,
  type Wanted,
} from './queries/search.ts';

export interface PeopleSearch {
  /** What was typed: words of a name or function, a user name, an e-mail address, or a school's UAI code. */
  readonly text?: string | undefined;
  readonly state?: string | undefined;
  /** Those of this unit and below. */
  readonly unitId?: UnitId | undefined;
}

export interface PeoplePage {
  /** The last one of the page before. */
  readonly after?: PersonId | undefined;
  /** At most 200. */
  readonly limit?: number;
}

const pageAtMost = 200;
const textCharacters = 200;
const wordsTyped = 5;

/** Subtrees of so few people are looked through whole, by name. */
const few = 3_000;
/** Entries of an index looked at in the first statement; each one after it looks at four times as many. */
const firstStretch = 256;
const longestStretch = 4_096;
/** Entries looked at in one search. */
const lookedAtMost = 20_000;

/** The national code of a school. */
const uaiForm = /^\d{7}[a-z]$/i;

/**
 * Whoever fits, in the order of what was typed: by the word that begins so, by name where nothing was. Somebody whose
 * user name alone begins so comes after all others. A search that finds nobody among 20,000 entries ends: who types on
 * is told more.
 *
 * @throws {Refusal} `mayNot`; `noSuchUnit` outside the actor's subtrees; `anchorNotFound`.
 */
export function searchPeople(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  search: PeopleSearch,
  { after, limit = 50 }: PeoplePage = {},
): Promise<readonly PersonId[]> {
  return read(store, async (tx) => {
    const wanted = await wantedOf(tx, actor, tenantId, search, store.now());
    const walks = await chooseWalks(tx, wanted);
    let [from, begin] = after === undefined ? [0, start] : await findPlace(tx, walks, tenantId, after);
    const found: PersonId[] = [];
    const most = Math.min(limit, pageAtMost);
    for (; from < walks.length && found.length < most; from += 1, begin = start) {
      const walk = walks[from];
      if (walk) found.push(...(await walkOn(tx, walk, wanted, begin, most - found.length)));
    }
    return found;
  });
}

const start: Place = { key: '', id: 0 };

async function wantedOf(
  tx: Tx,
  actor: Actor,
  tenantId: TenantId,
  { text = '', state, unitId }: PeopleSearch,
  at: number,
): Promise<Wanted> {
  const held = await requireAnyRole(tx, actor, 'look', tenantId, at);
  const typed = text.trim().slice(0, textCharacters);
  const own =
    unitId === undefined ? pathsOf(held) : [(await requireRole(tx, actor, 'look', { tenantId, unitId }, at)).path];
  const byCode = uaiForm.test(typed) ? await selectPathByCode(tx, tenantId, typed.toLowerCase()) : undefined;
  const isOwn = byCode !== undefined && (own === undefined || own.some((path) => byCode.startsWith(path)));
  if (isOwn) return { tenantId, paths: [byCode], state, words: [], address: undefined };
  const address = typed.includes('@') ? typed.normalize('NFC').toLowerCase() : undefined;
  const words = address === undefined ? foldWords(typed) : [];
  return { tenantId, paths: own, state, words: [...new Set(words)].slice(0, wordsTyped), address };
}

/** undefined for the whole tenant. */
function pathsOf(held: Held): readonly string[] | undefined {
  const isWhole = held.some(({ kind, path }) => kind === 'platform' || path === '/');
  return isWhole ? undefined : held.map(({ path }) => path);
}

/** Entries counted to find the shortest walk. */
const countedAtMost = 4_096;

/** Along which indexes to look, one after the other. */
async function chooseWalks(tx: Tx, wanted: Wanted): Promise<readonly Walk[]> {
  const { tenantId, paths, words, address, state } = wanted;
  if (paths && !(await hasMoreThan(tx, tenantId, paths, few))) return [{ kind: 'units' }];
  const byState: readonly Walk[] = state === undefined ? [] : [{ kind: 'state', state }];
  const [only, ...others] = words;
  if (address !== undefined) return shortest(tx, tenantId, [{ kind: 'address', prefix: address }, ...byState]);
  if (only === undefined) return byState.length > 0 ? byState : [{ kind: 'name' }];
  const byWord = words.map((prefix): Walk => ({ kind: 'word', prefix }));
  const walks = await shortest(tx, tenantId, [...byWord, ...byState]);
  const isByWord = others.length === 0 && walks[0]?.kind === 'word';
  return isByWord ? [...walks, { kind: 'userName', prefix: only }] : walks;
}

async function shortest(tx: Tx, tenantId: TenantId, walks: readonly Walk[]): Promise<readonly Walk[]> {
  if (walks.length < 2) return walks;
  let best: { readonly walk: Walk; readonly count: number } | undefined;
  for (const walk of walks) {
    const count = await countEntries(tx, walk, tenantId, countedAtMost);
    if (best === undefined || count < best.count) best = { walk, count };
  }
  return best ? [best.walk] : [];
}

/** The walk that passed somebody, and where. @throws {Refusal} `anchorNotFound`. */
async function findPlace(
  tx: Tx,
  walks: readonly Walk[],
  tenantId: TenantId,
  personId: PersonId,
): Promise<[number, Place]> {
  for (const [index, walk] of walks.entries()) {
    const place = await selectPlace(tx, walk, tenantId, personId);
    if (place) return [index, place];
  }
  throw new Refusal('anchorNotFound');
}

async function walkOn(tx: Tx, walk: Walk, wanted: Wanted, begin: Place, limit: number): Promise<readonly PersonId[]> {
  const found: PersonId[] = [];
  let after: Place | undefined = begin;
  let within = firstStretch;
  for (let looked = 0; after !== undefined && looked < lookedAtMost; looked += within) {
    if (looked > 0) within = Math.min(within * 4, longestStretch);
    found.push(...(await selectStretch(tx, walk, wanted, { after, within, limit: limit - found.length })));
    if (found.length >= limit || walk.kind === 'units') break;
    after = await selectEnd(tx, walk, wanted.tenantId, after, within);
  }
  return found;
}
