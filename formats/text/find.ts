/**
 * Finding a text in another in a time that no text can draw out. The engine's own search is the fastest there is for
 * short keys, but takes as many steps as both lengths multiplied for a long key that repeats itself: 27 s for a key of
 * 60,000 letters in a million. Those are found by Knuth, Morris and Pratt's way, which looks at each letter twice.
 */

/** The engine's search is left to itself up to here: it takes a millisecond a million letters at worst. */
const shortUnits = 250;

/** @param key as it is; compared in UTF-16 units. @returns a function as `indexOf`: the first offset from `from` on, or -1. */
export function finderOf(key: string): (text: string, from?: number) => number {
  if (key.length <= shortUnits) return (text, from = 0) => text.indexOf(key, from);
  let borders: Uint32Array | null = null;
  return (text, from = 0) => {
    if (text.length - from < key.length) return -1;
    borders ??= bordersOf(key);
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      while (matched > 0 && key.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
      if (key.charCodeAt(matched) === unit) matched++;
      if (matched === key.length) return at - matched + 1;
    }
    return -1;
  };
}

/** For each beginning of the key the length of its longest true beginning that is its end too. */
function bordersOf(key: string): Uint32Array {
  const borders = new Uint32Array(key.length);
  let length = 0;
  for (let at = 1; at < key.length; at++) {
    while (length > 0 && key.charCodeAt(at) !== key.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (key.charCodeAt(at) === key.charCodeAt(length)) length++;
    borders[at] = length;
  }
  return borders;
}
