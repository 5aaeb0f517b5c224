/** All SQL of email lists: windows of one mailbox, read from its indexes, and lists for any filter and sort. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';

import type { Reader } from '#server/access/reader.ts';
import { type AccountId, asId, type EmailId, type MailboxId, type ThreadId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';
import { heavyColumns, type Store } from '#server/store/store.ts';

import { bitOfKeyword, flagBits, hasAttachmentBit } from '#server/mail/keywords.ts';
import { seenBy } from '#server/mail/personal/queries.ts';
import { type EmailFilter, type EmailSort, mailboxOfAll } from './filter.ts';

type Offset = { accountId: number; mailboxId: number; limit: number; offset: number };

const selectThreadWindow = statement<Offset>()(({ q, p }) =>
  q
    .selectFrom('mailbox_thread')
    .select('email_id')
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .orderBy('received_at', 'desc')
    .orderBy('email_id', 'desc')
    .limit(p.limit)
    .offset(p.offset),
);

const selectEmailWindow = statement<Offset>()(({ q, p }) =>
  q
    .selectFrom('mailbox_email')
    .select('email_id')
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .orderBy('received_at', 'desc')
    .orderBy('email_id', 'desc')
    .limit(p.limit)
    .offset(p.offset),
);

/** A window of one mailbox, newest first, one email a thread where `collapse`. */
export async function selectMailboxWindow(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  window: { readonly collapse: boolean; readonly offset: number; readonly limit: number },
): Promise<readonly EmailId[]> {
  const select = window.collapse ? selectThreadWindow : selectEmailWindow;
  const found = await select.all(tx, { accountId, mailboxId, limit: window.limit, offset: window.offset });
  return found.map((row) => asId<EmailId>(row.email_id));
}

const rankOfThread = statement<{ accountId: number; mailboxId: number; at: number; emailId: number }>()(({ q, p }) =>
  q
    .selectFrom('mailbox_thread')
    .select(q.fn.countAll<number>().as('rank'))
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .where(sql<SqlBool>`(received_at, email_id) > (${p.at}, ${p.emailId})`),
);

const rankOfEmail = statement<{ accountId: number; mailboxId: number; at: number; emailId: number }>()(({ q, p }) =>
  q
    .selectFrom('mailbox_email')
    .select(q.fn.countAll<number>().as('rank'))
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .where(sql<SqlBool>`(received_at, email_id) > (${p.at}, ${p.emailId})`),
);

const selectThreadPlace = statement<{ accountId: number; mailboxId: number; emailId: number }>()(({ q, p }) =>
  q
    .selectFrom('mailbox_thread')
    .innerJoin('mailbox_email', (join) =>
      join
        .onRef('mailbox_email.account_id', '=', 'mailbox_thread.account_id')
        .onRef('mailbox_email.mailbox_id', '=', 'mailbox_thread.mailbox_id')
        .onRef('mailbox_email.thread_id', '=', 'mailbox_thread.thread_id'),
    )
    .select(['mailbox_thread.received_at', 'mailbox_thread.email_id'])
    .where('mailbox_email.account_id', '=', p.accountId)
    .where('mailbox_email.mailbox_id', '=', p.mailboxId)
    .where('mailbox_email.email_id', '=', p.emailId)
    .whereRef('mailbox_thread.email_id', '=', 'mailbox_email.email_id'),
);

const selectEmailPlace = statement<{ accountId: number; mailboxId: number; emailId: number }>()(({ q, p }) =>
  q
    .selectFrom('mailbox_email')
    .select(['received_at', 'email_id'])
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .where('email_id', '=', p.emailId),
);

/** How many stand before this email in the mailbox's list; undefined when it is not in that list. */
export async function selectRank(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  emailId: EmailId,
  collapse: boolean,
): Promise<number | undefined> {
  const place = await (collapse ? selectThreadPlace : selectEmailPlace).first(tx, { accountId, mailboxId, emailId });
  if (!place) return undefined;
  const rank = await (collapse ? rankOfThread : rankOfEmail).first(tx, {
    accountId,
    mailboxId,
    at: place.received_at,
    emailId: place.email_id,
  });
  return rank === undefined ? undefined : rank.rank;
}

