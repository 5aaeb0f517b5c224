/**
 * IDLE (RFC 9051 §6.3.13): news as they come, until DONE. The session listens to the account of its mailbox; many changes
 * at once are one look. It holds no array while it waits.
 */
import { isDone } from '#formats/imap/read.ts';
import { restNumbers } from '#server/mail/view/known.ts';
import { openView } from '#server/mail/view/open.ts';
import { tellNotifications } from '#server/protocols/imap/notify.ts';
import { tellNews } from '#server/protocols/imap/news.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { tellBad } from '#server/protocols/imap/say.ts';
import { isKeptIn } from '#server/protocols/imap/standing.ts';
import { renewActor, type Session, whoIn } from '#server/protocols/imap/session.ts';

const maxLineOctets = 100;

export async function idleCommand(session: Session): Promise<Done> {
  const { connection, limits, store, state } = session;
  const deadlineMs = Date.now() + limits.idleTimeoutMs;
  let hasNews = true;
  const stopListening =
    state.kind === 'selected'
      ? store.changes.listen(state.mailbox.accountId, ({ states }) => {
          if (states.Mailbox === undefined && states.Email === undefined) return;
          if (!hasNews) setImmediate(() => connection.nudge());
          hasNews = true;
        })
      : undefined;
  let mayHaveEnded = false;
  const stopWatching = store.changes.listen(whoIn(session).accountId, ({ states }) => {
    if (states.Account === undefined && states.Announcement === undefined) return;
    if (!mayHaveEnded) setImmediate(() => connection.nudge());
    mayHaveEnded = true;
  });
  connection.say('+ Waiting for news\r\n');
  try {
    for (;;) {
      if (mayHaveEnded) {
        mayHaveEnded = false;
        if (!(await isKeptIn(session, true))) return {};
      }
      // Who asked by NOTIFY is told what they asked for (RFC 5465 §4).
      if (session.notifying) await tellNotifications(session, true);
      else if (hasNews && session.state.kind === 'selected') {
        hasNews = false;
        renewActor(session);
        await tellNews(session, true);
      }
      await rest(session);
      if (session.state.kind === 'loggedOut') return {};
      const line = await connection.nextLineOrNudge(maxLineOctets, deadlineMs);
      if (line?.kind === 'text' && isDone(line.text)) return { words: 'Done waiting' };
      if (line) throw tellBad('DONE expected');
      if (connection.stop) return {};
    }
  } finally {
    stopWatching();
    stopListening?.();
  }
}

/** Numbers are made again when the next news come. */
async function rest(session: Session): Promise<void> {
  if (session.state.kind !== 'selected') return;
  const { known, accountId, mailboxId } = session.state.mailbox;
  if (known.uids === undefined) return;
  restNumbers(known, await openView(session.store, whoIn(session).actor, accountId, mailboxId));
}
