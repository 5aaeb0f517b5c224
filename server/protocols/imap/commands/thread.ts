/** THREAD and UID THREAD (RFC 5256 §3). */
import { printThreads } from '#formats/imap/print-search.ts';
import type { ThreadCommand } from '#formats/imap/search.ts';
import { threadPlaces } from '#server/mail/view/search/thread.ts';
import { searchSelected } from '#server/protocols/imap/search/found.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';

export async function threadCommand(session: Session, command: ThreadCommand): Promise<void> {
  const { byUid, algorithm, key } = command;
  const { sight, places } = await searchSelected(session, key);
  const threads = await threadPlaces(session.store, whoIn(session).actor, sight, places, algorithm);
  session.connection.say(printThreads(threads, (place) => (byUid ? (sight.uids[place] ?? 0) : place + 1)));
}
