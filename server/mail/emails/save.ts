/** The last step of every way in which a person makes an email: rights, limits, and then it is filed. */
import type { Actor } from '#server/access/actor.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, BlobHash, EmailId, MailboxId, Milliseconds, Modseq, ThreadId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { keywordLimits, keywordsOf } from '#server/mail/keywords.ts';
import { selectMailboxIdByRole } from '#server/mail/mailboxes/queries.ts';
import { fileAsRead } from '#server/mail/personal/file.ts';
import { mailboxesPerEmail } from './change.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { fileMessage } from './file.ts';
import { requireState } from './state.ts';

/** Where an email goes and what it is marked with. */
export interface Saving {
  readonly mailboxIds: readonly MailboxId[];
  /** Valid ones (isKeyword). */
  readonly keywords: readonly string[];
  readonly receivedAt: Milliseconds;
  /** The Email state the client takes for the present one (RFC 8620 §5.3). */
  readonly ifInState?: Modseq | undefined;
}

export interface SavedEmail {
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
  readonly hash: BlobHash;
  readonly sizeOctets: number;
}

/**
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`, `noSuchMailbox`, `invalidProperties`, `tooMany` naming
 * the property, `overQuota`, `stateMismatch`.
 */
export function saveEmail(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  message: ReadMessage,
  saving: Saving,
): Promise<SavedEmail> {
  const { mailboxIds, receivedAt } = saving;
  const keywords = keywordsOf(saving.keywords);
  if (mailboxIds.length > mailboxesPerEmail) {
    throw new Refusal('tooMany', { properties: ['mailboxIds'], limit: mailboxesPerEmail });
  }
  if (new Set(saving.keywords).size > keywordLimits.perEmail) {
    throw new Refusal('tooMany', { properties: ['keywords'], limit: keywordLimits.perEmail });
  }
  return transaction(store, accountId, async (tx) => {
    const reader = await requireRightToFile(tx, actor, mailboxIds);
    requireState(tx, saving.ifInState);
    const savedAt = store.now() as Milliseconds;
    const filing = { mailboxIds, keywords, receivedAt, arrivalId: null, savedAt, isDelivery: false };
    const [filed] = await fileAsRead(tx, reader, [{ message, filing }], (given) =>
      Promise.all(given.map((one) => fileMessage(tx, one.message, one.filing))),
    );
    if (!filed) throw new Error('one message gave no email');
    const { emailId, threadId } = filed;
    const { hash, sizeOctets } = message.staged;
    return { emailId, threadId, hash, sizeOctets };
  });
}

/**
 * Who may only write drafts may put them where drafts are.
 * @returns whose `$seen` it is, where it is not everybody's.
 */
export async function requireRightToFile(
  tx: AccountTx,
  actor: Actor,
  mailboxIds: readonly MailboxId[],
): Promise<Reader | undefined> {
  const { rights, reader } = await requireRight(tx, actor, tx.accountId, 'writeDrafts');
  if (rights.includes('write')) return reader;
  const draftsId = await selectMailboxIdByRole(tx, tx.accountId, 'drafts');
  if (!mailboxIds.every((id) => id === draftsId)) throw new Refusal('mayNot', { description: 'drafts only' });
  return reader;
}
