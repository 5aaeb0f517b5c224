/** Places of a sight that are in and out, as one octet each. */
import type { Actor } from '#server/access/actor.ts';
import type { Store } from '#server/store/store.ts';

import type { Sight } from './sight.ts';

/** One search at work. A mask has a 1 for each place that is in. */
export interface Search {
  readonly store: Store;
  readonly actor: Actor;
  readonly sight: Sight;
}

export type Mask = Uint8Array;

export function placesOf(mask: Mask): Uint32Array {
  const places = new Uint32Array(countOf(mask));
  let length = 0;
  for (let at = 0; at < mask.length; at += 1) if (mask[at] === 1) places[length++] = at;
  return places;
}

export function countOf(mask: Mask): number {
  let count = 0;
  for (let at = 0; at < mask.length; at += 1) count += mask[at] ?? 0;
  return count;
}

export function filtered(among: Mask, isIn: (at: number) => boolean): Mask {
  const found = new Uint8Array(among.length);
  for (let at = 0; at < among.length; at += 1) if (among[at] === 1 && isIn(at)) found[at] = 1;
  return found;
}

/** Ascending, each once. */
export function emailIdsOf(sight: Sight, among: Mask): Float64Array {
  const ids = new Float64Array(countOf(among));
  let length = 0;
  for (let at = 0; at < among.length; at += 1) if (among[at] === 1) ids[length++] = sight.emailIds[at] ?? 0;
  return ids.sort();
}

export function withIds(sight: Sight, among: Mask, ids: ReadonlySet<number>): Mask {
  return filtered(among, (at) => ids.has(sight.emailIds[at] ?? 0));
}
