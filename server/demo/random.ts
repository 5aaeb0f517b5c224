/**
 * Chance that can be repeated: the demonstration academy is the same everywhere for the same seed. Nothing in this
 * folder may use Math.random or the clock; every stream of numbers is named by its seed and its labels, so a person
 * or a message can be made alone, in any order, and comes out the same.
 */

/** One stream of pseudo-random numbers (mulberry32). Not for secrets. */
export interface Random {
  /** A number in [0, 1). */
  readonly unit: () => number;
  /** A whole number in [0, limit). */
  readonly below: (limit: number) => number;
  /** A whole number in [low, high]. */
  readonly between: (low: number, high: number) => number;
  readonly chance: (probability: number) => boolean;
  /** @throws {RangeError} when the list is empty. */
  readonly pick: <T>(list: readonly T[]) => T;
}

export function randomFrom(seed: number | string, ...labels: readonly (number | string)[]): Random {
  let state = mix(typeof seed === 'string' ? hashOf(seed) : seed);
  for (const label of labels)
    state = mix(state ^ (typeof label === 'string' ? hashOf(label) : Math.imul(label, 0x9e3779b1)));
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => unit() < probability,
    pick: (list) => at(list, below(list.length)),
  };
}

/** The item at a place known to exist. @throws {RangeError} otherwise. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no item ${index} in a list of ${list.length}`);
  return item;
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** A finaliser (murmur3): neighbouring seeds must not give neighbouring streams. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
