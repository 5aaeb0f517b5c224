/** FETCH and UID FETCH (RFC 9051 §6.4.5, RFC 7162 §3.1.4, §3.2.6, RFC 9394 §3.2). */
import type { FetchCommand } from '#formats/imap/fetch.ts';
import { printRanges, rangesOf } from '#formats/imap/sequence-set.ts';
import { isReadOnlyNow } from '#server/maintenance/require.ts';
import { flagBits } from '#server/mail/keywords.ts';
import { findUid } from '#server/mail/view/columns.ts';
import { readVanished } from '#server/mail/view/vanished.ts';
import { storeFlags } from '#server/mail/emails/store-flags.ts';
import type { Answer } from '#server/protocols/imap/dispatch.ts';
import { planFetch } from '#server/protocols/imap/fetch/plan.ts';
import { type Named, namedBy, uidsAt } from '#server/protocols/imap/fetch/positions.ts';
import { runFetch } from '#server/protocols/imap/fetch/run.ts';
import { isInSet } from '#server/protocols/imap/fetch/vanished.ts';
import { tellBad } from '#server/protocols/imap/say.ts';
import { isUtf8, selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

export async function fetchCommand(session: Session, command: FetchCommand): Promise<Answer> {
  const { connection, enabled } = session;
  const { byUid, changedSince, isVanished, partial } = command;
  if (isVanished && (!byUid || !enabled.qresync)) throw tellBad('VANISHED needs QRESYNC');
  const kinds = new Set(command.items.map(({ kind }) => kind));
  if (kinds.has('modseq') || changedSince !== undefined) enabled.condstore = true;
  const items = [...command.items];
  // What names an email by its UID says its UID (RFC 9051 §6.4.9); what asks for changes is told when they were (RFC 7162 §3.1.4.1).
  if (byUid && !kinds.has('uid')) items.unshift({ kind: 'uid' });
  if (changedSince !== undefined && !kinds.has('modseq')) items.push({ kind: 'modseq' });
  let named = await namedBy(session, command.set, byUid);
  if (changedSince !== undefined) named = changedAfter(named, changedSince);
  if (partial) named = { ...named, positions: partOf(named.positions, partial) };
  if (isVanished && changedSince !== undefined) {
    const { accountId, mailboxId, known } = selectedIn(session);
    const gone = await readVanished(session.store, whoIn(session).actor, accountId, mailboxId, {
      since: changedSince,
      below: known.uidNext,
    });
    const uids = Uint32Array.from(gone.filter((uid) => isInSet(command.set, uid, known.uidNext - 1))).sort();
    if (uids.length > 0) connection.say(`* VANISHED (EARLIER) ${printRanges(rangesOf(uids))}\r\n`);
  }
  const plan = planFetch(items, isUtf8(session));
  if (plan.marksSeen) await markSeen(session, named);
  const gone = await runFetch(session, plan, named);
  // RFC 5530 §3: those that left are not answered for; the client learns of it when numbers may change.
  const hasLooked = !plan.marksSeen;
  return gone > 0 && !byUid ? { code: 'EXPUNGEISSUED', words: 'Some are gone', hasLooked } : { hasLooked };
}

function changedAfter(named: Named, since: number): Named {
  const { columns } = named.view;
  const positions = named.positions.filter((position) => {
    const at = findUid(columns, named.uids[position] ?? 0);
    return at >= 0 && (columns.modseqs[at] ?? 0) > since;
  });
  return { ...named, positions };
}

function partOf(positions: Uint32Array, { first, last, isFromEnd }: NonNullable<FetchCommand['partial']>): Uint32Array {
  const { length } = positions;
  return isFromEnd
    ? positions.subarray(Math.max(0, length - last), Math.max(0, length - first + 1))
    : positions.subarray(first - 1, last);
}

/** Reading a body sets \Seen (RFC 9051 §6.4.5); the news before the answer tell it. */
async function markSeen(session: Session, named: Named): Promise<void> {
  const { accountId, mailboxId, maySetSeen } = selectedIn(session);
  if (!maySetSeen || isReadOnlyNow(session.store, whoIn(session).actor.tenantId)) return;
  const { columns } = named.view;
  const unseen = uidsAt(named).filter((uid) => {
    const at = findUid(columns, uid);
    return at >= 0 && ((columns.flags[at] ?? 0) & flagBits.$seen) === 0;
  });
  if (unseen.length === 0) return;
  await storeFlags(session.store, whoIn(session).actor, {
    accountId,
    mailboxId,
    uids: unseen,
    action: 'add',
    keywords: ['$seen'],
    isDeleted: false,
    unchangedSince: undefined,
  });
}