/** From what changed in the account: an email that entered a mailbox changed when it did. */
const selectEntered = statement<{ accountId: number; mailboxId: number; since: number }>()(({ q, p }) =>
  q
    .selectFrom('email')
    .innerJoin('mailbox_email', (join) =>
      join
        .onRef('mailbox_email.account_id', '=', 'email.account_id')
        .onRef('mailbox_email.email_id', '=', 'email.id')
        .on('mailbox_email.mailbox_id', '=', p.mailboxId),
    )
    .select(['mailbox_email.email_id', 'mailbox_email.thread_id'])
    .where('email.account_id', '=', p.accountId)
    .where('email.modseq', '>', p.since)
    .where('mailbox_email.created_modseq', '>', p.since),
);

const selectLeft = statement<{ accountId: number; mailboxId: number; since: number }>()(({ q, p }) =>
  q
    .selectFrom('tombstone')
    .select('ref')
    .where('account_id', '=', p.accountId)
    .where('type', '=', 'MailboxEmail')
    .where('modseq', '>', p.since)
    .where('id', '=', p.mailboxId)
    .where('created_modseq', '<=', p.since),
);

/** What entered and left a mailbox since a modseq. */
export async function selectMailboxMoves(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  since: number,
): Promise<{ readonly entered: readonly EmailId[]; readonly left: readonly EmailId[] }> {
  const entered = await selectEntered.all(tx, { accountId, mailboxId, since });
  const left = await selectLeft.all(tx, { accountId, mailboxId, since });
  return {
    entered: entered.map((row) => asId<EmailId>(row.email_id)),
    left: left.map((row) => asId<EmailId>(row.ref)),
  };
}

const selectTouchedThreads = statement<{ accountId: number; mailboxId: number; since: number }>()(({ q, p }) =>
  q
    .selectFrom('thread')
    .select('thread.id')
    .where('thread.account_id', '=', p.accountId)
    .where('thread.modseq', '>', p.since)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('mailbox_thread as place')
          .select('place.thread_id')
          .whereRef('place.account_id', '=', 'thread.account_id')
          .whereRef('place.thread_id', '=', 'thread.id')
          .where('place.mailbox_id', '=', p.mailboxId),
      ),
    ),
);

/** Threads of a mailbox that gained or lost an email anywhere since a modseq: an email destroyed names no thread. */
export async function selectThreadsTouchedSince(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  since: number,
): Promise<readonly ThreadId[]> {
  const found = await selectTouchedThreads.all(tx, { accountId, mailboxId, since });
  return found.map((row) => asId<ThreadId>(row.id));
}

/** Emails that conditions outside SQL let through, by condition or by an operator over such conditions alone. */
export type Outside = ReadonlyMap<EmailFilter, Uint32Array>;

/** Far more than a mailbox holds; it also makes the engines keep the order of the inner query. */
const listLimit = 5_000_000;

/** Every email of the account that fits, in order, each with its thread. Runs off the event loop. */
export async function selectList(
  store: Store,
  accountId: AccountId,
  filter: EmailFilter | null,
  sort: readonly EmailSort[],
  outside: Outside,
  reader?: Reader,
): Promise<{ readonly ids: Float64Array; readonly threadIds: Float64Array }> {
  const mailboxId = mailboxOfAll(filter);
  const pinned: Pinned = { accountId, mailboxId, outside, reader };
  const { id, thread_id } = await heavyColumns(store, ['id', 'thread_id'], (tx) => {
    const from =
      mailboxId === undefined
        ? sql`email as e`
        : sql`mailbox_email as place join email as e on e.account_id = place.account_id and e.id = place.email_id`;
    const bound =
      mailboxId === undefined
        ? sql<SqlBool>`e.account_id = ${accountId}`
        : sql<SqlBool>`place.account_id = ${accountId} and place.mailbox_id = ${mailboxId}`;
    // What a mailbox's own index holds is read there: a list by arrival then touches no email row.
    const received = mailboxId === undefined ? sql`e.received_at` : sql`place.received_at`;
    const order = sql.join([...sort.map((by) => orderOf(by, pinned, received)), sql`e.id desc`]);
    return sql`select e.id as id, e.thread_id as thread_id from ${from}
      where ${bound} and ${filter === null ? sql`1 = 1` : conditionOf(tx, filter, pinned)}
      order by ${sort.length === 0 ? sql`${received} desc, e.id desc` : order} limit ${sql.lit(listLimit)}`;
  });
  return { ids: id, threadIds: thread_id };
}

interface Pinned {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId | undefined;
  readonly outside: Outside;
  /** Whose `$seen` is asked for, where it is not everybody's. */
  readonly reader: Reader | undefined;
}

