/**
 * Finding the emails of a sight that meet a criterion. What stands in the sight is compared there; what needs dates or texts is asked only of the emails that
 * everything else has let through. Others are let in between two conditions.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Actor } from '#server/access/actor.ts';
import { searchSubstring } from '#server/search/substring.ts';
import { read, type Store } from '#server/store/store.ts';

import { requireEntry } from '#server/mail/view/open.ts';

import type { Criterion } from './criterion.ts';
import { matchHeader } from './header.ts';
import { emailIdsOf, filtered, type Mask, placesOf, type Search, withIds } from './mask.ts';
import { keptDates } from './kept.ts';
import { selectThreadEmails } from './queries.ts';
import { matchSentDays } from './sent.ts';
import type { Sight } from './sight.ts';

/** How long one search may keep the others waiting. */
const turnMs = 8;

/**
 * @returns places, ascending.
 * @throws {Refusal} `noSuchAccount`, `unsupportedFilter` for a rare header field among too many emails; {StoreUnavailable}.
 */
export async function findPlaces(store: Store, actor: Actor, sight: Sight, criterion: Criterion): Promise<Uint32Array> {
  await requireEntry(store, actor, sight.accountId);
  const present = new Uint8Array(sight.length).fill(1);
  if (!sight.isWhole) for (let at = 0; at < sight.length; at += 1) if (sight.emailIds[at] === 0) present[at] = 0;
  const clock = { turnEnds: performance.now() + turnMs };
  return placesOf(await match({ store, actor, sight }, criterion, present, clock));
}

interface Clock {
  turnEnds: number;
}

/** Those of `among` that meet the criterion. `among` is not changed. */
async function match(search: Search, criterion: Criterion, among: Mask, clock: Clock): Promise<Mask> {
  if (performance.now() > clock.turnEnds) {
    await nextTurn();
    clock.turnEnds = performance.now() + turnMs;
  }
  switch (criterion.kind) {
    case 'and': {
      let left = among;
      for (const each of criterion.of.toSorted((a, b) => costOf(a) - costOf(b))) {
        left = await match(search, each, left, clock);
        if (!left.includes(1)) break;
      }
      return left;
    }
    case 'or': {
      const found = new Uint8Array(among.length);
      let left = among;
      for (const each of criterion.of.toSorted((a, b) => costOf(a) - costOf(b))) {
        const more = await match(search, each, left, clock);
        for (let at = 0; at < found.length; at += 1) if (more[at] === 1) found[at] = 1;
        left = without(left, more);
      }
      return found;
    }
    case 'not':
      return without(among, await match(search, criterion.of, among, clock));
    case 'header':
      return among.includes(1) ? matchHeader(search, criterion, among) : among;
    case 'sent':
      return matchSentDays(search, criterion, among);
    case 'text': {
      const ids = emailIdsOf(search.sight, among);
      if (ids.length === 0) return among;
      const { where, text } = criterion;
      const found = await searchSubstring(search.store, search.sight.accountId, { where, needle: text }, ids);
      return withIds(search.sight, among, new Set(found));
    }
    case 'thread': {
      const { accountId, mailboxId } = search.sight;
      const ids = await read(search.store, (tx) => selectThreadEmails(tx, accountId, mailboxId, criterion.id));
      return withIds(search.sight, among, ids);
    }
    case 'saved': {
      const { dates, rows } = await keptDates(search.store, search.sight);
      const { from, until } = criterion;
      return filtered(among, (at) => isWithin(dates.savedAt[rows[at] ?? -1], from, until));
    }
    case 'all':
    case 'none':
    case 'places':
    case 'bit':
    case 'keyword':
    case 'received':
    case 'size':
    case 'modseq':
    case 'email':
      return matchInSight(search.sight, criterion, among);
  }
}

type InSight = Extract<
  Criterion,
  { readonly kind: 'all' | 'none' | 'places' | 'bit' | 'keyword' | 'received' | 'size' | 'modseq' | 'email' }
>;

function matchInSight(sight: Sight, criterion: InSight, among: Mask): Mask {
  switch (criterion.kind) {
    case 'all':
      return among;
    case 'none':
      return new Uint8Array(among.length);
    case 'places': {
      const found = new Uint8Array(among.length);
      const { spans } = criterion;
      for (let nth = 0; nth < spans.length; nth += 2) {
        const [from = 0, until = 0] = [spans[nth], spans[nth + 1]];
        found.set(among.subarray(from, until), from);
      }
      return found;
    }
    case 'bit': {
      const { flags } = sight;
      const { bit } = criterion;
      const found = new Uint8Array(among.length);
      // The question of every program, written out.
      for (let at = 0; at < found.length; at += 1) if (((flags[at] ?? 0) & bit) !== 0) found[at] = among[at] ?? 0;
      return found;
    }
    case 'keyword': {
      const { keywordSet, keywordSets } = sight;
      const has = keywordSets.map((words) => words.includes(criterion.keyword));
      return filtered(among, (at) => has[keywordSet[at] ?? 0] === true);
    }
    case 'received': {
      const { from, until } = criterion;
      return filtered(among, (at) => isWithin(sight.receivedAt[at], from, until));
    }
    case 'size': {
      const { above, below } = criterion;
      return filtered(among, (at) => (sight.sizesOctets[at] ?? 0) > above && (sight.sizesOctets[at] ?? 0) < below);
    }
    case 'modseq':
      return filtered(among, (at) => (sight.modseqs[at] ?? 0) >= criterion.least);
    case 'email':
      return filtered(among, (at) => sight.emailIds[at] === criterion.id);
  }
}

/** The cheap ones first: what costs is then asked of fewer. */
function costOf(criterion: Criterion): number {
  switch (criterion.kind) {
    case 'and':
    case 'or':
      return criterion.of.reduce((most, each) => Math.max(most, costOf(each)), 0);
    case 'not':
      return costOf(criterion.of);
    case 'thread':
      return 1;
    case 'saved':
    case 'sent':
      return 2;
    case 'text':
      return 3;
    case 'header':
      return 4;
    case 'all':
    case 'none':
    case 'places':
    case 'bit':
    case 'keyword':
    case 'received':
    case 'size':
    case 'modseq':
    case 'email':
      return 0;
  }
}

function without(mask: Mask, less: Mask): Mask {
  const left = mask.slice();
  for (let at = 0; at < left.length; at += 1) if (less[at] === 1) left[at] = 0;
  return left;
}

function isWithin(instant: number | undefined, from: number, until: number): boolean {
  return instant !== undefined && instant >= from && instant < until;
}
