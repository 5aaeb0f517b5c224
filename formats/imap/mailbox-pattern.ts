/**
 * `*` and `%` of LIST (RFC 9051 §6.3.9): `*` stands for anything, `%` for anything without the hierarchy delimiter. Linear in the name for each pattern: a
 * set of places in the pattern moves over the name, so that no pattern is slow.
 */

/** Places of one pattern; a longer one matches nothing. */
const MAX_PATTERN = 256;

/** Whether the whole `name` fits. `INBOX` in the first place of a pattern fits in any case. */
export function matchesPattern(pattern: string, name: string, delimiter = '/'): boolean {
  return reach(pattern, name, delimiter).isWhole;
}

/**
 * Whether something below `name` could fit: LIST "" % shows a parent only, RECURSIVEMATCH and unlisted parents need to know (RFC 9051 §6.3.9.4).
 */
export function matchesBelow(pattern: string, name: string, delimiter = '/'): boolean {
  return reach(pattern, name + delimiter, delimiter).isPart;
}

function reach(pattern: string, name: string, delimiter: string): { isWhole: boolean; isPart: boolean } {
  const places = Array.from(simplify(pattern));
  if (places.length > MAX_PATTERN) return { isWhole: false, isPart: false };
  // open[i]: the name so far fits the first i places.
  let open = new Uint8Array(places.length + 1);
  open[0] = 1;
  skipWildcards(open, places);
  for (const character of name) {
    const next = new Uint8Array(places.length + 1);
    let isAlive = false;
    for (let at = 0; at < places.length; at++) {
      if (open[at] === 0) continue;
      const place = places[at];
      if (place === '*' || (place === '%' && character !== delimiter)) next[at] = 1;
      else if (place === character && place !== '%') next[at + 1] = 1;
      else continue;
      isAlive = true;
    }
    if (!isAlive) return { isWhole: false, isPart: false };
    skipWildcards(next, places);
    open = next;
  }
  return { isWhole: open[places.length] === 1, isPart: open.subarray(0, places.length).includes(1) };
}

/** A wildcard may stand for nothing. */
function skipWildcards(open: Uint8Array, places: readonly string[]): void {
  for (let at = 0; at < places.length; at++) {
    if (open[at] === 1 && (places[at] === '*' || places[at] === '%')) open[at + 1] = 1;
  }
}

/** `inbox` is one mailbox however it is written; runs of wildcards are the widest of them. */
function simplify(pattern: string): string {
  return pattern
    .replace(/^inbox(?=$|[/.*%])/i, 'INBOX')
    .replace(/[*%]*\*[*%]*/g, '*')
    .replace(/%+/g, '%');
}
