/**
 * What somebody may do to drafts who may write them and nothing else: replace and drop them, and once they may send for
 * the account, file among what was sent what has left.
 */
import { Refusal } from '#server/access/refusal.ts';
import type { Right } from '#server/access/rights.ts';
import { flagBits } from '#server/mail/keywords.ts';
import { selectMailboxIdByRole } from '#server/mail/mailboxes/queries.ts';
import type { EmailId, MailboxId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type { EmailChange, SetChange } from './change.ts';
import { selectEmails, selectFiled } from './queries.ts';

/** @throws {Refusal} `mayNot` unless each of them that is there is a draft, and filed with the drafts alone. */
export async function requireDrafts(tx: AccountTx, ids: readonly EmailId[]): Promise<void> {
  const draftsId = await selectMailboxIdByRole(tx, tx.accountId, 'drafts');
  const emails = await selectEmails(tx, tx.accountId, ids);
  const places = await selectFiled(tx, tx.accountId, [...emails.keys()]);
  const areDrafts = [...emails.values()].every(({ keywords }) => (keywords.flags & flagBits.$draft) !== 0);
  if (!areDrafts || !places.every(({ mailboxId }) => mailboxId === draftsId)) throw onlyDrafts();
}

/** @throws {Refusal} `mayNot` for anything but a draft, and for putting one anywhere but where drafts and sent mail are. */
export async function requireDraftChanges(
  tx: AccountTx,
  changes: readonly EmailChange[],
  rights: readonly Right[],
): Promise<void> {
  await requireDrafts(
    tx,
    changes.map(({ emailId }) => emailId),
  );
  const draftsId = await selectMailboxIdByRole(tx, tx.accountId, 'drafts');
  const sentId = rights.includes('sendOnBehalf') ? await selectMailboxIdByRole(tx, tx.accountId, 'sent') : undefined;
  for (const { mailboxIds, keywords } of changes) {
    const entered = given(mailboxIds);
    const isSent = sentId !== undefined && entered.includes(sentId);
    if (!entered.every((id: MailboxId) => id === draftsId || id === sentId)) throw onlyDrafts();
    if (!isSent && keywords !== undefined && !keepsDraft(keywords)) throw onlyDrafts();
  }
}

function given<T>(change: SetChange<T> | undefined): readonly T[] {
  if (change === undefined) return [];
  return change.kind === 'replace' ? change.by : change.add;
}

function keepsDraft(change: SetChange<string>): boolean {
  return change.kind === 'replace' ? change.by.includes('$draft') : !change.remove.includes('$draft');
}

const onlyDrafts = (): Refusal => new Refusal('mayNot', { description: 'drafts only' });
