/** SQL of the view of a mailbox: all its emails as columns, and what changed there since a modseq. */
import { sql } from 'kysely';

import { type AccountId, asModseq, type MailboxId, type Modseq } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';
import { heavyColumns, heavyRead, type Store } from '#server/store/store.ts';

import { deletedBit, flagBits, keywordsFromRow } from '#server/mail/keywords.ts';
import { type Columns, emptyColumns, findUid, internSet, putRows, type ViewRow } from './columns.ts';

export interface Clocks {
  /** When an email of the mailbox last came, changed or left. */
  readonly mailbox: Modseq;
  /** What the account's clock says, whichever mailbox moved it. */
  readonly account: Modseq;
  /** In the mailbox. */
  readonly emails: number;
}

const selectClocksOf = statement<{ accountId: number; mailboxId: number }>()(({ q, p }) =>
  q
    .selectFrom('mailbox as m')
    .innerJoin('account as a', 'a.id', 'm.account_id')
    .select(['m.highest_modseq as mailbox', 'a.modseq as account', 'm.total_emails as emails'])
    .where('m.account_id', '=', p.accountId)
    .where('m.id', '=', p.mailboxId),
);

/** @returns undefined when there is no such mailbox. */
export async function selectClocks(tx: Tx, accountId: AccountId, mailboxId: MailboxId): Promise<Clocks | undefined> {
  const row = await selectClocksOf.first(tx, { accountId, mailboxId });
  return row && { mailbox: asModseq(row.mailbox), account: asModseq(row.account), emails: row.emails };
}

/** Every email of the mailbox, read off the event loop. */
export async function readColumns(store: Store, accountId: AccountId, mailboxId: MailboxId): Promise<Columns> {
  const names = ['uid', 'email_id', 'flags', 'modseq', 'received_at', 'size_octets'] as const;
  const read = await heavyColumns(
    store,
    names,
    () => sql`select uid, email_id, flags, modseq, received_at, size_octets from mailbox_email
      where account_id = ${accountId} and mailbox_id = ${mailboxId} order by uid`,
  );
  const columns: Columns = {
    ...emptyColumns(0),
    length: read.uid.length,
    uids: Uint32Array.from(read.uid),
    flags: Uint32Array.from(read.flags),
    keywordSet: new Uint32Array(read.uid.length),
    sizesOctets: Uint32Array.from(read.size_octets),
    emailIds: read.email_id,
    modseqs: read.modseq,
    receivedAt: read.received_at,
  };
  const marked = await heavyRead(
    store,
    () => sql`select me.uid as uid, ek.keyword as keyword from email_keyword as ek
      join mailbox_email as me on me.account_id = ek.account_id and me.email_id = ek.email_id
        and me.mailbox_id = ${mailboxId}
      where ek.account_id = ${accountId} order by me.uid, ek.keyword`,
  );
  const keywords = new Map<number, string[]>();
  for (const row of marked) {
    keywords.getOrInsertComputed(Number(row['uid']), () => []).push(String(row['keyword']));
  }
  for (const [uid, words] of keywords) {
    const at = findUid(columns, uid);
    if (at >= 0) columns.keywordSet[at] = internSet(columns, words);
  }
  return columns;
}

interface RawRow {
  readonly uid: number;
  readonly email_id: number;
  readonly flags: number;
  readonly keywords: string;
  readonly modseq: number;
  readonly received_at: number;
  readonly size_octets: number;
}

function viewRow(row: RawRow): ViewRow {
  return {
    uid: row.uid,
    emailId: row.email_id,
    flags: row.flags,
    keywords: row.keywords === '[]' ? [] : keywordsFromRow(0, row.keywords).others,
    modseq: row.modseq,
    receivedAt: row.received_at,
    sizeOctets: row.size_octets,
  };
}

