/** STORE and UID STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3): read, call, answer from what the verb says. */
import type { Command } from '#formats/imap/command.ts';
import { printRanges, rangesOf } from '#formats/imap/sequence-set.ts';
import { storeFlags, type StoredFlags } from '#server/mail/emails/store-flags.ts';
import { deletedBit } from '#server/mail/keywords.ts';
import { placeOf } from '#server/mail/view/columns.ts';
import { viewAsOpened } from '#server/mail/view/open.ts';
import type { Answer } from '#server/protocols/imap/dispatch.ts';
import { askedFlags, printFlagBits, printFlagsResponses } from '#server/protocols/imap/fetch/flags.ts';
import { namedBy, uidsAt } from '#server/protocols/imap/fetch/positions.ts';
import { own, Told } from '#server/protocols/imap/say.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

/** Emails of one transaction: others get their turn between two. */
const storedAtOnce = 2_000;

export async function storeCommand(session: Session, command: Extract<Command, { kind: 'store' }>): Promise<Answer> {
  const { connection, enabled, store } = session;
  const { byUid, action, isSilent, unchangedSince } = command;
  const selected = selectedIn(session);
  const { accountId, mailboxId, maySetSeen } = selected;
  // Whether it is \Seen alone, the verb asks.
  if (!maySetSeen) throw new Told(own.readOnly);
  if (unchangedSince !== undefined) enabled.condstore = true;
  const named = await namedBy(session, command.set, byUid);
  const { isDeleted, keywords } = askedFlags(command.flags);
  const uids = uidsAt(named);
  const emails: StoredFlags[] = [];
  const modified: number[] = [];
  let modseq = 0;
  for (let from = 0; from < uids.length; from += storedAtOnce) {
    const some = uids.subarray(from, from + storedAtOnce);
    const change = { accountId, mailboxId, uids: some, action, keywords, isDeleted, unchangedSince };
    const stored = await storeFlags(store, whoIn(session).actor, change);
    emails.push(...stored.emails);
    modified.push(...stored.modified);
    modseq = stored.modseq ?? modseq;
  }
  // The view has most often followed what was written: then there is nothing to look for.
  const view = viewAsOpened(store, whoIn(session).actor, accountId, mailboxId);
  const hasLooked = view !== undefined && view.modseq >= modseq;
  const others = emails.flatMap((email) => email.keywords.others).filter((word) => !selected.flagsTold.has(word));
  printFlagsResponses(session, [...new Set(others)]);
  const numbersOf = (uid: number) => placeOf(named.uids, named.length, uid) + 1;
  for (const email of emails) {
    // Silence is about flags: the modseq must be known to who counts by it (RFC 7162 §3.1.3).
    if (isSilent && !enabled.condstore) break;
    const flags = isSilent
      ? ''
      : ` FLAGS ${printFlagBits(email.keywords.flags | (email.isDeleted ? deletedBit : 0), email.keywords.others)}`;
    const uid = byUid || enabled.qresync || enabled.rev2 ? ` UID ${email.uid}` : '';
    const clock = enabled.condstore ? ` MODSEQ (${email.modseq})` : '';
    connection.say(`* ${numbersOf(email.uid)} FETCH (${`${uid}${flags}${clock}`.slice(1)})\r\n`);
    if (connection.isFull) await connection.flush();
  }
  const told = new Map(emails.map(({ uid, modseq }) => [uid, modseq]));
  const gone = uids.length - emails.length - modified.length;
  if (modified.length > 0) {
    const numbers = Uint32Array.from(byUid ? modified : modified.map(numbersOf));
    return {
      code: `MODIFIED ${printRanges(rangesOf(numbers))}`,
      words: 'Some were changed by others',
      told,
      hasLooked,
    };
  }
  return gone > 0 && !byUid ? { code: 'EXPUNGEISSUED', words: 'Some are gone', told, hasLooked } : { told, hasLooked };
}
