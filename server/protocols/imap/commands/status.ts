/** STATUS (RFC 9051 §6.3.11, RFC 8438, RFC 7162 §3.1.7, RFC 8474 §4.3): from the mailbox's row, and two exact counts. */
import type { Command } from '#formats/imap/command.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import type { StatusItem } from '#formats/imap/status.ts';
import { countMarks } from '#server/mail/view/marks.ts';
import { type Located, locate } from '#server/protocols/imap/names.ts';
import { isUtf8, printMailboxId, type Session, whoIn } from '#server/protocols/imap/session.ts';

export async function statusCommand(session: Session, command: Extract<Command, { kind: 'status' }>): Promise<void> {
  if (command.items.includes('HIGHESTMODSEQ')) session.enabled.condstore = true;
  await sayStatus(session, await locate(session, command.mailbox), command.items);
}

export async function sayStatus(session: Session, located: Located, items: readonly StatusItem[]): Promise<void> {
  const { name, mailbox } = located;
  const needsCount = items.some((item) => item === 'UNSEEN' || item.startsWith('DELETED'));
  const marks = needsCount
    ? await countMarks(session.store, whoIn(session).actor, located)
    : { unseen: 0, deleted: 0, deletedOctets: 0 };
  const values = {
    MESSAGES: mailbox.totalEmails,
    UIDNEXT: mailbox.uidNext,
    UIDVALIDITY: mailbox.uidValidity,
    UNSEEN: marks.unseen,
    DELETED: marks.deleted,
    'DELETED-STORAGE': marks.deletedOctets,
    SIZE: mailbox.sizeOctets,
    RECENT: 0,
    HIGHESTMODSEQ: mailbox.highestModseq,
    MAILBOXID: `(${printMailboxId(mailbox.id)})`,
    APPENDLIMIT: session.limits.maxMessageOctets,
  } as const satisfies Record<StatusItem, number | string>;
  const said = items.map((item) => `${item} ${values[item]}`).join(' ');
  session.connection.say(`* STATUS ${printMailbox(name, isUtf8(session))} (${said})\r\n`);
}
