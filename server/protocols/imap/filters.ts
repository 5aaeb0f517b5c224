/** What the mailbox filters of NOTIFY and ESEARCH mean (RFC 5465 §6, RFC 7377 §2.2), but for the selected mailbox. */
import type { MailboxFilter } from '#formats/imap/notify.ts';
import { listSubscriptions } from '#server/mail/mailboxes/subscriptions.ts';

import { delimiter, listLevels, type Located, sharedRoot } from './names.ts';
import { type Session, whoIn } from './session.ts';

/** What a filter asks of a mailbox. */
export interface Meant {
  readonly name: string;
  readonly isOwn: boolean;
  readonly isSubscribed: boolean;
  /** Whether deliveries may end here. */
  readonly isDeliveredTo: boolean;
}

export type LocatedMeant = Located & Meant;

/** Every mailbox one may read that some filter might mean. Other people's are named, subscribed to or selected. */
export async function mailboxesFor(
  session: Session,
  filters: readonly MailboxFilter[],
): Promise<readonly LocatedMeant[]> {
  const { accountId, actor } = whoIn(session);
  const wantsSubscribed = filters.some(({ kind }) => kind === 'subscribed');
  const levels = await listLevels(session, filters.some(canBeShared));
  // Their own mailboxes know it themselves.
  const names = new Set(wantsSubscribed ? await listSubscriptions(session.store, actor, accountId) : []);
  return levels
    .filter((level) => level.kind === 'mailbox')
    .map((located) => {
      const { name, mailbox } = located;
      const isOwn = located.accountId === accountId;
      const isSubscribed = isOwn ? mailbox.isSubscribed : names.has(name);
      return { ...located, isOwn, isSubscribed, isDeliveredTo: isDeliveredTo(mailbox) };
    });
}

/** False for the filters that mean what is selected. */
export function means(filter: MailboxFilter, { name, isOwn, isSubscribed, ...mailbox }: Meant): boolean {
  switch (filter.kind) {
    case 'selected':
    case 'selectedDelayed':
      return false;
    case 'inboxes':
      return isOwn && mailbox.isDeliveredTo;
    case 'personal':
      return isOwn;
    case 'subscribed':
      return isSubscribed;
    case 'mailboxes':
      return filter.mailboxes.includes(name);
    case 'subtree':
      return filter.mailboxes.some((top) => name === top || name.startsWith(`${top}${delimiter}`));
    case 'subtreeOne':
      return filter.mailboxes.some((top) => name === top || isDirectlyBelow(name, top));
    default:
      return filter satisfies never;
  }
}

/** Filters may file anywhere but where people put what they write or throw away (RFC 5465 §6.3). */
function isDeliveredTo({ role }: Located['mailbox']): boolean {
  return role !== 'drafts' && role !== 'sent' && role !== 'trash';
}

function canBeShared(filter: MailboxFilter): boolean {
  if ('mailboxes' in filter) return filter.mailboxes.some((name) => name.startsWith(sharedRoot));
  return filter.kind === 'selected' || filter.kind === 'subscribed';
}

function isDirectlyBelow(name: string, above: string): boolean {
  return name.startsWith(`${above}${delimiter}`) && !name.slice(above.length + 1).includes(delimiter);
}
