/** The picture of a mailbox: that of its role, or a folder. */
import { createElement } from 'react';
import type { Mailbox } from '#web/sync/records.ts';
import { mailboxIcon } from './names.ts';

export function MailboxIcon({ mailbox }: { readonly mailbox: Mailbox }) {
  return createElement(mailboxIcon(mailbox), { 'aria-hidden': true, size: 18 });
}
