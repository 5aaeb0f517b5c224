/**
 * What verification asks of the mail tables: each question is one statement over a range of accounts, hence one
 * snapshot, and answers with the rows that are wrong. `from` and `until` are account ids, both included.
 */
import { type RawBuilder, sql } from 'kysely';

import { deletedBit, flagBits } from '#server/mail/keywords.ts';
import type { Row } from '#server/store/connection.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

export interface AccountRange {
  readonly from: number;
  readonly until: number;
}

/** Without parameters: the text is the same for every range, and may stand several times in one statement. */
const within = ({ from, until }: AccountRange, column = 'account_id'): RawBuilder<boolean> =>
  sql`${sql.ref(column)} between ${sql.lit(from)} and ${sql.lit(until)}`;

const isUnread = sql`case when (flags & ${sql.lit(flagBits.$seen | flagBits.$draft)}) = 0 then 1 else 0 end`;

/** Counts as they stand, and as they would be counted: only where they differ. */
export function selectWrongCounts(store: Store, range: AccountRange): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select box.account_id, box.id, box.name,
        box.total_emails, box.unread_emails, box.size_octets, box.total_threads, box.unread_threads,
        coalesce(e.emails, 0) as emails, coalesce(e.unread, 0) as unread, coalesce(e.octets, 0) as octets,
        coalesce(t.threads, 0) as threads, coalesce(t.unread, 0) as unread_of_threads
      from mailbox as box
      left join (select account_id, mailbox_id, count(*) as emails, sum(${isUnread}) as unread, sum(size_octets) as octets
        from mailbox_email where ${within(range)} group by account_id, mailbox_id) as e
        on e.account_id = box.account_id and e.mailbox_id = box.id
      left join (select account_id, mailbox_id, count(*) as threads, sum(unread) as unread
        from mailbox_thread where ${within(range)} group by account_id, mailbox_id) as t
        on t.account_id = box.account_id and t.mailbox_id = box.id
      where ${within(range, 'box.account_id')} and (box.total_emails <> coalesce(e.emails, 0)
        or box.unread_emails <> coalesce(e.unread, 0) or box.size_octets <> coalesce(e.octets, 0)
        or box.total_threads <> coalesce(t.threads, 0) or box.unread_threads <> coalesce(t.unread, 0))`,
  );
}

/** Uids and modseqs that a mailbox has given and does not know of. */
export function selectWrongUids(store: Store, range: AccountRange): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select box.account_id, box.id, box.name, box.uid_next, box.highest_modseq, e.uid, e.modseq
      from mailbox as box
      join (select account_id, mailbox_id, max(uid) as uid, max(modseq) as modseq
        from mailbox_email where ${within(range)} group by account_id, mailbox_id) as e
        on e.account_id = box.account_id and e.mailbox_id = box.id
      where e.uid >= box.uid_next or e.modseq > box.highest_modseq`,
  );
}

/**
 * Conversations as mailboxes list them against what they would be: newest email, number of emails, and whether any
 * email is unread where it counts (the trash by itself, all others together; RFC 8621 §2).
 */
export function selectWrongThreadPlaces(store: Store, range: AccountRange): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`with place as (
        select me.account_id, me.mailbox_id, me.thread_id, me.email_id, me.received_at, ${isUnread} as unread,
          case when box.role = 'trash' then 1 else 0 end as is_trash
        from mailbox_email as me join mailbox as box on box.account_id = me.account_id and box.id = me.mailbox_id
        where ${within(range, 'me.account_id')}),
      ranked as (
        select account_id, mailbox_id, thread_id, email_id, received_at, is_trash,
          count(*) over (partition by account_id, mailbox_id, thread_id) as emails,
          row_number() over (partition by account_id, mailbox_id, thread_id order by received_at desc, email_id desc) as nth
        from place),
      side as (select account_id, thread_id, is_trash, max(unread) as unread from place
        group by account_id, thread_id, is_trash),
      wanted as (
        select ranked.account_id, mailbox_id, ranked.thread_id, email_id, received_at, emails, side.unread
        from ranked join side on side.account_id = ranked.account_id and side.thread_id = ranked.thread_id
          and side.is_trash = ranked.is_trash
        where nth = 1),
      had as (select * from mailbox_thread where ${within(range)})
      select coalesce(wanted.account_id, had.account_id) as account_id,
        coalesce(wanted.mailbox_id, had.mailbox_id) as mailbox_id, coalesce(wanted.thread_id, had.thread_id) as thread_id,
        wanted.email_id as wanted_email, had.email_id as had_email, wanted.emails as wanted_emails,
        had.emails as had_emails, wanted.unread as wanted_unread, had.unread as had_unread
      from wanted full join had on had.account_id = wanted.account_id and had.mailbox_id = wanted.mailbox_id
        and had.thread_id = wanted.thread_id
      where wanted.account_id is null or had.account_id is null or wanted.email_id <> had.email_id
        or wanted.received_at <> had.received_at or wanted.emails <> had.emails or wanted.unread <> had.unread`,
  );
}

