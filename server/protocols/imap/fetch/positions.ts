/** Which emails a set names (RFC 9051 §9, sequence-set): positions among those the client knows, from 0, ascending. */
import { indicesOfNumbers, indicesOfUids, rangesOf, resolveSet, type SequenceSet } from '#formats/imap/sequence-set.ts';
import { numbersOf } from '#server/mail/view/known.ts';
import { type MailboxView, openView } from '#server/mail/view/open.ts';
import { tellBad } from '#server/protocols/imap/say.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

export interface Named {
  readonly view: MailboxView;
  /** By position, the first `length` of them: the client's own numbers. What stands there is never changed. */
  readonly uids: Uint32Array;
  readonly length: number;
  readonly positions: Uint32Array;
}

/** @throws {Told} BAD for a number beyond the last (RFC 9051 §2.3.1.2); {Refusal} where the mailbox is gone. */
export async function namedBy(session: Session, set: SequenceSet, byUid: boolean): Promise<Named> {
  const { accountId, mailboxId, known, saved } = selectedIn(session);
  const view = await openView(session.store, whoIn(session).actor, accountId, mailboxId);
  const uids = await numbersOf(session.store, known, view);
  return { view, uids, length: known.length, positions: positionsIn(set, byUid, uids, known.length, saved) };
}

function positionsIn(
  set: SequenceSet,
  byUid: boolean,
  uids: Uint32Array,
  length: number,
  saved: Uint32Array,
): Uint32Array {
  if (set.kind === 'saved') return indicesOfUids(rangesOf(saved), uids, length);
  if (byUid) return indicesOfUids(resolveSet(set.pairs, uids[length - 1] ?? 0), uids, length);
  const positions = indicesOfNumbers(resolveSet(set.pairs, length), length);
  if (!positions) throw tellBad('There is no message of this number');
  return positions;
}

/** The uids at these positions. */
export function uidsAt({ uids, positions }: Named): Uint32Array {
  return positions.map((position) => uids[position] ?? 0);
}
