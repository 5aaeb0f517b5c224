/** Emails as one reader has them: the one step between rows, which are everybody's, and who asked. */
import type { Reader } from '#server/access/reader.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Keywords } from '#server/mail/keywords.ts';
import { selectSaid } from './queries.ts';
import { asReadBy } from './seen.ts';

/** Costs nothing where `$seen` is everybody's: then there is no reader. */
export async function shownTo<
  T extends { readonly id: number; readonly receivedAt: number; readonly keywords: Keywords },
>(tx: Tx, accountId: AccountId, reader: Reader | undefined, emails: readonly T[]): Promise<readonly T[]> {
  if (reader === undefined) return emails;
  const ids = emails.map(({ id }) => id);
  const said = await selectSaid(tx, accountId, reader.personId, ids);
  return emails.map((email) => asReadBy(reader, said, email));
}
