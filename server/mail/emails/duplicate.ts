/**
 * Making a second email of one that is there: IMAP may copy an email into a mailbox that holds it already (RFC 9051
 * §6.4.7), and an email stands in a mailbox once. The octets and what was read from them are shared.
 */
import { linkKnownBlob } from '#server/store/blobs/store.ts';
import type { EmailId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';
import { Refusal } from '#server/access/refusal.ts';

import { insertSaidLike } from '#server/mail/personal/queries.ts';
import { touchThreads } from '#server/mail/threads/queries.ts';
import type { Placed } from './place-queries.ts';
import { insertEmailLike, insertThreadKeysLike } from './duplicate-queries.ts';
import { insertKeywords, insertSearchDue } from './queries.ts';

/**
 * The new emails, in the order of `originals`; they are filed nowhere yet. `at`: milliseconds since 1970.
 * @param isSeenPersonal whether each reader has a `$seen` of their own: it is copied too.
 * @throws {Refusal} `overQuota`
 */
export async function duplicateEmails(
  tx: AccountTx,
  originals: readonly Placed[],
  at: number,
  isSeenPersonal: boolean,
): Promise<readonly EmailId[]> {
  const octets = originals.reduce((sum, { sizeOctets }) => sum + sizeOctets, 0);
  const { quotaOctets, usedOctets } = tx.usage;
  if (quotaOctets !== null && usedOctets + octets > quotaOctets) throw new Refusal('overQuota');
  const ids: EmailId[] = [];
  for (const { email } of originals) {
    const id = tx.newId<EmailId>();
    const { accountId, tenantId } = tx;
    await linkKnownBlob(tx, email.hash, { accountId, tenantId, kind: 'email', owner: String(id), expiresAt: null });
    await insertEmailLike(tx, email.id, id, at);
    await insertKeywords(tx, id, email.keywords.others);
    await insertThreadKeysLike(tx, email.id, id);
    if (isSeenPersonal) await insertSaidLike(tx, email.id, id);
    ids.push(id);
  }
  await touchThreads(tx, [...new Set(originals.map(({ threadId }) => threadId))]);
  await insertSearchDue(tx, ids);
  tx.grow(octets, originals.length);
  tx.changed('Thread');
  return ids;
}
