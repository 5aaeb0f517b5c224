/**
 * Who reads, where an account that several people read keeps `$seen` for each of them (account.seen_is_personal). What
 * a newcomer finds was read by others long ago or never will be: it counts as read for them, and only what comes after
 * they came is new (docs/decisions/0012-personal-seen.md).
 */
import type { PersonId } from '#server/store/ids.ts';

export interface Reader {
  readonly personId: PersonId;
  /** Emails received before it count as read unless the reader said otherwise. Milliseconds since 1970; 0 for none. */
  readonly seenBefore: number;
  /** Names the reader in caches: another one wherever all their emails may be seen otherwise. */
  readonly key: string;
}

/** When one mandate gave what it gives. Milliseconds since 1970; `until` is Infinity for one without an end. */
export interface Held {
  readonly from: number;
  readonly until: number;
}

/** The member of an account's settings that says since when it keeps `$seen` for each. */
export const seenPersonalSince = 'seenPersonalSince';

/** Who was away for no longer is no newcomer: a mandate that was renewed late. */
const longestGapMs = 30 * 86_400_000;

/**
 * @param held every mandate the person ever had on the account, in any order.
 * @param personalSince when the account began to keep `$seen` for each: who held a mandate then has seen what all had
 * seen, and nothing else.
 */
export function readerOf(personId: PersonId, held: readonly Held[], personalSince: number, at: number): Reader {
  let from = 0;
  let until = -Infinity;
  for (const mandate of held.toSorted((a, b) => a.from - b.from)) {
    if (mandate.from > at || mandate.until <= mandate.from) continue;
    if (mandate.from > until + longestGapMs) from = mandate.from;
    until = Math.max(until, mandate.until);
  }
  const seenBefore = from > personalSince ? from : 0;
  return { personId, seenBefore, key: `${personId}.${personalSince}.${seenBefore}` };
}
