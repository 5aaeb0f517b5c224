/** Telling a client what became of the mailbox it has selected (RFC 9051 §5.2, §7.4, §7.5; RFC 7162 §3.2). */
import { printRanges, rangesOf } from '#formats/imap/sequence-set.ts';
import { keywordLimits } from '#server/mail/keywords.ts';
import { adopt, type News, numbersOf, takeNews } from '#server/mail/view/known.ts';
import { type MailboxView, openView } from '#server/mail/view/open.ts';

import { flagsAt, newKeywords, printFlagsResponses } from './fetch/flags.ts';
import { selectedIn, type Session, whoIn } from './session.ts';

/** Emails this session has just marked itself: told already, or wanted silent. */
export interface OwnStore {
  readonly modseq: number;
  readonly uids: ReadonlySet<number>;
}

/** Says what is new. @param mayExpunge whether emails that left may lose their numbers now (RFC 9051 §7.5.1). */
export async function tellNews(session: Session, mayExpunge: boolean, own?: OwnStore): Promise<void> {
  const { store } = session;
  const { accountId, mailboxId, known } = selectedIn(session);
  const view = await openView(store, whoIn(session).actor, accountId, mailboxId);
  if (known.modseq === view.modseq && known.uids === undefined) return;
  await numbersOf(store, known, view);
  printNews(session, view, takeNews(known, view, mayExpunge), own);
}

/** As if all were known: after SELECT, nothing before it is news. */
export function forgetNews(session: Session, view: MailboxView): void {
  adopt(selectedIn(session).known, view);
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
    if (own && modseq === own.modseq && own.uids.has(uid)) continue;
    const clock = enabled.condstore ? ` MODSEQ (${modseq})` : '';
    connection.say(`* ${number} FETCH (UID ${uid} FLAGS ${flagsAt(columns, at)}${clock})\r\n`);
  }
}
