/** Telling a client what became of the mailbox it has selected (RFC 9051 §5.2, §7.4, §7.5; RFC 7162 §3.2). */
import type { FetchItem } from '#formats/imap/fetch.ts';
import { printRanges, rangesOf } from '#formats/imap/sequence-set.ts';
import { Refusal } from '#server/access/refusal.ts';
import { keywordLimits } from '#server/mail/keywords.ts';
import { type News, numbersOf, takeNews } from '#server/mail/view/known.ts';
import { type MailboxView, openView, viewAsOpened } from '#server/mail/view/open.ts';

import { flagsAt, newKeywords, printFlagsResponses } from './fetch/flags.ts';
import { planFetch } from './fetch/plan.ts';
import { namedBy } from './fetch/positions.ts';
import { runFetch } from './fetch/run.ts';
import { isUtf8, selectedIn, type Session, whoIn } from './session.ts';

/** Emails this session has just marked itself, told already or wanted silent: by uid, the modseq that made; or brought: 0. */
export type OwnStore = ReadonlyMap<number, number>;

/**
 * Says what is new. @param mayExpunge whether emails that left may lose their numbers now (RFC 9051 §7.5.1).
 * @param hasLooked whether this very command has opened the view, which knows all it changed.
 */
export async function tellNews(
  session: Session,
  mayExpunge: boolean,
  own?: OwnStore,
  hasLooked = false,
): Promise<void> {
  const { store } = session;
  const { known, accountId, mailboxId } = selectedIn(session);
  const looked = hasLooked ? viewAsOpened(store, whoIn(session).actor, accountId, mailboxId) : undefined;
  const view = looked ?? (await openSelected(session));
  if (!view) return;
  if (known.modseq === view.modseq && known.uids === undefined) return;
  const firstNew = known.uidNext;
  await numbersOf(store, known, view);
  printNews(session, view, takeNews(known, view, mayExpunge), own);
  await fetchNew(session, firstNew, own);
}

/** What NOTIFY wants to be told of each new email (RFC 5465 §5.2), but of those the client has just brought itself. */
async function fetchNew(session: Session, firstNew: number, own?: OwnStore): Promise<void> {
  const { newItems } = session.notifying ?? {};
  const { uidNext } = selectedIn(session).known;
  if (!newItems || newItems.length === 0 || uidNext <= firstNew) return;
  const items: readonly FetchItem[] = newItems.some(({ kind }) => kind === 'uid')
    ? newItems
    : [{ kind: 'uid' }, ...newItems];
  const named = await namedBy(session, { kind: 'ranges', pairs: Uint32Array.of(firstNew, uidNext - 1) }, true);
  const positions = own ? named.positions.filter((position) => !own.has(named.uids[position] ?? 0)) : named.positions;
  await runFetch(session, planFetch(items, isUtf8(session)), { ...named, positions });
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