const selectAllRows = statement<{ accountId: number; mailboxId: number }>()(
  ({ p }) => sql<RawRow>`select me.uid, me.email_id, me.flags, e.keywords, me.modseq, me.received_at, me.size_octets
    from mailbox_email as me join email as e on e.account_id = me.account_id and e.id = me.email_id
    where me.account_id = ${p.accountId} and me.mailbox_id = ${p.mailboxId} order by me.uid`,
);

/** Every email of a small mailbox, at once. */
export async function selectColumns(tx: Tx, accountId: AccountId, mailboxId: MailboxId): Promise<Columns> {
  const found = await selectAllRows.all(tx, { accountId, mailboxId });
  const columns = emptyColumns(found.length + 8);
  putRows(columns, found.map(viewRow));
  return columns;
}

interface Since {
  readonly accountId: number;
  readonly mailboxId: number;
  readonly since: number;
  readonly limit: number;
}

// A cross join keeps SQLite's planner from reading the whole mailbox for the few emails that changed.
const selectChangedRows = statement<Since>()(
  ({ p }) => sql<RawRow>`select me.uid, me.email_id, me.flags, e.keywords, me.modseq, me.received_at, me.size_octets
    from (select id, keywords from email where account_id = ${p.accountId} and modseq > ${p.since}
      order by modseq, id limit ${p.limit}) as e
    cross join mailbox_email as me
    where me.account_id = ${p.accountId} and me.email_id = e.id and me.mailbox_id = ${p.mailboxId}
    order by me.uid`,
);

const countChangedRows = statement<Omit<Since, 'mailboxId'>>()(
  ({ p }) => sql<{ many: number }>`select count(*) as many from (select 1 as one from email
    where account_id = ${p.accountId} and modseq > ${p.since} limit ${p.limit}) as e`,
);

const selectGoneRows = statement<Since & { below: number }>()(({ q, p }) =>
  q
    .selectFrom('tombstone')
    .select(['uid', 'modseq'])
    .where('account_id', '=', p.accountId)
    .where('type', '=', 'MailboxEmail')
    .where('modseq', '>', p.since)
    .where('id', '=', p.mailboxId)
    .where('uid', '<', p.below)
    .limit(p.limit),
);

export type Difference =
  | { readonly kind: 'rows'; readonly rows: readonly ViewRow[]; readonly gone: readonly number[] }
  /** More changed than is worth reading one by one. */
  | { readonly kind: 'tooMany' };

/** What changed in the mailbox since a modseq: emails that came or changed, ascending, and uids that left. */
export async function selectDifference(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  since: number,
  limit: number,
): Promise<Difference> {
  const [counted] = await countChangedRows.all(tx, { accountId, since, limit });
  if ((counted?.many ?? 0) >= limit) return { kind: 'tooMany' };
  const gone = await selectGone(tx, accountId, mailboxId, since, 2 ** 32, limit);
  if (gone.length >= limit) return { kind: 'tooMany' };
  const changed = await selectChangedRows.all(tx, { accountId, mailboxId, since, limit });
  return { kind: 'rows', gone, rows: changed.map(viewRow) };
}

/** UIDs below `below` that left the mailbox after `since` (RFC 7162 §3.2.10), in no order. */
export async function selectGone(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  since: number,
  below: number,
  limit: number,
): Promise<readonly number[]> {
  const found = await selectGoneRows.all(tx, { accountId, mailboxId, since, below, limit });
  return found.map((row) => row.uid);
}

const keywordsTold = 200;

const selectKeywords = statement<{ accountId: number }>()(
  // From one keyword to the next by the index, however many emails carry each.
  ({ p }) => sql<{ keyword: string }>`
    with recursive word(keyword) as (
      select min(keyword) from email_keyword where account_id = ${p.accountId}
      union all
      select (select min(ek.keyword) from email_keyword as ek
        where ek.account_id = ${p.accountId} and ek.keyword > word.keyword)
      from word where word.keyword is not null)
    select keyword from word where keyword is not null limit ${sql.lit(keywordsTold)}`,
);