function conditionOf(tx: Pick<Tx, 'anyOf'>, filter: EmailFilter, pinned: Pinned): RawBuilder<SqlBool> {
  const { accountId } = pinned;
  const answered = pinned.outside.get(filter);
  if (answered) return sql`${tx.anyOf('e.id', [...answered])}`;
  switch (filter.kind) {
    case 'and':
    case 'or': {
      if (filter.of.length === 0) return filter.kind === 'and' ? sql`1 = 1` : sql`1 = 0`;
      const joint = filter.kind === 'and' ? sql` and ` : sql` or `;
      return sql`(${sql.join(
        filter.of.map((each) => conditionOf(tx, each, pinned)),
        joint,
      )})`;
    }
    case 'not':
      // None of them (RFC 8620 §5.5).
      return sql`not ${conditionOf(tx, { kind: 'or', of: filter.of }, pinned)}`;
    case 'inMailbox':
      if (filter.mailboxId === pinned.mailboxId) return sql`1 = 1`;
      return sql`exists (select 1 from mailbox_email as m where m.account_id = ${accountId} and m.email_id = e.id
        and m.mailbox_id = ${filter.mailboxId})`;
    case 'inMailboxOtherThan':
      return sql`exists (select 1 from mailbox_email as m where m.account_id = ${accountId} and m.email_id = e.id
        and not ${tx.anyOf('m.mailbox_id', filter.mailboxIds)})`;
    case 'before':
      return sql`e.received_at < ${filter.at}`;
    case 'after':
      return sql`e.received_at >= ${filter.at}`;
    case 'minSize':
      return sql`e.size_octets >= ${filter.octets}`;
    case 'maxSize':
      return sql`e.size_octets < ${filter.octets}`;
    case 'keyword':
      return filter.has ? hasKeyword('e', filter.keyword, pinned) : sql`not ${hasKeyword('e', filter.keyword, pinned)}`;
    case 'threadKeyword':
      return threadKeyword(pinned, filter.which, filter.keyword);
    case 'hasAttachment':
      return filter.has
        ? sql`(e.flags & ${sql.lit(hasAttachmentBit)}) <> 0`
        : sql`(e.flags & ${sql.lit(hasAttachmentBit)}) = 0`;
    case 'text':
    case 'header':
    case 'closed':
    case 'assigned':
      throw new TypeError(`${filter.kind} is answered before SQL is asked`);
  }
}

/** @param of the alias of an email row, ours, never a user's word. */
function hasKeyword(of: 'e' | 'other', keyword: string, { accountId, reader }: Pinned): RawBuilder<SqlBool> {
  const bit = bitOfKeyword(keyword);
  const alias = sql.raw(of);
  if (bit === flagBits.$seen && reader) return sql`(${seenBy(reader, accountId, of)})`;
  if (bit !== undefined) return sql`(${alias}.flags & ${sql.lit(bit)}) <> 0`;
  return sql`exists (select 1 from email_keyword as k where k.account_id = ${alias}.account_id
    and k.keyword = ${keyword.toLowerCase()} and k.email_id = ${alias}.id)`;
}

function threadKeyword(pinned: Pinned, which: 'all' | 'some' | 'none', keyword: string): RawBuilder<SqlBool> {
  const has = hasKeyword('other', keyword, pinned);
  const others = sql`select 1 from email as other where other.account_id = ${pinned.accountId}
    and other.thread_id = e.thread_id and`;
  if (which === 'all') return sql`not exists (${others} not ${has})`;
  return which === 'some' ? sql`exists (${others} ${has})` : sql`not exists (${others} ${has})`;
}

function orderOf(by: EmailSort, pinned: Pinned, received: RawBuilder<unknown>): RawBuilder<unknown> {
  const direction = by.isAscending ? sql`asc` : sql`desc`;
  return sql`${keyOf(by, pinned, received)} ${direction}`;
}

function keyOf(by: EmailSort, pinned: Pinned, received: RawBuilder<unknown>): RawBuilder<unknown> {
  switch (by.kind) {
    case 'receivedAt':
      return received;
    case 'sentAt':
      return sql`e.sent_at`;
    case 'size':
      return sql`e.size_octets`;
    case 'from':
      return sql`e.from_key`;
    case 'to':
      return sql`e.to_key`;
    case 'subject':
      return sql`e.subject_key`;
    case 'hasKeyword':
      return sql`case when ${hasKeyword('e', by.keyword, pinned)} then 1 else 0 end`;
    case 'allInThreadHaveKeyword':
      return sql`case when ${threadKeyword(pinned, 'all', by.keyword)} then 1 else 0 end`;
    case 'someInThreadHaveKeyword':
      return sql`case when ${threadKeyword(pinned, 'some', by.keyword)} then 1 else 0 end`;
  }
}
