/** SQL of what each reader has seen: email_personal holds a row for each email they said it of, and none else. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';

import { type Reader, seenPersonalSince } from '#server/access/reader.ts';
import { type AccountId, asId, type EmailId, type MailboxId, type PersonId } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import { heavyColumns, type Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { deletedBit, flagBits } from '#server/mail/keywords.ts';
import type { Said } from './seen.ts';

const selectSaidOf = statement<{ accountId: number; personId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('email_personal')
    .select(['email_id', 'flags'])
    .where('account_id', '=', p.accountId)
    .where('person_id', '=', p.personId)
    .where(anyOf('email_id', p.ids)),
);

/** What a person said of these emails. */
export async function selectSaid(
  tx: Tx,
  accountId: AccountId,
  personId: PersonId,
  ids: readonly number[],
): Promise<Said> {
  if (ids.length === 0) return new Map();
  const found = await selectSaidOf.all(tx, { accountId, personId, ids });
  return new Map(found.map((row) => [row.email_id, (row.flags & flagBits.$seen) !== 0]));
}

/** What a person said of all emails of an account: `email_id`, and 1 in `seen` for seen. Runs off the event loop. */
export function readSaid(
  store: Store,
  accountId: AccountId,
  personId: PersonId,
): Promise<Readonly<Record<'email_id' | 'seen', Float64Array>>> {
  return heavyColumns(
    store,
    ['email_id', 'seen'],
    () => sql`select email_id, flags & ${sql.lit(flagBits.$seen)} as seen from email_personal
      where account_id = ${accountId} and person_id = ${personId}`,
  );
}

/** Whether the reader has seen the email of a row. @param of the alias of a row of email or mailbox_email: ours, never a user's word. */
export function seenBy(reader: Reader, accountId: AccountId, of: 'e' | 'other'): RawBuilder<SqlBool> {
  const alias = sql.raw(of);
  return sql<SqlBool>`coalesce((select said.flags from email_personal as said where said.account_id = ${accountId}
    and said.person_id = ${reader.personId} and said.email_id = ${alias}.id),
    case when ${alias}.received_at < ${reader.seenBefore} then ${sql.lit(flagBits.$seen)} else ${alias}.flags end)
    & ${sql.lit(flagBits.$seen)} <> 0`;
}

const deleteSaidOf = statement<{ accountId: number; personId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .deleteFrom('email_personal')
    .where('account_id', '=', p.accountId)
    .where('person_id', '=', p.personId)
    .where(anyOf('email_id', p.ids)),
);

const touchPlaces = statement<{ accountId: number; ids: readonly number[]; modseq: number }>()(({ q, p, anyOf }) =>
  q
    .updateTable('mailbox_email')
    .set({ modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where(anyOf('email_id', p.ids)),
);

const touchEmails = statement<{ accountId: number; ids: readonly number[]; modseq: number }>()(({ q, p, anyOf }) =>
  q.updateTable('email').set({ modseq: p.modseq }).where('account_id', '=', p.accountId).where(anyOf('id', p.ids)),
);

const selectMailboxIdsOf = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('mailbox_email')
    .select('mailbox_id')
    .distinct()
    .where('account_id', '=', p.accountId)
    .where(anyOf('email_id', p.ids)),
);

/** Keeps a person's word on emails. */
export async function replaceSaid(
  tx: AccountTx,
  personId: PersonId,
  ids: readonly EmailId[],
  isSeen: boolean,
): Promise<void> {
  const { accountId } = tx;
  const modseq = tx.modseq();
  await deleteSaidOf.run(tx, { accountId, personId, ids });
  const flags = isSeen ? flagBits.$seen : 0;
  await insertRows(
    tx,
    'email_personal',
    ids.map((id) => ({ account_id: accountId, person_id: personId, email_id: id, flags, modseq })),
  );
}

/** Says that these emails changed, wherever they are filed. @returns where that is. */
export async function touchEverywhere(tx: AccountTx, ids: readonly EmailId[]): Promise<readonly MailboxId[]> {
  const { accountId } = tx;
  await touchEmails.run(tx, { accountId, ids, modseq: tx.modseq() });
  await touchPlaces.run(tx, { accountId, ids, modseq: tx.modseq() });
  const found = await selectMailboxIdsOf.all(tx, { accountId, ids });
  return found.map((row) => asId<MailboxId>(row.mailbox_id));
}

const selectMarksOf = statement<{ accountId: number; mailboxId: number; personId: number; seenBefore: number }>()(
  ({ p }) => sql<{ unseen: number | null; deleted: number | null; octets: number | null }>`
    select sum(case when coalesce(said.flags, case when me.received_at < ${p.seenBefore}
        then ${sql.lit(flagBits.$seen)} else me.flags end) & ${sql.lit(flagBits.$seen)} = 0 then 1 else 0 end) as unseen,
      sum(case when me.flags & ${sql.lit(deletedBit)} <> 0 then 1 else 0 end) as deleted,
      sum(case when me.flags & ${sql.lit(deletedBit)} <> 0 then me.size_octets else 0 end) as octets
    from mailbox_email as me left join email_personal as said on said.account_id = me.account_id
      and said.person_id = ${p.personId} and said.email_id = me.email_id
    where me.account_id = ${p.accountId} and me.mailbox_id = ${p.mailboxId}`,
);

/** Emails of a mailbox the reader has not seen, drafts too, and those marked for removal. */
export async function selectReaderMarks(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId,
  { personId, seenBefore }: Reader,
): Promise<{ readonly unseen: number; readonly deleted: number; readonly deletedOctets: number }> {
  const row = await selectMarksOf.first(tx, { accountId, mailboxId, personId, seenBefore });
  return { unseen: row?.unseen ?? 0, deleted: row?.deleted ?? 0, deletedOctets: row?.octets ?? 0 };
}

/** Whoever said anything had a mandate once: with them the rows of an email are found by the key alone. */
const readersOf = ({ tenantId, accountId }: AccountTx) =>
  sql<SqlBool>`person_id in (select person_id from mandate where tenant_id = ${tenantId} and account_id = ${accountId})`;

/** What all readers said of `original` holds for its copy too. */
export async function insertSaidLike(tx: AccountTx, original: EmailId, id: EmailId): Promise<void> {
  await changes(
    tx,
    sql`insert into email_personal (account_id, person_id, email_id, flags, modseq)
      select account_id, person_id, cast(${id} as bigint), flags, cast(${tx.modseq()} as bigint) from email_personal
      where account_id = ${tx.accountId} and ${readersOf(tx)} and email_id = ${original}`,
  );
}

/** Forgets what was said of emails that are no more. */
export async function deleteSaid(tx: AccountTx, ids: readonly EmailId[]): Promise<void> {
  const said = tx.q.deleteFrom('email_personal').where('account_id', '=', tx.accountId);
  await changes(tx, said.where(readersOf(tx)).where(tx.anyOf('email_id', ids)));
}

const selectKindOf = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select(['kind', 'seen_is_personal', 'settings']).where('id', '=', p.accountId),
);

