/** Sorting what was found (RFC 5256 §2.2, RFC 5957): by columns of numbers, ties by position. */
import type { Actor } from '#server/access/actor.ts';
import { requireEntry } from '#server/mail/view/open.ts';
import type { Store } from '#server/store/store.ts';

import { keptDates, keptKeys } from './kept.ts';
import type { Keys, TextKey } from './keys.ts';
import type { Sight } from './sight.ts';

export interface Order {
  readonly by: 'received' | 'sent' | 'size' | TextKey;
  readonly isReverse: boolean;
}

/** A new array of the places in order. @throws {Refusal} `noSuchAccount`. */
export async function sortPlaces(
  store: Store,
  actor: Actor,
  sight: Sight,
  places: Uint32Array,
  orders: readonly Order[],
): Promise<Uint32Array> {
  await requireEntry(store, actor, sight.accountId);
  const columns: { readonly values: ArrayLike<number>; readonly sign: number }[] = [];
  for (const { by, isReverse } of orders)
    columns.push({ values: await valuesOf(store, sight, by), sign: isReverse ? -1 : 1 });
  const [first, ...others] = columns;
  if (!first) return places.slice();
  const { values, sign } = first;
  return places.toSorted((a, b) => {
    const difference = (values[a] ?? 0) - (values[b] ?? 0);
    if (difference !== 0) return difference * sign;
    for (const other of others) {
      const next = (other.values[a] ?? 0) - (other.values[b] ?? 0);
      if (next !== 0) return next * other.sign;
    }
    return a - b;
  });
}

/** What is compared, place by place. */
async function valuesOf(store: Store, sight: Sight, by: Order['by']): Promise<ArrayLike<number>> {
  switch (by) {
    case 'received':
      return sight.receivedAt;
    case 'size':
      return sight.sizesOctets;
    case 'sent':
      return sentInstants(store, sight);
    case 'subject':
    case 'from':
    case 'to':
    case 'cc':
    case 'displayFrom':
    case 'displayTo': {
      const { keys, rows } = await keptKeys(store, sight);
      const ranks = ranksOf(keys);
      const column = keys.text[by];
      return Uint32Array.from(rows, (row) => (row < 0 ? 0 : (ranks[column[row] ?? 0] ?? 0)));
    }
  }
}

/** When each email was sent; when it was received, where it does not say. */
export async function sentInstants(store: Store, sight: Sight): Promise<Float64Array> {
  const { dates, rows } = await keptDates(store, sight);
  return Float64Array.from(rows, (row, at) => dates.sentAt[row] ?? sight.receivedAt[at] ?? 0);
}

const ranksByKeys = new WeakMap<Keys, Uint32Array>();

/** The place of each text among all in order; made again when texts have come. */
export function ranksOf(keys: Keys): Uint32Array {
  const known = ranksByKeys.get(keys);
  if (known?.length === keys.texts.length) return known;
  const { texts } = keys;
  const order = Uint32Array.from(texts.keys()).sort((a, b) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : 1));
  const ranks = new Uint32Array(texts.length);
  for (const [rank, number] of order.entries()) ranks[number] = rank;
  ranksByKeys.set(keys, ranks);
  return ranks;
}
