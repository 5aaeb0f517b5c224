/**
 * Threads of what was found, by the two ways of RFC 5256 §3, over columns of numbers. No recursion: a thread may be as deep as the mailbox is long.
 */
import type { Actor } from '#server/access/actor.ts';
import { requireEntry } from '#server/mail/view/open.ts';
import type { Store } from '#server/store/store.ts';

import { keptKeys } from './kept.ts';
import { linkReferences } from './references.ts';
import type { Sight } from './sight.ts';
import { ranksOf, sentInstants } from './sort.ts';

/** `place` is null for a message that is missing and had several answers. */
export interface Thread {
  readonly place: number | null;
  readonly children: readonly Thread[];
}

/** @throws {Refusal} `noSuchAccount`. */
export async function threadPlaces(
  store: Store,
  actor: Actor,
  sight: Sight,
  places: Uint32Array,
  algorithm: 'references' | 'orderedSubject',
): Promise<readonly Thread[]> {
  await requireEntry(store, actor, sight.accountId);
  const { keys, rows } = await keptKeys(store, sight);
  const sentAt = await sentInstants(store, sight);
  if (algorithm === 'references') return linkReferences({ keys, rows, sentAt, places });
  const ranks = ranksOf(keys);
  const subjectOf = (place: number): number => ranks[keys.text.subject[rows[place] ?? -1] ?? 0] ?? 0;
  return orderedSubject(places, subjectOf, sentAt);
}

/** All of one subject are one thread: its first email, and the others its answers (RFC 5256 §3, ORDEREDSUBJECT). */
export function orderedSubject(
  places: Uint32Array,
  subjectOf: (place: number) => number,
  sentAt: Float64Array,
): readonly Thread[] {
  const order = places.toSorted((a, b) => subjectOf(a) - subjectOf(b) || byDate(sentAt, a, b));
  const threads: { readonly place: number; readonly children: Thread[] }[] = [];
  let subject = -1;
  for (const place of order) {
    if (subjectOf(place) === subject) threads.at(-1)?.children.push({ place, children: [] });
    else threads.push({ place, children: [] });
    subject = subjectOf(place);
  }
  return threads.sort((a, b) => byDate(sentAt, a.place, b.place));
}

export function byDate(sentAt: Float64Array, a: number, b: number): number {
  return (sentAt[a] ?? 0) - (sentAt[b] ?? 0) || a - b;
}