/** What an email needs and lacks: one row a lack. */
export function selectBrokenEmails(store: Store, range: AccountRange): Promise<readonly Row[]> {
  const inRange = within(range, 'email.account_id');
  return heavyRead(
    store,
    () => sql`select 'noMailbox' as lack, account_id, id, hash from email
        where ${inRange} and not exists (select 1 from mailbox_email as me
          where me.account_id = email.account_id and me.email_id = email.id)
      union all select 'noThread', account_id, id, hash from email
        where ${inRange} and not exists (select 1 from thread
          where thread.account_id = email.account_id and thread.id = email.thread_id)
      union all select 'noLink', account_id, id, hash from email
        where ${inRange} and not exists (select 1 from blob_link as link
          where link.account_id = email.account_id and link.hash = email.hash and link.kind = 'email'
            and link.owner = cast(email.id as text))
      union all select 'noMessage', email.account_id, email.id, email.hash from email
        join account on account.id = email.account_id
        where ${inRange} and not exists (select 1 from message
          where message.tenant_id = account.tenant_id and message.hash = email.hash)
      union all select 'otherSize', email.account_id, email.id, email.hash from email
        join account on account.id = email.account_id
        join blob on blob.tenant_id = account.tenant_id and blob.hash = email.hash
        where ${inRange} and blob.size_octets <> email.size_octets
      union all select 'otherCopy', email.account_id, email.id, email.hash from email
        join mailbox_email as me on me.account_id = email.account_id and me.email_id = email.id
        where ${inRange} and (me.thread_id <> email.thread_id or me.received_at <> email.received_at
          or me.size_octets <> email.size_octets or me.flags & ~${sql.lit(deletedBit)} <> email.flags)`,
  );
}

/** Rows that belong to an email, a mailbox or a thread that is gone. */
export function selectStrayRows(store: Store, range: AccountRange): Promise<readonly Row[]> {
  const ofEmail = (table: string, id = 'email_id'): RawBuilder<unknown> => {
    const name = sql.table(table);
    return sql`select ${sql.lit(table)} as source, account_id, ${sql.ref(id)} as id from ${name}
      where ${within(range)} and not exists (select 1 from email
        where email.account_id = ${name}.account_id and email.id = ${sql.ref(`${table}.${id}`)})`;
  };
  const tables = ['mailbox_email', 'email_keyword', 'thread_key', 'passport', 'email_personal'].map((name) =>
    ofEmail(name),
  );
  return heavyRead(
    store,
    () => sql`${sql.join(tables, sql` union all `)}
      union all select 'thread', account_id, id from thread
        where ${within(range)} and not exists (select 1 from email
          where email.account_id = thread.account_id and email.thread_id = thread.id)
      union all select 'mailbox_email of no mailbox', account_id, email_id from mailbox_email as me
        where ${within(range)} and not exists (select 1 from mailbox
          where mailbox.account_id = me.account_id and mailbox.id = me.mailbox_id)
      union all select 'conversation', account_id, id from conversation
        where ${within(range)} and not exists (select 1 from thread
          where thread.account_id = conversation.account_id and thread.id = conversation.id)
      union all select 'conversation_comment', account_id, thread_id from conversation_comment as said
        where ${within(range)} and not exists (select 1 from conversation
          where conversation.account_id = said.account_id and conversation.id = said.thread_id)
      union all select 'answering', account_id, thread_id from answering
        where ${within(range)} and not exists (select 1 from conversation
          where conversation.account_id = answering.account_id and conversation.id = answering.thread_id)
      union all select 'blob_link', account_id, cast(owner as bigint) from blob_link
        where ${within(range)} and kind = 'email' and not exists (select 1 from email
          where email.account_id = blob_link.account_id and email.id = cast(blob_link.owner as bigint))`,
  );
}

