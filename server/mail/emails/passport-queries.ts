/** SQL on passports: the stops of each email on its way, and how it arrived. */
import { randomUUIDv7 } from 'node:crypto';

import { type AccountId, asId, type EmailId } from '#server/store/ids.ts';
import { insertRows, rows, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

export interface PassportStop {
  /** Time-ordered. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `arrival`, or the word of the stop. */
  readonly stop: string;
  /** As its stop wrote it, JSON text. */
  readonly details: string;
}

/** How each of these emails arrived, null where no delivery brought it; emails that do not exist are missing. */
export async function selectArrivals(
  tx: Tx,
  accountId: AccountId,
  tenantId: number,
  ids: readonly EmailId[],
): Promise<ReadonlyMap<EmailId, PassportStop | null>> {
  const query = tx.q
    .selectFrom('email')
    .leftJoin('arrival', (join) =>
      join.on('arrival.tenant_id', '=', tenantId).onRef('arrival.id', '=', 'email.arrival_id'),
    )
    .select(['email.id as email_id', 'arrival.id', 'arrival.at', 'arrival.details'])
    .where('email.account_id', '=', accountId)
    .where(tx.anyOf('email.id', ids));
  return new Map(
    (await rows(tx, query)).map(({ email_id, id, at, details }) => [
      asId<EmailId>(email_id),
      id === null || at === null || details === null ? null : { id, at, stop: 'arrival', details },
    ]),
  );
}

/** The stops of these emails, each email's in the order of time. */
export async function selectPassports(
  tx: Tx,
  accountId: AccountId,
  ids: readonly EmailId[],
): Promise<ReadonlyMap<EmailId, readonly PassportStop[]>> {
  const query = tx.q
    .selectFrom('passport')
    .select(['email_id', 'id', 'at', 'stop', 'details'])
    .where('account_id', '=', accountId)
    .where(tx.anyOf('email_id', ids))
    .orderBy('at')
    .orderBy('id');
  const stops = new Map<EmailId, PassportStop[]>();
  for (const { email_id, ...stop } of await rows(tx, query)) {
    stops.getOrInsertComputed(asId<EmailId>(email_id), () => []).push(stop);
  }
  return stops;
}

export interface NewStop {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stop: string;
  /** What the stop did: never contents. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** Stops of one instant stay in the order of the list: their ids say it. */
export async function insertStops(tx: AccountTx, emailId: EmailId, stops: readonly NewStop[]): Promise<void> {
  const together = randomUUIDv7();
  await insertRows(
    tx,
    'passport',
    stops.map(({ at, stop, details }, index) => ({
      account_id: tx.accountId,
      email_id: emailId,
      id: `${together}.${String(index).padStart(4, '0')}`,
      at,
      stop,
      details: JSON.stringify(details),
    })),
  );
}
