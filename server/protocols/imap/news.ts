/** Telling a client what became of the mailbox it has selected (RFC 9051 §5.2, §7.4, §7.5; RFC 7162 §3.2). */
import { printRanges, rangesOf } from '#formats/imap/sequence-set.ts';
import { Refusal } from '#server/access/refusal.ts';
import { keywordLimits } from '#server/mail/keywords.ts';
import { type News, numbersOf, takeNews } from '#server/mail/view/known.ts';
import { type MailboxView, openView } from '#server/mail/view/open.ts';

import { flagsAt, newKeywords, printFlagsResponses } from './fetch/flags.ts';
import { selectedIn, type Session, whoIn } from './session.ts';

/** Emails this session has just marked itself, told already or wanted silent: by uid, the modseq that made. */
export type OwnStore = ReadonlyMap<number, number>;

/** Says what is new. @param mayExpunge whether emails that left may lose their numbers now (RFC 9051 §7.5.1). */
export async function tellNews(session: Session, mayExpunge: boolean, own?: OwnStore): Promise<void> {
  const { store } = session;
  const { known } = selectedIn(session);
  const view = await openSelected(session);
  if (!view) return;
  if (known.modseq === view.modseq && known.uids === undefined) return;
  await numbersOf(store, known, view);
  printNews(session, view, takeNews(known, view, mayExpunge), own);
}

/** @returns undefined when the mailbox is gone, or no longer theirs: the client is told, and must come again. */
async function openSelected(session: Session): Promise<MailboxView | undefined> {
  const { accountId, mailboxId } = selectedIn(session);
  try {
    return await openView(session.store, whoIn(session).actor, accountId, mailboxId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    session.connection.say('* BYE [UNAVAILABLE] The mailbox is gone\r\n');
    session.state = { kind: 'loggedOut' };
    return undefined;
  }
}

function printNews(session: Session, view: MailboxView, { expunged, exists, changed }: News, own?: OwnStore): void {
  const { connection, enabled } = session;
  if (expunged.length > 0 && enabled.qresync) {
    const uids = Uint32Array.from(expunged, ({ uid }) => uid);
    connection.say(`* VANISHED ${printRanges(rangesOf(uids))}\r\n`);
  } else for (const { number } of expunged) connection.say(`* ${number} EXPUNGE\r\n`);
  if (exists !== undefined) connection.say(`* ${exists} EXISTS\r\n`);
  if (changed.length === 0) return;
  const { columns } = view;
  const selected = selectedIn(session);
  if (selected.flagsTold.size < keywordLimits.perEmail) printFlagsResponses(session, newKeywords(selected, columns));
  for (const { number, at } of changed) {
    const uid = columns.uids[at] ?? 0;
    const modseq = columns.modseqs[at] ?? 0;
    if (own?.get(uid) === modseq) continue;
    const clock = enabled.condstore ? ` MODSEQ (${modseq})` : '';
    connection.say(`* ${number} FETCH (UID ${uid} FLAGS ${flagsAt(columns, at)}${clock})\r\n`);
  }
}