/** Conversations given to, and comments by, somebody who never was a member of the account. */
export function selectStrangers(store: Store, range: AccountRange): Promise<readonly Row[]> {
  const isStranger = (person: RawBuilder<unknown>, account: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`not exists (select 1 from account as a join mandate as m on m.tenant_id = a.tenant_id and m.account_id = a.id
        where a.id = ${account} and m.person_id = ${person})
      and not exists (select 1 from account as a join person as p on p.tenant_id = a.tenant_id and p.account_id = a.id
        where a.id = ${account} and p.id = ${person})`;
  return heavyRead(
    store,
    () => sql`select account_id, id, 'is given to' as what, assignee_person_id as person_id from conversation
        where ${within(range)} and assignee_person_id is not null
          and ${isStranger(sql`assignee_person_id`, sql`conversation.account_id`)}
      union all select account_id, thread_id, 'is commented by', author_person_id from conversation_comment
        where ${within(range)} and ${isStranger(sql`author_person_id`, sql`conversation_comment.account_id`)}`,
  );
}

/** What readers have seen, in accounts where that is everybody's. */
export function selectIdleSaid(store: Store, range: AccountRange): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select account_id, count(*) as many from email_personal
      where ${within(range)} and not exists (select 1 from account
        where account.id = email_personal.account_id and account.seen_is_personal = 1)
      group by account_id`,
  );
}

/** The highest modseq and number of each kind of row, beside what the account says. One row an account. */
export function selectClocks(store: Store, range: AccountRange): Promise<readonly Row[]> {
  const newest = (table: string, column = 'modseq'): RawBuilder<unknown> =>
    sql`(select max(${sql.ref(column)}) from ${sql.table(table)} where account_id = account.id)`;
  const gone = (type: string): RawBuilder<unknown> =>
    sql`(select max(modseq) from tombstone where account_id = account.id and type = ${sql.lit(type)})`;
  return heavyRead(
    store,
    () => sql`select id, modseq, next_id, states, used_octets, email_count,
        (select count(*) from email where account_id = account.id) as emails,
        (select coalesce(sum(size_octets), 0) from email where account_id = account.id) as octets,
        ${newest('email')} as email_modseq, ${gone('Email')} as email_gone, ${newest('email', 'id')} as email_id,
        ${newest('thread')} as thread_modseq, ${gone('Thread')} as thread_gone, ${newest('thread', 'id')} as thread_id,
        ${newest('mailbox')} as mailbox_modseq, ${newest('mailbox', 'counts_modseq')} as counts_modseq,
        ${gone('Mailbox')} as mailbox_gone, ${newest('mailbox', 'id')} as mailbox_id,
        ${newest('identity')} as identity_modseq, ${gone('Identity')} as identity_gone,
        ${newest('identity', 'id')} as identity_id,
        -- Mail submitted over SMTP is in no list (RFC 8621 §7), so no state speaks of it.
        (select max(modseq) from submission where account_id = account.id and email_id > 0) as submission_modseq,
        ${gone('EmailSubmission')} as submission_gone,
        ${newest('submission', 'id')} as submission_id,
        ${newest('conversation')} as conversation_modseq, ${gone('Conversation')} as conversation_gone,
        ${newest('conversation_comment')} as comment_modseq, ${gone('ConversationComment')} as comment_gone,
        ${newest('conversation_comment', 'id')} as comment_id,
        ${newest('share_notification')} as share_modseq, ${gone('ShareNotification')} as share_gone,
        ${newest('share_notification', 'id')} as share_id, ${newest('mailbox_email')} as place_modseq
      from account where ${within(range, 'id')}`,
  );
}

/** The next accounts by id. */
export async function selectAccountIds(store: Store, after: number, limit: number): Promise<readonly number[]> {
  const found = await heavyRead(
    store,
    () => sql`select id from account where id > ${after} order by id limit ${limit}`,
  );
  return found.map((row) => Number(row['id']));
}

export async function countAccounts(store: Store): Promise<number> {
  const [row] = await heavyRead(store, () => sql`select count(*) as accounts from account`);
  return Number(row?.['accounts'] ?? 0);
}
