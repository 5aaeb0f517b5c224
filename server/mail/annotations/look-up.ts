/** Shared annotations as filters see them: by nobody in person, whatever the mailbox. */
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectAnnotations } from './queries.ts';

/**
 * The value of one entry as text; null where there is none. `mailboxId` 0: of the account. A person's own (`/private/…`)
 * is never found.
 */
export async function sharedAnnotation(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId | 0,
  entry: string,
): Promise<string | null> {
  const name = entry.toLowerCase();
  const found = (await selectAnnotations(tx, accountId, mailboxId, 0)).find(
    (each) => each.entry.toLowerCase() === name,
  );
  return found && name.startsWith('/shared/') ? new TextDecoder().decode(found.value) : null;
}
