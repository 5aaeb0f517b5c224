/** SQL of the columns: all emails of an account with their places, and those that changed since a modseq. */
import { type RawBuilder, sql } from 'kysely';

import type { AccountId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';
import { heavyColumns, type Store } from '#server/store/store.ts';

import { type EmailRows, rowNames } from './columns.ts';

type Row = Readonly<Record<(typeof rowNames)[number], number>>;

const columnsOfRows = sql`e.id, e.thread_id, e.received_at, e.sent_at, e.size_octets, e.flags,
  coalesce(place.mailbox_id, 0) as mailbox_id`;
const withPlaces = sql`left join mailbox_email as place on place.account_id = e.account_id and place.email_id = e.id`;

/** The whole account, in the order of the columns. Runs off the event loop. */
export function readEmailRows(store: Store, accountId: AccountId): Promise<EmailRows> {
  return heavyColumns(
    store,
    rowNames,
    () => sql`select ${columnsOfRows} from email as e ${withPlaces} where e.account_id = ${accountId}
      order by e.received_at, e.id`,
  );
}

const selectRowsSince = statement<{ accountId: number; since: number; limit: number }>()(
  ({ p }): RawBuilder<Row> => sql<Row>`
    select ${columnsOfRows} from email as e ${withPlaces}
    where e.account_id = ${p.accountId} and e.modseq > ${p.since} order by e.received_at, e.id limit ${p.limit}`,
);

/** Emails new or changed since a modseq, in the order of the columns; no more than `limit` rows. */
export async function selectEmailRowsSince(
  tx: Tx,
  accountId: AccountId,
  since: number,
  limit: number,
): Promise<EmailRows> {
  const found = await selectRowsSince.all(tx, { accountId, since, limit });
  return {
    id: found.map((row) => row.id),
    thread_id: found.map((row) => row.thread_id),
    received_at: found.map((row) => row.received_at),
    sent_at: found.map((row) => row.sent_at),
    size_octets: found.map((row) => row.size_octets),
    flags: found.map((row) => row.flags),
    mailbox_id: found.map((row) => row.mailbox_id),
  };
}

const selectGoneSince = statement<{ accountId: number; since: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('tombstone')
    .select('id')
    .where('account_id', '=', p.accountId)
    .where('type', '=', 'Email')
    .where('modseq', '>', p.since)
    .limit(p.limit),
);

export async function selectEmailsGoneSince(
  tx: Tx,
  accountId: AccountId,
  since: number,
  limit: number,
): Promise<readonly number[]> {
  return (await selectGoneSince.all(tx, { accountId, since, limit })).map((row) => row.id);
}

const selectCount = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select('email_count').where('id', '=', p.accountId),
);

export async function selectEmailCount(tx: Tx, accountId: AccountId): Promise<number> {
  return (await selectCount.first(tx, { accountId }))?.email_count ?? 0;
}

/** Emails with each of these keywords, in no order. Runs off the event loop. */
export async function readEmailsWithKeywords(
  store: Store,
  accountId: AccountId,
  keywords: readonly string[],
): Promise<ReadonlyMap<string, Float64Array>> {
  const found = new Map<string, Float64Array>();
  for (const keyword of keywords) {
    const { email_id } = await heavyColumns(
      store,
      ['email_id'],
      () => sql`select email_id from email_keyword where account_id = ${accountId} and keyword = ${keyword}`,
    );
    found.set(keyword, email_id);
  }
  return found;
}
