/** SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7, §6.3.8): one's own mailboxes as the web client shows them, other names beside. */
import { updateMailbox } from '#server/mail/mailboxes/change.ts';
import { setSubscription } from '#server/mail/mailboxes/subscriptions.ts';
import { find } from '#server/protocols/imap/names.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';

interface Named {
  readonly mailbox: string;
}

export function subscribeCommand(session: Session, { mailbox }: Named): Promise<void> {
  return subscribe(session, mailbox, true);
}

export function unsubscribeCommand(session: Session, { mailbox }: Named): Promise<void> {
  return subscribe(session, mailbox, false);
}

async function subscribe(session: Session, name: string, isSubscribed: boolean): Promise<void> {
  const { store } = session;
  const { actor, accountId } = whoIn(session);
  const found = await find(session, name);
  const isOwn = found?.accountId === accountId;
  if (!isOwn || !isSubscribed) await setSubscription(store, actor, accountId, name, isSubscribed);
  if (found && isOwn && found.mailbox.isSubscribed !== isSubscribed)
    await updateMailbox(store, actor, accountId, found.mailbox.id, { isSubscribed });
}
