/** EXPUNGE, UID EXPUNGE and CLOSE (RFC 9051 §6.4.1, §6.4.3, §6.4.9): read, call, answer. */
import type { Command } from '#formats/imap/command.ts';
import { expunge, type Expunged } from '#server/mail/emails/expunge.ts';
import { isReadOnlyNow } from '#server/maintenance/require.ts';
import { deletedBit } from '#server/mail/keywords.ts';
import { findUid } from '#server/mail/view/columns.ts';
import { openView } from '#server/mail/view/open.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { namedBy, uidsAt } from '#server/protocols/imap/fetch/positions.ts';
import { own, Told } from '#server/protocols/imap/say.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

export async function expungeCommand(session: Session): Promise<Done> {
  if (selectedIn(session).isReadOnly) throw new Told(own.readOnly);
  return expunged(session, await expungeMarked(session));
}

export async function uidExpungeCommand(
  session: Session,
  { uids }: Extract<Command, { kind: 'uidExpunge' }>,
): Promise<Done> {
  const { accountId, mailboxId, isReadOnly } = selectedIn(session);
  if (isReadOnly) throw new Told(own.readOnly);
  const named = await namedBy(session, uids, true);
  const { columns } = named.view;
  // What is not marked here may be marked since: the verb looks again. What is not there is not there.
  const there = uidsAt(named).filter((uid) => findUid(columns, uid) >= 0);
  return expunged(session, await expunge(session.store, whoIn(session).actor, accountId, mailboxId, there));
}

/** Removes what is marked without a word (RFC 9051 §6.4.1), unless the mailbox was only examined. */
export async function closeCommand(session: Session): Promise<Done> {
  const who = whoIn(session);
  const leaves = selectedIn(session).isReadOnly || isReadOnlyNow(session.store, who.actor.tenantId);
  const done = leaves ? undefined : await expungeMarked(session);
  session.state = { kind: 'authenticated', who };
  return done?.modseq === undefined ? {} : { code: `HIGHESTMODSEQ ${done.modseq}`, words: 'Closed' };
}

async function expungeMarked(session: Session): Promise<Expunged> {
  const { accountId, mailboxId } = selectedIn(session);
  const { actor } = whoIn(session);
  const { columns } = await openView(session.store, actor, accountId, mailboxId);
  const marked: number[] = [];
  for (let at = 0; at < columns.length; at += 1) {
    if (((columns.flags[at] ?? 0) & deletedBit) !== 0) marked.push(columns.uids[at] ?? 0);
  }
  if (marked.length === 0) return { uids: [], modseq: undefined };
  return expunge(session.store, actor, accountId, mailboxId, Uint32Array.from(marked));
}

/** The news before the answer tell what left (RFC 7162 §3.2.7: with the modseq of the removal). */
function expunged({ enabled }: Session, { modseq }: Expunged): Done {
  return enabled.qresync && modseq !== undefined ? { code: `HIGHESTMODSEQ ${modseq}`, words: 'Expunged' } : {};
}
