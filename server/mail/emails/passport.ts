/** A message's passport: how it arrived and every stop it made since, for those who may read it. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, EmailId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { selectTenantOf } from '#server/mail/queries.ts';
import { insertStops, type NewStop, type PassportStop, selectArrivals, selectPassports } from './passport-queries.ts';

export type { NewStop, PassportStop };

export interface Passport {
  readonly emailId: EmailId;
  /** SMTP's envelope, the peer, what was checked; null for what came another way (a draft, an import). */
  readonly arrival: PassportStop | null;
  /** In the order of time. */
  readonly stops: readonly PassportStop[];
}

/**
 * The passports of those of `ids` that exist, in the order asked.
 * @throws {Refusal} `noSuchAccount`.
 */
export function readPassports(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly EmailId[],
): Promise<readonly Passport[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    const arrivals = await selectArrivals(tx, accountId, await selectTenantOf(tx, accountId), ids);
    const stops = await selectPassports(tx, accountId, ids);
    return ids.flatMap((emailId) => {
      const arrival = arrivals.get(emailId);
      return arrival === undefined ? [] : [{ emailId, arrival, stops: stops.get(emailId) ?? [] }];
    });
  });
}

/** Writes what happened to an email since it arrived, in the transaction in which it happens. In the order given. */
export async function recordStops(tx: AccountTx, emailId: EmailId, stops: readonly NewStop[]): Promise<void> {
  await insertStops(tx, emailId, stops);
}
