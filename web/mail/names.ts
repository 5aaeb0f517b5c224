/** How mailboxes and people are called on the screen. */
import {
  Archive,
  Clock,
  FileText,
  Folder,
  Inbox,
  Mailbox as MailboxIcon,
  Send,
  ShieldAlert,
  Star,
  Trash2,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { Email, EmailAddress, Mailbox } from '#web/sync/records.ts';
import { t } from '#web/words/words.ts';

const roleNames = {
  inbox: () => t('role.inbox'),
  archive: () => t('role.archive'),
  drafts: () => t('role.drafts'),
  sent: () => t('role.sent'),
  trash: () => t('role.trash'),
  junk: () => t('role.junk'),
  scheduled: () => t('role.scheduled'),
  snoozed: () => t('role.snoozed'),
  flagged: () => t('role.flagged'),
  all: () => t('role.all'),
} satisfies Readonly<Record<string, () => string>>;

const roleIcons: Readonly<Record<string, LucideIcon>> = {
  inbox: Inbox,
  archive: Archive,
  drafts: FileText,
  sent: Send,
  trash: Trash2,
  junk: ShieldAlert,
  scheduled: Clock,
  snoozed: Clock,
  flagged: Star,
  all: MailboxIcon,
};

/** A mailbox with a role is called as the screen's language calls it, whatever name the server keeps. */
export function mailboxName({ role, name }: Pick<Mailbox, 'role' | 'name'>): string {
  const named = Object.entries(roleNames).find(([known]) => known === role);
  return named ? named[1]() : name;
}

export function mailboxIcon({ role }: Mailbox): LucideIcon {
  return (role === null ? undefined : roleIcons[role]) ?? Folder;
}

export function personName({ name, email }: EmailAddress): string {
  return name?.trim() || email;
}

/** For a row with several people: given names only, as there is little room. */
function shortName(address: EmailAddress): string {
  const name = personName(address);
  if (name.includes('@')) return name.split('@')[0] ?? name;
  return name.split(/\s+/)[0] ?? name;
}

/** Who a conversation is with: its senders in order; in mailboxes of one's own writing, the recipients of the last. */
export function rowNames(emails: readonly Email[], isOutgoing: boolean, ownEmails: ReadonlySet<string>): string {
  const last = emails.at(-1);
  if (!last) return '';
  if (isOutgoing) {
    const names = last.to.map(personName);
    return names.length > 0 ? t('row.to', { names: names.join(', ') }) : t('row.noRecipient');
  }
  const senders = new Map<string, EmailAddress>();
  for (const address of emails.flatMap((email) => email.from)) senders.set(address.email.toLowerCase(), address);
  const all = [...senders.values()];
  if (all.length === 0) return t('row.noSender');
  const [only] = all;
  if (all.length === 1 && only) return personName(only);
  return all
    .map((address) => (ownEmails.has(address.email.toLowerCase()) ? t('row.me') : shortName(address)))
    .join(', ');
}
