/** NOTIFY (RFC 5465 §3): what is to be told as it happens. */
import type { Command } from '#formats/imap/command.ts';
import { startNotifying, stopNotifying } from '#server/protocols/imap/notify.ts';
import { tellNo } from '#server/protocols/imap/say.ts';
import type { Session } from '#server/protocols/imap/session.ts';

const served = {
  messageNew: 'MessageNew',
  messageExpunge: 'MessageExpunge',
  flagChange: 'FlagChange',
  mailboxName: 'MailboxName',
  subscriptionChange: 'SubscriptionChange',
} as const;

export function notifyNoneCommand(session: Session): void {
  stopNotifying(session);
}

export async function notifySetCommand(
  session: Session,
  { groups, wantsStatus }: Extract<Command, { kind: 'notifySet' }>,
): Promise<void> {
  const isServed = groups.every(({ events }) => events.every(({ kind }) => Object.hasOwn(served, kind)));
  if (!isServed) throw tellNo(`BADEVENT (${Object.values(served).join(' ')})`, 'Not all of these are told here');
  await startNotifying(session, groups, wantsStatus);
}
