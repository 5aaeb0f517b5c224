/**
 * SELECT, EXAMINE and UNSELECT (RFC 9051 §6.3.2, §6.3.3, §6.4.2; CONDSTORE and QRESYNC, RFC 7162). Opening reads the
 * mailbox's row and its keywords, never its emails.
 */
import type { Command } from '#formats/imap/command.ts';
import { openMailbox } from '#server/mail/view/select.ts';
import { sayFlags } from '#server/protocols/imap/fetch/flags.ts';
import type { Answer, Done } from '#server/protocols/imap/dispatch.ts';
import { locate } from '#server/protocols/imap/names.ts';
import { printMailboxId, type Selected, type Session, whoIn } from '#server/protocols/imap/session.ts';

type Select = Extract<Command, { readonly kind: 'select' }>;

export async function selectCommand(session: Session, command: Select): Promise<Answer> {
  const who = whoIn(session);
  const { connection, enabled, store } = session;
  if (session.state.kind === 'selected') connection.say('* OK [CLOSED] The previous mailbox is closed\r\n');
  // Whatever comes of it, the mailbox that was selected is no more (RFC 9051 §6.3.2).
  session.state = { kind: 'authenticated', who };
  if (command.isCondstore || command.qresync) enabled.condstore = true;
  const { accountId, mailbox: found, rights } = await locate(session, command.mailbox);
  const opened = await openMailbox(store, who.actor, accountId, found.id);
  const { mailbox, keywords } = opened;
  const selected: Selected = {
    accountId,
    mailboxId: mailbox.id,
    uidValidity: mailbox.uidValidity,
    isReadOnly: command.isReadOnly || !rights.maySetKeywords,
    known: {
      accountId,
      mailboxId: mailbox.id,
      modseq: mailbox.highestModseq,
      uidNext: mailbox.uidNext,
      length: mailbox.totalEmails,
      uids: undefined,
    },
    flagsTold: new Set(keywords),
    saved: new Uint32Array(),
  };
  session.state = { kind: 'selected', who, mailbox: selected };
  sayFlags(session, selected);
  connection.say(`* ${mailbox.totalEmails} EXISTS\r\n`);
  if (!enabled.rev2) connection.say('* 0 RECENT\r\n');
  connection.say(
    `* OK [UIDVALIDITY ${mailbox.uidValidity}] Valid\r\n` +
      `* OK [UIDNEXT ${mailbox.uidNext}] Next\r\n` +
      `* OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Newest\r\n` +
      `* OK [MAILBOXID (${printMailboxId(mailbox.id)})] Same in JMAP\r\n`,
  );
  return { code: selected.isReadOnly ? 'READ-ONLY' : 'READ-WRITE', words: 'Selected' };
}

export function unselectCommand(session: Session): Done {
  session.state = { kind: 'authenticated', who: whoIn(session) };
  return {};
}
