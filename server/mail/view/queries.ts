/** SQL of the view of a mailbox: all its emails as columns, and what changed there since a modseq. */
import { sql } from 'kysely';

import { type AccountId, asModseq, type MailboxId, type Modseq } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';
import { heavyColumns, heavyRead, type Store } from '#server/store/store.ts';

import { keywordsFromRow } from '#server/mail/keywords.ts';
import { type Columns, emptyColumns, findUid, internSet, type ViewRow } from './columns.ts';

const selectClockOf = statement<{ accountId: number; mailboxId: number }>()(({ q, p }) =>
  q.selectFrom('mailbox').select('highest_modseq').where('account_id', '=', p.accountId).where('id', '=', p.mailboxId),
);

/** When an email of the mailbox last came, changed or left; undefined when there is no such mailbox. */
export async function selectClock(tx: Tx, accountId: AccountId, mailboxId: MailboxId): Promise<Modseq | undefined> {
  const row = await selectClockOf.first(tx, { accountId, mailboxId });
  return row && asModseq(row.highest_modseq);
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

interface Since {
  readonly accountId: number;
  readonly mailboxId: number;
  readonly since: number;
  readonly limit: number;
}

const selectChangedRows = statement<Since>()(
  ({ p }) => sql<{
    uid: number;
    email_id: number;
    flags: number;
    keywords: string;
    modseq: number;
    received_at: number;
    size_octets: number;
  }>`select me.uid, me.email_id, me.flags, e.keywords, me.modseq, me.received_at, me.size_octets
    from (select id, keywords from email where account_id = ${p.accountId} and modseq > ${p.since}
      order by modseq, id limit ${p.limit}) as e
    join mailbox_email as me on me.account_id = ${p.accountId} and me.email_id = e.id and me.mailbox_id = ${p.mailboxId}
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
  return {
    kind: 'rows',
    gone,
    rows: changed.map((row) => ({
      uid: row.uid,
      emailId: row.email_id,
      flags: row.flags,
      keywords: row.keywords === '[]' ? [] : keywordsFromRow(0, row.keywords).others,
      modseq: row.modseq,
      receivedAt: row.received_at,
      sizeOctets: row.size_octets,
    })),
  };
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
