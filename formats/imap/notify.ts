/** NOTIFY SET (RFC 5465 §5, §6) and the mailbox filters it shares with ESEARCH (RFC 7377 §2.2). */
import type { FetchItem } from './fetch.ts';

export type MailboxFilter =
  | { readonly kind: 'selected' | 'selectedDelayed' | 'inboxes' | 'personal' | 'subscribed' }
  /** `subtree`: each mailbox and all below; `subtreeOne`: and those directly below; `mailboxes`: just these. */
  | { readonly kind: 'subtree' | 'subtreeOne' | 'mailboxes'; readonly mailboxes: readonly string[] };

export type NotifyEvent =
  /** `items` are fetched and told with each new message of the selected mailbox. */
  | { readonly kind: 'messageNew'; readonly items: readonly FetchItem[] }
  | {
      readonly kind:
        | 'messageExpunge'
        | 'flagChange'
        | 'annotationChange'
        | 'mailboxName'
        | 'subscriptionChange'
        | 'mailboxMetadataChange'
        | 'serverMetadataChange';
    };

export interface NotifyGroup {
  readonly filter: MailboxFilter;
  /** Empty for NONE. */
  readonly events: readonly NotifyEvent[];
}