export interface SeenSetting {
  /** `person`, or `function` for one that nobody logs in to. */
  readonly kind: string;
  readonly isPersonal: boolean;
  /** All settings of the account, JSON. */
  readonly settings: string;
}

export async function selectSeenSetting(tx: Tx, accountId: AccountId): Promise<SeenSetting | undefined> {
  const row = await selectKindOf.first(tx, { accountId });
  return row && { kind: row.kind, isPersonal: row.seen_is_personal === 1, settings: row.settings };
}

/** @param since milliseconds since 1970. */
export async function updateSeenSetting(
  tx: AccountTx,
  before: SeenSetting,
  isPersonal: boolean,
  since: number,
): Promise<void> {
  const settings: unknown = JSON.parse(before.settings);
  const kept = typeof settings === 'object' && settings !== null ? settings : {};
  const text = JSON.stringify({ ...kept, [seenPersonalSince]: isPersonal ? since : undefined });
  const row = { seen_is_personal: isPersonal ? 1 : 0, settings: text };
  await changes(tx, tx.q.updateTable('account').set(row).where('id', '=', tx.accountId));
}

const selectSeenByAny = statement<{ accountId: number; after: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('email')
    .select('id')
    .where('account_id', '=', p.accountId)
    .where('id', '>', p.after)
    .where(sql<SqlBool>`flags & ${sql.lit(flagBits.$seen)} = 0`)
    .where('id', 'in', (from) =>
      from
        .selectFrom('email_personal')
        .select('email_id')
        .where('account_id', '=', p.accountId)
        .where('flags', '<>', 0),
    )
    .orderBy('id')
    .limit(p.limit),
);

/** Emails somebody has seen that are not seen for all, by id, a page at a time. */
export async function selectSeenByAnybody(tx: AccountTx, after: number, limit: number): Promise<readonly EmailId[]> {
  const found = await selectSeenByAny.all(tx, { accountId: tx.accountId, after, limit });
  return found.map((row) => asId<EmailId>(row.id));
}

/** Says that every email changed which somebody may have seen otherwise than all do: it is read anew. */
export async function touchSeenOtherwise(tx: AccountTx): Promise<void> {
  const { accountId } = tx;
  const modseq = tx.modseq();
  const saidOf = (id: string) => sql<SqlBool>`(flags & ${sql.lit(flagBits.$seen)} = 0 or ${sql.ref(id)} in
    (select email_id from email_personal where account_id = ${accountId}))`;
  await changes(tx, tx.q.updateTable('email').set({ modseq }).where('account_id', '=', accountId).where(saidOf('id')));
  const places = tx.q.updateTable('mailbox_email').set({ modseq }).where('account_id', '=', accountId);
  await changes(tx, places.where(saidOf('email_id')));
}

/** Forgets what everybody said. */
export async function deleteAllSaid(tx: AccountTx): Promise<void> {
  await changes(tx, tx.q.deleteFrom('email_personal').where('account_id', '=', tx.accountId));
}
