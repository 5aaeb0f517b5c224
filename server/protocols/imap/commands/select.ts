/**
 * SELECT, EXAMINE and UNSELECT (RFC 9051 §6.3.2, §6.3.3, §6.4.2; CONDSTORE and QRESYNC, RFC 7162). Opening reads the
 * mailbox's row and its keywords, never its emails.
 */
import type { Command } from '#formats/imap/command.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import type { QresyncParameters } from '#formats/imap/select.ts';
import { Refusal } from '#server/access/refusal.ts';
import { isInRanges, printRanges, rangesOf, resolveSet } from '#formats/imap/sequence-set.ts';
import { placeOf } from '#server/mail/view/columns.ts';
import { numbersOf } from '#server/mail/view/known.ts';
import { openView } from '#server/mail/view/open.ts';
import { rightsIn } from '#server/mail/mailboxes/list.ts';
import { type OpenedMailbox, openMailbox } from '#server/mail/view/select.ts';
import type { AccountId } from '#server/store/ids.ts';
import { readVanished } from '#server/mail/view/vanished.ts';
import { flagsAt, sayFlags } from '#server/protocols/imap/fetch/flags.ts';
import type { Answer, Done } from '#server/protocols/imap/dispatch.ts';
import { delimiter, locate } from '#server/protocols/imap/names.ts';
import { tellBad } from '#server/protocols/imap/say.ts';
import { printMailboxId, type Selected, type Session, whoIn } from '#server/protocols/imap/session.ts';

type Select = Extract<Command, { readonly kind: 'select' }>;

export async function selectCommand(session: Session, command: Select): Promise<Answer> {
  const who = whoIn(session);
  const { connection, enabled } = session;
  if (command.qresync && !enabled.qresync) throw tellBad('Enable QRESYNC first');
  if (session.state.kind === 'selected') connection.say('* OK [CLOSED] The previous mailbox is closed\r\n');
  // Whatever comes of it, the mailbox that was selected is no more (RFC 9051 §6.3.2).
  session.state = { kind: 'authenticated', who };
  if (command.isCondstore || command.qresync) enabled.condstore = true;
  const { accountId, opened } = await open(session, command.mailbox);
  const { mailbox, keywords } = opened;
  const rights = rightsIn(mailbox, opened.rights, opened.reader !== undefined);
  const selected: Selected = {
    accountId,
    mailboxId: mailbox.id,
    uidValidity: mailbox.uidValidity,
    isReadOnly: command.isReadOnly || !rights.maySetKeywords,
    maySetSeen: !command.isReadOnly && rights.maySetSeen,
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
  // IMAP4rev2 tells the name as it is written here, and knows nothing recent (RFC 9051 §6.3.2).
  if (enabled.rev2) connection.say(`* LIST () "${delimiter}" ${printMailbox(command.mailbox, true)}\r\n`);
  else connection.say('* 0 RECENT\r\n');
  connection.say(
    `* OK [UIDVALIDITY ${mailbox.uidValidity}] Valid\r\n` +
      `* OK [UIDNEXT ${mailbox.uidNext}] Next\r\n` +
      `* OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Newest\r\n` +
      `* OK [MAILBOXID (${printMailboxId(mailbox.id)})] Same in JMAP\r\n`,
  );
  if (command.qresync?.uidValidity === mailbox.uidValidity) await resync(session, selected, command.qresync);
  return { code: !selected.maySetSeen ? 'READ-ONLY' : 'READ-WRITE', words: 'Selected' };
}

/** By the name as it led last time, where nothing can have changed it; else by looking at all names. */
async function open(
  session: Session,
  name: string,
): Promise<{ readonly accountId: AccountId; readonly opened: OpenedMailbox }> {
  const { store, placed } = session;
  const { actor } = whoIn(session);
  const known = placed.get(name);
  if (known) {
    const opened = await openMailbox(store, actor, known.accountId, known.mailboxId).catch(refusedAsUndefined);
    if (opened?.mailbox.modseq === known.modseq) return { accountId: known.accountId, opened };
    placed.delete(name);
  }
  const { accountId, mailbox } = await locate(session, name);
  return { accountId, opened: await openMailbox(store, actor, accountId, mailbox.id) };
}

/** What became of the emails the client knows since it was last here (RFC 7162 §3.2.5.1). */
async function resync(session: Session, selected: Selected, { modseq, knownUids }: QresyncParameters): Promise<void> {
  const { known, accountId, mailboxId } = selected;
  if (modseq >= known.modseq) return;
  const { connection, store } = session;
  const { actor } = whoIn(session);
  const wasKnown =
    knownUids?.kind === 'ranges' ? resolveSet(knownUids.pairs, known.uidNext - 1) : Uint32Array.of(1, 0xffff_ffff);
  const gone = await readVanished(store, actor, accountId, mailboxId, { since: modseq, below: known.uidNext });
  const vanished = Uint32Array.from(gone.filter((uid) => isInRanges(wasKnown, uid))).sort();
  if (vanished.length > 0) connection.say(`* VANISHED (EARLIER) ${printRanges(rangesOf(vanished))}\r\n`);
  const view = await openView(store, actor, accountId, mailboxId);
  const uids = await numbersOf(store, known, view);
  const { columns } = view;
  for (let at = 0; at < columns.length; at += 1) {
    const changedAt = columns.modseqs[at] ?? 0;
    const uid = columns.uids[at] ?? 0;
    if (changedAt <= modseq || uid >= known.uidNext || !isInRanges(wasKnown, uid)) continue;
    const number = placeOf(uids, known.length, uid) + 1;
    connection.say(`* ${number} FETCH (UID ${uid} FLAGS ${flagsAt(columns, at)} MODSEQ (${changedAt}))\r\n`);
    if (connection.isFull) await connection.flush();
  }
}

export function unselectCommand(session: Session): Done {
  session.state = { kind: 'authenticated', who: whoIn(session) };
  return {};
}

function refusedAsUndefined(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
}
