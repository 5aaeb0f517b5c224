/** The mailboxes that filters name (RFC 5465 §6, RFC 7377 §2.2): those there are and one may read, each once. */
import type { MailboxFilter } from '#formats/imap/notify.ts';
import { listSubscriptions } from '#server/mail/mailboxes/subscriptions.ts';
import { delimiter, listLevels, type Located } from '#server/protocols/imap/names.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';

export async function mailboxesIn(session: Session, filters: readonly MailboxFilter[]): Promise<readonly Located[]> {
  const { accountId, actor } = whoIn(session);
  // Other people's mailboxes are named or selected, never meant by the other filters.
  const levels = await listLevels(session, filters.some(canBeShared));
  const isSubscribed = filters.some(({ kind }) => kind === 'subscribed')
    ? new Set(await listSubscriptions(session.store, actor, accountId))
    : new Set<string>();
  const fits = (located: Located, filter: MailboxFilter): boolean => {
    const isOwn = located.accountId === accountId;
    switch (filter.kind) {
      case 'selected':
      case 'selectedDelayed':
        return isSelected(session, located);
      case 'inboxes':
        return isOwn && located.mailbox.role === 'inbox';
      case 'personal':
        return isOwn;
      case 'subscribed':
        return isOwn ? located.mailbox.isSubscribed : isSubscribed.has(located.name);
      case 'mailboxes':
        return filter.mailboxes.includes(located.name);
      case 'subtree':
        return filter.mailboxes.some((name) => located.name === name || located.name.startsWith(`${name}${delimiter}`));
      case 'subtreeOne':
        return filter.mailboxes.some((name) => located.name === name || isDirectlyBelow(located.name, name));
    }
  };
  return levels
    .filter((level) => level.kind === 'mailbox')
    .filter((located) => filters.some((filter) => fits(located, filter)));
}

export function isSelected({ state }: Session, { accountId, mailbox }: Located): boolean {
  return state.kind === 'selected' && state.mailbox.accountId === accountId && state.mailbox.mailboxId === mailbox.id;
}

function canBeShared({ kind }: MailboxFilter): boolean {
  return kind !== 'inboxes' && kind !== 'personal';
}

function isDirectlyBelow(name: string, above: string): boolean {
  return name.startsWith(`${above}${delimiter}`) && !name.slice(above.length + 1).includes(delimiter);
}
