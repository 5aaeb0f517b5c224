/** A mailbox by its role, made anew when its owner has none: a delivery always finds an inbox. */
import type { MailboxId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { createMailboxIn } from './change.ts';
import { type MailboxRole, selectMailboxes, selectMailboxIdByRole } from './queries.ts';

/** By which programs know a role, whatever its mailbox is called to people. */
export const usualNames: Readonly<Record<MailboxRole, string>> = {
  inbox: 'Inbox',
  drafts: 'Drafts',
  sent: 'Sent',
  archive: 'Archive',
  junk: 'Junk',
  trash: 'Trash',
  important: 'Important',
};

export async function requireMailboxByRole(tx: AccountTx, role: MailboxRole, at: number): Promise<MailboxId> {
  const known = await selectMailboxIdByRole(tx, tx.accountId, role);
  if (known !== undefined) return known;
  const taken = new Set((await selectMailboxes(tx, tx.accountId)).map((mailbox) => mailbox.name));
  const usual = usualNames[role];
  const name = [usual, `${usual} 2`, `${usual} 3`].find((each) => !taken.has(each)) ?? `${usual} ${at}`;
  return createMailboxIn(tx, { name, role }, at);
}
