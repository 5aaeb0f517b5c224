/** The mailboxes that filters name (RFC 7377 §2.2): those there are and one may read, each once. */
import type { MailboxFilter } from '#formats/imap/notify.ts';
import { mailboxesFor, means } from '#server/protocols/imap/filters.ts';
import type { Located } from '#server/protocols/imap/names.ts';
import type { Session } from '#server/protocols/imap/session.ts';

export async function mailboxesIn(session: Session, filters: readonly MailboxFilter[]): Promise<readonly Located[]> {
  const wantsSelected = filters.some(({ kind }) => kind === 'selected');
  return (await mailboxesFor(session, filters)).filter(
    (located) => (wantsSelected && isSelected(session, located)) || filters.some((filter) => means(filter, located)),
  );
}

export function isSelected({ state }: Session, { accountId, mailbox }: Located): boolean {
  return state.kind === 'selected' && state.mailbox.accountId === accountId && state.mailbox.mailboxId === mailbox.id;
}
