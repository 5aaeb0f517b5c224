/**
 * Marking emails as seen or not for one reader. For everybody else nothing changes, but the emails' clock moves: the
 * reader's other programs hear of it as of any change.
 */
import type { Reader } from '#server/access/reader.ts';
import type { EmailId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { moveCounts } from '#server/mail/mailboxes/queries.ts';
import { replaceSaid, touchEverywhere } from './queries.ts';

const nothing = { emails: 0, unreadEmails: 0, threads: 0, unreadThreads: 0, octets: 0 };

/** @param seen by email, each once. */
export async function markSeenBy(tx: AccountTx, reader: Reader, seen: ReadonlyMap<EmailId, boolean>): Promise<void> {
  if (seen.size === 0) return;
  for (const isSeen of [true, false]) {
    const ids = [...seen].filter(([, wanted]) => wanted === isSeen).map(([id]) => id);
    if (ids.length > 0) await replaceSaid(tx, reader.personId, ids, isSeen);
  }
  for (const mailboxId of await touchEverywhere(tx, [...seen.keys()])) await moveCounts(tx, mailboxId, nothing);
  tx.changed('Email', 'Mailbox');
}