/** Keywords that emails of the account carry, by name. */
export async function selectKeywordsInUse(tx: Tx, accountId: AccountId): Promise<readonly string[]> {
  return (await selectKeywords.all(tx, { accountId })).map((row) => row.keyword);
}

/** Which of an email's further columns are read. */
export interface DetailWants {
  readonly envelope: boolean;
  readonly structure: boolean;
  readonly preview: boolean;
  readonly headerFields: boolean;
  /** The blob's row, with its octets where they stand in it. */
  readonly blob: boolean;
}

interface DetailRow {
  readonly id: number;
  readonly thread_id: number;
  readonly saved_at: number;
  readonly hash: string;
  readonly envelope?: string | null;
  readonly structure?: string | null;
  readonly preview?: string | null;
  readonly header_fields?: Uint8Array | null;
  readonly size_octets: number | null;
  readonly location: string | null;
  readonly frames: string | null;
  readonly data: Uint8Array | null;
}

/** Emails with what `wants` names of their messages, in no order. */
export function selectDetails(
  tx: Tx,
  tenantId: number,
  accountId: AccountId,
  emailIds: readonly number[],
  wants: DetailWants,
): Promise<readonly DetailRow[]> {
  const select = selectDetailsOf.getOrInsertComputed(keyOf(wants), () => detailsStatement(wants));
  return select.all(tx, { tenantId, accountId, emailIds });
}

/** Compiled once for each of the few ways to ask: a FETCH of one email would pay more for that than for its row. */
const selectDetailsOf = new Map<string, ReturnType<typeof detailsStatement>>();

function keyOf({ envelope, structure, preview, headerFields, blob }: DetailWants): string {
  return [envelope, structure, preview, headerFields, blob].join();
}

function detailsStatement({ envelope, structure, preview, headerFields, blob }: DetailWants) {
  const ofMessage = [
    envelope && 'envelope',
    structure && 'structure',
    preview && 'preview',
    headerFields && 'header_fields',
  ].filter((column) => column !== false);
  const columns = ['e.id', 'e.thread_id', 'e.saved_at', 'e.hash', ...ofMessage.map((column) => `m.${column}`)];
  if (blob) columns.push('b.size_octets', 'b.location', 'b.frames', 'b.data');
  return statement<{ tenantId: number; accountId: number; emailIds: readonly number[] }>()(({ p, anyOf }) => {
    const message =
      ofMessage.length > 0 ? sql`left join message as m on m.tenant_id = ${p.tenantId} and m.hash = e.hash` : sql``;
    const octets = blob ? sql`left join blob as b on b.tenant_id = ${p.tenantId} and b.hash = e.hash` : sql``;
    return sql<DetailRow>`select ${sql.raw(columns.join(', '))} from email as e ${message} ${octets}
      where e.account_id = ${p.accountId} and ${anyOf('e.id', p.emailIds)}`;
  });
}

const selectMarksOf = statement<{ accountId: number; mailboxId: number }>()(
  ({ p }) => sql<{ unseen: number | null; deleted: number | null; octets: number | null }>`
    select sum(case when flags & ${sql.lit(flagBits.$seen)} = 0 then 1 else 0 end) as unseen,
      sum(case when flags & ${sql.lit(deletedBit)} <> 0 then 1 else 0 end) as deleted,
      sum(case when flags & ${sql.lit(deletedBit)} <> 0 then size_octets else 0 end) as octets
    from mailbox_email where account_id = ${p.accountId} and mailbox_id = ${p.mailboxId}
      and (flags & ${sql.lit(flagBits.$seen)} = 0 or flags & ${sql.lit(deletedBit)} <> 0)`,
);

export async function selectMarks(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
): Promise<{ readonly unseen: number; readonly deleted: number; readonly deletedOctets: number }> {
  const row = await selectMarksOf.first(tx, { accountId, mailboxId });
  return { unseen: row?.unseen ?? 0, deleted: row?.deleted ?? 0, deletedOctets: row?.octets ?? 0 };
}
