/**
 * What every new account holds from its first instant: the mailboxes that have a role, and one identity. They are
 * written in the transaction that makes the account, whose clock therefore begins at `standardClock`; nobody can
 * listen to it before. Names are English here: a client shows a mailbox with a role in its reader's language.
 */
import type { AccountId } from '#server/store/ids.ts';
import { insertRows, type Tx } from '#server/store/statement.ts';

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

/** What the account's row says once its standard mailboxes and identity are written. */
export const standardClock = {
  modseq: firstModseq,
  nextId: standard.length + 2,
  states: { Mailbox: firstModseq, Identity: firstModseq },
};

export interface AccountToFurnish {
  readonly accountId: AccountId;
  /** As recipients see it. */
  readonly name: string;
  readonly email: string;
}

/** Writes them for accounts inserted in this same transaction with `standardClock`. `at`: milliseconds since 1970. */
export async function insertStandardMailboxes(
  tx: Tx,
  accounts: readonly AccountToFurnish[],
  at: number,
): Promise<void> {
  // Seconds since 1970: never the same for a mailbox made again (RFC 9051 §2.3.1.1).
  const uidValidity = Math.floor(at / 1000);
  await insertRows(
    tx,
    'mailbox',
    accounts.flatMap(({ accountId }) =>
      standard.map(({ role, name }, index) => ({
        account_id: accountId,
        id: index + 1,
        parent_id: null,
        name,
        role,
        sort_order: (index + 1) * 10,
        color: null,
        is_subscribed: 1,
        is_favorite: 0,
        uid_validity: uidValidity,
        uid_next: 1,
        highest_modseq: firstModseq,
        total_emails: 0,
        unread_emails: 0,
        total_threads: 0,
        unread_threads: 0,
        size_octets: 0,
        created_modseq: firstModseq,
        modseq: firstModseq,
        counts_modseq: firstModseq,
      })),
    ),
  );
  await insertRows(
    tx,
    'identity',
    accounts.map(({ accountId, name, email }) => ({
      account_id: accountId,
      id: standard.length + 1,
      name,
      email,
      reply_to: null,
      bcc: null,
      text_signature: '',
      html_signature: '',
      may_delete: 0,
      created_modseq: firstModseq,
      modseq: firstModseq,
    })),
  );
}
