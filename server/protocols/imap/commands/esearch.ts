/** ESEARCH over several mailboxes (RFC 7377): one response for each that has something, under the name the client knows it by. */
import type { EsearchCommand } from '#formats/imap/search.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openView } from '#server/mail/view/open.ts';
import { findPlaces } from '#server/mail/view/search/match.ts';
import { takeSight } from '#server/mail/view/search/sight.ts';
import type { Context } from '#server/protocols/imap/dispatch.ts';
import type { Located } from '#server/protocols/imap/names.ts';
import { criterionOf, hasKey } from '#server/protocols/imap/search/criteria.ts';
import { printFound, save, searchSelected } from '#server/protocols/imap/search/found.ts';
import { isSelected, mailboxesIn } from '#server/protocols/imap/search/sources.ts';
import { own, tellBad, Told } from '#server/protocols/imap/say.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

const nothing = new Uint32Array();

export async function esearchCommand(session: Session, command: EsearchCommand, context: Context): Promise<void> {
  const { sources, key } = command;
  if (sources === undefined && session.state.kind !== 'selected') throw new Told(own.notNow);
  const mailboxes = await mailboxesIn(session, sources ?? [{ kind: 'selected' }]);
  // Numbers and `$` mean something in the selected mailbox alone (RFC 7377 §2.2).
  const isElsewhere = mailboxes.some((located) => !isSelected(session, located));
  if (isElsewhere && hasKey(key, 'numbers')) throw tellBad('Numbers belong to the selected mailbox');
  for (const located of mailboxes) {
    if (isSelected(session, located)) await searchHere(session, command, context, located);
    else await searchThere(session, command, context, located);
    if (session.connection.isFull) await session.connection.flush();
    if (session.connection.isGone) return;
  }
}

async function searchHere(session: Session, command: EsearchCommand, context: Context, at: Located): Promise<void> {
  const { returns, key } = command;
  const { sight, places } = await searchSelected(session, key);
  if (returns.save) save(session, sight, places, returns);
  const { uidValidity } = selectedIn(session);
  if (places.length === 0) return;
  const mailbox = { name: at.name, uidValidity };
  const wantsModseq = hasKey(key, 'modseq');
  const telling = { tag: context.tag, byUid: true, returns, mailbox, wantsModseq };
  session.connection.say(printFound(session, sight, places, telling) ?? '');
}

async function searchThere(session: Session, command: EsearchCommand, context: Context, at: Located): Promise<void> {
  const { store } = session;
  const { returns, key } = command;
  const { actor } = whoIn(session);
  try {
    const sight = takeSight(await openView(store, actor, at.accountId, at.mailbox.id));
    const criterion = criterionOf(key, { sight, saved: nothing, nowMs: store.now() });
    const places = await findPlaces(store, actor, sight, criterion);
    if (places.length === 0) return;
    const mailbox = { name: at.name, uidValidity: at.mailbox.uidValidity };
    const telling = { tag: context.tag, byUid: true, returns, mailbox, wantsModseq: hasKey(key, 'modseq') };
    session.connection.say(printFound(session, sight, places, telling) ?? '');
  } catch (error) {
    // Gone, or not ours any more, since they were listed.
    if (!(error instanceof Refusal && (error.reason === 'noSuchMailbox' || error.reason === 'noSuchAccount')))
      throw error;
  }
}
