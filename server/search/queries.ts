/** SQL of the search index's work list, and of the emails it is made from. */
import { sql } from 'kysely';

import {
  type AccountId,
  asBlobHash,
  asId,
  asModseq,
  type BlobHash,
  type EmailId,
  type Modseq,
  type TenantId,
} from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

/** One email whose place in the index is to be made right. */
export interface Due {
  readonly accountId: AccountId;
  readonly emailId: EmailId;
  readonly modseq: Modseq;
}

interface DueRow {
  readonly account_id: number;
  readonly email_id: number;
  readonly modseq: number;
}

const selectDueAfter = statement<{ accountId: number; emailId: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('search_due')
    .select(['account_id', 'email_id', 'modseq'])
    .where(sql<boolean>`(account_id, email_id) > (${p.accountId}, ${p.emailId})`)
    .orderBy('account_id')
    .orderBy('email_id')
    .limit(sql<number>`${p.limit}`),
);

/** The due rows that follow `after` in the order of their key. */
export async function selectDue(
  tx: Tx,
  after: Pick<Due, 'accountId' | 'emailId'> | undefined,
  limit: number,
): Promise<readonly Due[]> {
  const found = await selectDueAfter.all(tx, { accountId: after?.accountId ?? 0, emailId: after?.emailId ?? 0, limit });
  return found.map(dueOf);
}

const countDueUpTo = statement<{ limit: number }>()<{ readonly due: number }>(
  ({ p }) => sql`select count(*) as due from (select 1 as one from search_due limit ${p.limit}) as counted`,
);

/** How many rows are due, `limit` where there are more. */
export async function countDue(tx: Tx, limit: number): Promise<number> {
  return (await countDueUpTo.first(tx, { limit }))?.due ?? 0;
}

const selectAccountDue = statement<{ accountId: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('search_due')
    .select(['account_id', 'email_id', 'modseq'])
    .where('account_id', '=', p.accountId)
    .orderBy('email_id', 'desc')
    .limit(sql<number>`${p.limit}`),
);

/** What is due of one account, the newest emails first. */
export async function selectDueOf(tx: Tx, accountId: AccountId, limit: number): Promise<readonly Due[]> {
  return (await selectAccountDue.all(tx, { accountId, limit })).map(dueOf);
}

function dueOf(row: DueRow): Due {
  return { accountId: asId(row.account_id), emailId: asId(row.email_id), modseq: asModseq(row.modseq) };
}

const deleteDueRows = statement<{ keys: string }>()<unknown>(
  ({ p }) => sql`
    delete from search_due where (account_id, email_id, modseq) in
      (select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') from json_each(${p.keys}))`,
);

/** SQLite only: ends due rows, unless they have been asked for again since. */
export async function deleteDue(tx: Tx, due: readonly Due[]): Promise<void> {
  const keys = due.map(({ accountId, emailId, modseq }) => [accountId, emailId, modseq]);
  await deleteDueRows.run(tx, { keys: JSON.stringify(keys) });
}

const upsertDueRange = statement<{ accountId: number; first: number; last: number }>()<unknown>(
  ({ p }) => sql`
    insert into search_due (account_id, email_id, modseq)
    select account_id, id, 0 from email where account_id = ${p.accountId} and id between ${p.first} and ${p.last}
    on conflict (account_id, email_id) do update set modseq = excluded.modseq`,
);

/**
 * Makes a stretch of emails due (ascending ids), under a modseq no change ever has: whoever is just ending an older due
 * row leaves these.
 */
export async function upsertDue(tx: Tx, accountId: AccountId, ids: readonly EmailId[]): Promise<void> {
  const [first] = ids;
  const last = ids.at(-1);
  if (first !== undefined && last !== undefined) await upsertDueRange.run(tx, { accountId, first, last });
}

export async function insertDue(
  tx: Tx,
  accountId: AccountId,
  emailIds: readonly EmailId[],
  modseq: Modseq,
): Promise<void> {
  const values = emailIds.map((emailId) => ({ account_id: accountId, email_id: emailId, modseq }));
  await insertRows(tx, 'search_due', values, 'ignore');
}

/** An email that is, and where its message lies. */
export interface Indexable {
  readonly accountId: AccountId;
  readonly emailId: EmailId;
  readonly tenantId: TenantId;
  readonly hash: BlobHash;
}

const selectEmailsOfKeys = statement<{ keys: string }>()(({ p, dialect }) => {
  const keys =
    dialect === 'sqlite'
      ? sql`select json_extract(value, '$[0]') as account_id, json_extract(value, '$[1]') as email_id from json_each(${p.keys})`
      : sql`select (v->>0)::bigint as account_id, (v->>1)::bigint as email_id from json_array_elements(${p.keys}::json) as v`;
  return sql<{ account_id: number; id: number; tenant_id: number; hash: string }>`
    select email.account_id, email.id, account.tenant_id, email.hash
    from (${keys}) as due
    join email on email.account_id = due.account_id and email.id = due.email_id
    join account on account.id = email.account_id`;
});

/** Those of the emails that still are. */
export async function selectIndexable(tx: Tx, due: readonly Due[]): Promise<readonly Indexable[]> {
  const keys = due.map(({ accountId, emailId }) => [accountId, emailId]);
  const found = await selectEmailsOfKeys.all(tx, { keys: JSON.stringify(keys) });
  return found.map((row) => ({
    accountId: asId(row.account_id),
    emailId: asId(row.id),
    tenantId: asId(row.tenant_id),
    hash: asBlobHash(row.hash),
  }));
}

const selectMessageRow = statement<{ tenantId: number; hash: string }>()(({ q, p }) =>
  q
    .selectFrom('message')
    .select(['envelope', 'structure'])
    .where('tenant_id', '=', p.tenantId)
    .where('hash', '=', p.hash),
);

export function selectMessage(
  tx: Tx,
  tenantId: TenantId,
  hash: BlobHash,
): Promise<{ readonly envelope: string; readonly structure: string } | undefined> {
  return selectMessageRow.first(tx, { tenantId, hash });
}

const selectAccountsAfter = statement<{ after: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('account')
    .select('id')
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(sql<number>`${p.limit}`),
);

export async function selectAccounts(
  tx: Tx,
  after: AccountId | undefined,
  limit: number,
): Promise<readonly AccountId[]> {
  return (await selectAccountsAfter.all(tx, { after: after ?? 0, limit })).map((row) => asId(row.id));
}

/** All emails of an account and all that are due, of one snapshot, off the event loop. */
export async function readWhole(
  store: Store,
  accountId: AccountId,
): Promise<{ readonly emails: ReadonlySet<number>; readonly due: ReadonlySet<number> }> {
  const found = await heavyRead(
    store,
    () => sql`
      select id, 0 as is_due from email where account_id = ${accountId}
      union all select email_id, 1 from search_due where account_id = ${accountId}`,
  );
  const emails = new Set<number>();
  const due = new Set<number>();
  for (const row of found) (row['is_due'] === 0 ? emails : due).add(Number(row['id']));
  return { emails, due };
}

/** Emails of an account after `after`, ascending. */
export async function selectEmailIds(
  tx: Tx,
  accountId: AccountId,
  after: EmailId | undefined,
  limit: number,
): Promise<readonly EmailId[]> {
  const query = tx.q
    .selectFrom('email')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '>', after ?? 0)
    .orderBy('id')
    .limit(limit);
  return (await rows(tx, query)).map((row) => asId<EmailId>(row.id));
}
