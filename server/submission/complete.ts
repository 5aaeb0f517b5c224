/** Completion of recipients: whom one wrote to before, the most and latest first, then the directory. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { foldWords } from '#server/directory/fold.ts';
import { findPeople } from '#server/directory/people.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { type RecentRecipient, selectRecent } from './recent-queries.ts';

export interface Suggestion {
  readonly name: string;
  readonly email: string;
  readonly kind: 'recent' | 'person' | 'function';
  readonly unit: string | null;
}

export const mostSuggestions = 20;

/**
 * Whom `typed` may mean.
 * @throws {Refusal} `noSuchAccount`.
 */
export async function completeRecipients(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  typed: string,
  limit: number,
): Promise<readonly Suggestion[]> {
  const recents = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    return selectRecent(tx, accountId);
  });
  const wanted = Math.min(limit, mostSuggestions);
  const known = planRecents(recents, typed).slice(0, wanted);
  const emails = new Set(known.map((each) => each.email.toLowerCase()));
  const people = await findPeople(store, actor, typed, wanted);
  const others = people
    .filter((entry) => !emails.has(entry.email.toLowerCase()))
    .map((entry): Suggestion => {
      const kind = entry.kind === 'person' ? 'person' : 'function';
      return { name: entry.name, email: entry.email, kind, unit: entry.unitName };
    });
  return [...known, ...others].slice(0, wanted);
}

const halfLifeMs = 30 * 86_400_000;

/** Those with a word, or an address, that begins with each word typed; often and lately written to first. */
export function planRecents(recents: readonly RecentRecipient[], typed: string): readonly Suggestion[] {
  const wanted = foldWords(typed);
  const start = typed.trim().toLowerCase();
  if (start === '') return [];
  const newest = recents[0]?.lastAt ?? 0;
  const weight = ({ times, lastAt }: RecentRecipient) => times * 2 ** ((lastAt - newest) / halfLifeMs);
  return recents
    .filter(({ name, address }) => {
      // With an @ it is an address that is being typed.
      if (address.startsWith(start) || start.includes('@')) return address.startsWith(start);
      const words = foldWords(`${name} ${address}`);
      return wanted.length > 0 && wanted.every((each) => words.some((word) => word.startsWith(each)));
    })
    .toSorted((a, b) => weight(b) - weight(a))
    .map(({ name, address }) => ({ name, email: address, kind: 'recent', unit: null }));
}
