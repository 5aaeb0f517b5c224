/**
 * What every new account holds from its first instant: the mailboxes that have a role, and one identity. They are
 * written in the transaction that makes the account, whose clock therefore begins at `standardClock`; nobody can
 * listen to it before. Names are English here: a client shows a mailbox with a role in its reader's language.
 *
 * Two statements for any number of accounts, because a platform is filled by the hundred thousand: the accounts' rows
 * are there already, so the database itself makes the others from them.
 */
import { sql } from 'kysely';

import type { AccountId } from '#server/store/ids.ts';
import { changes, statement, type Tx } from '#server/store/statement.ts';

import type { MailboxRole } from './queries.ts';

const standard: readonly { readonly role: MailboxRole; readonly name: string }[] = [
  { role: 'inbox', name: 'Inbox' },
  { role: 'drafts', name: 'Drafts' },
  { role: 'sent', name: 'Sent' },
  { role: 'archive', name: 'Archive' },
  { role: 'junk', name: 'Junk' },
  { role: 'trash', name: 'Trash' },
];

const firstModseq = 1;
const identityId = standard.length + 1;

/** What the account's row says once its standard mailboxes and identity are written. */
export const standardClock = {
  modseq: firstModseq,
  nextId: identityId + 1,
  states: { Mailbox: firstModseq, Identity: firstModseq },
};

const rolesTable = sql.join(
  standard.map(
    ({ role, name }, index) =>
      sql`select ${sql.lit(index + 1)} as id, ${sql.lit(role)} as role, ${sql.lit(name)} as name`,
  ),
  sql` union all `,
);

interface Range {
  readonly first: AccountId;
  readonly last: AccountId;
}

const insertMailboxes = statement<Range & { uidValidity: number }>()(
  ({ p }) => sql`
    insert into mailbox (
      account_id, id, parent_id, name, role, sort_order, color, is_subscribed, is_favorite, uid_validity, uid_next,
      highest_modseq, total_emails, unread_emails, total_threads, unread_threads, size_octets, created_modseq, modseq,
      counts_modseq)
    select account.id, standard.id, null, standard.name, standard.role, standard.id * 10, null, 1, 0,
      cast(${p.uidValidity} as bigint), 1, account.modseq, 0, 0, 0, 0, 0, account.modseq, account.modseq, account.modseq
    from account cross join (${rolesTable}) as standard
    where account.id between ${p.first} and ${p.last}`,
);

const insertIdentities = statement<Range>()(
  ({ p }) => sql`
    insert into identity (
      account_id, id, name, email, reply_to, bcc, text_signature, html_signature, may_delete, created_modseq, modseq)
    select id, ${sql.lit(identityId)}, name, email, null, null, '', '', 0, modseq, modseq
    from account where id between ${p.first} and ${p.last}`,
);

/**
 * Writes them for the accounts from `first` to `last`, inserted in this same transaction with `standardClock`.
 * `at`: milliseconds since 1970.
 */
export async function insertStandardMailboxes(tx: Tx, { first, last }: Range, at: number): Promise<void> {
  // Seconds since 1970: never the same for a mailbox made again (RFC 9051 §2.3.1.1).
  await insertMailboxes.run(tx, { first, last, uidValidity: Math.floor(at / 1000) });
  await insertIdentities.run(tx, { first, last });
}

/** Takes away what `insertStandardMailboxes` made, of accounts nothing ever happened to. */
export async function deleteStandardMailboxes(tx: Tx, accountIds: readonly AccountId[]): Promise<void> {
  for (const table of ['mailbox', 'identity'] as const)
    await changes(tx, tx.q.deleteFrom(table).where(tx.anyOf('account_id', accountIds)));
}
