/**
 * Emails a person files in an account where `$seen` is each reader's own: what they bring along as read, they have read,
 * and nobody else has. What was written there (a draft, a copy in Sent) is news to none of them: read is read for all.
 */
import type { Reader } from '#server/access/reader.ts';
import type { EmailId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { MessageToFile } from '#server/mail/emails/file-many.ts';
import { flagBits } from '#server/mail/keywords.ts';
import { selectMailboxIdByRole } from '#server/mail/mailboxes/queries.ts';
import { markSeenBy } from './mark.ts';
import { hasSeen, withSeen } from './seen.ts';

/** Files what `file` files, one email for each of `given`, and keeps the reader's `$seen` apart. */
export async function fileAsRead<Filed extends { readonly emailId: EmailId }>(
  tx: AccountTx,
  reader: Reader | undefined,
  given: readonly MessageToFile[],
  file: (given: readonly MessageToFile[]) => Promise<readonly Filed[]>,
): Promise<readonly Filed[]> {
  if (reader === undefined || !given.some(({ filing }) => hasSeen(filing.keywords))) return file(given);
  const sentId = await selectMailboxIdByRole(tx, tx.accountId, 'sent');
  const isBrought = given.map(
    ({ filing: { keywords, mailboxIds } }) =>
      hasSeen(keywords) && (keywords.flags & flagBits.$draft) === 0 && !mailboxIds.some((id) => id === sentId),
  );
  const filed = await file(given.map((one, index) => (isBrought[index] ? asNew(one) : one)));
  const mine = filed.filter((_, index) => isBrought[index]);
  await markSeenBy(tx, reader, new Map(mine.map(({ emailId }) => [emailId, true])));
  return filed;
}

function asNew({ message, filing }: MessageToFile): MessageToFile {
  const { keywords } = filing;
  return { message, filing: { ...filing, keywords: { ...keywords, flags: withSeen(keywords.flags, false) } } };
}
