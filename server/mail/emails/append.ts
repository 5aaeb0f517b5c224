/** Appending messages to a mailbox (RFC 9051 §6.3.12, RFC 3502): read and staged one by one, filed all or none. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type AccountId, asMilliseconds, type MailboxId, type Modseq } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { isKeyword, keywordLimits, keywordsOf } from '#server/mail/keywords.ts';
import { selectMailbox } from '#server/mail/mailboxes/queries.ts';
import { fileAsRead } from '#server/mail/personal/file.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { fileMany } from './file-many.ts';
import { updateDeleted } from './place-queries.ts';
import { requireRightToFile } from './save.ts';

export interface MessageToAppend {
  /** See mail/ingest.ts. */
  readonly message: ReadMessage;
  readonly keywords: readonly string[];
  readonly isDeleted: boolean;
  /** Milliseconds since 1970; undefined for now. */
  readonly receivedAt: number | undefined;
}

export interface Appended {
  readonly uidValidity: number;
  /** In the order given. */
  readonly uids: readonly number[];
}

/**
 * @param mailbox with a modseq, only while nothing but emails changed there since: else it is `noSuchMailbox`.
 * @throws {Refusal} `noSuchAccount`, `noSuchMailbox`, `mayNot`, `readOnlyAccount`, `overQuota`, `invalidArguments` for what is no
 * keyword, `tooMany`.
 */
export async function appendMessages(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  { mailboxId, modseq }: { readonly mailboxId: MailboxId; readonly modseq?: Modseq },
  messages: readonly MessageToAppend[],
): Promise<Appended> {
  for (const { keywords } of messages) {
    if (!keywords.every(isKeyword)) throw new Refusal('invalidArguments', { properties: ['keywords'] });
    if (keywords.length > keywordLimits.perEmail) throw new Refusal('tooMany', { limit: keywordLimits.perEmail });
  }
  return transaction(store, accountId, async (tx) => {
    const reader = await requireRightToFile(tx, actor, [mailboxId]);
    const mailbox = await selectMailbox(tx, accountId, mailboxId);
    if (!mailbox || (modseq !== undefined && mailbox.modseq !== modseq)) throw new Refusal('noSuchMailbox');
    const at = asMilliseconds(store.now());
    const toFile = messages.map(({ message, keywords, receivedAt }) => ({
      message,
      filing: {
        mailboxIds: [mailboxId],
        keywords: keywordsOf(keywords),
        receivedAt: receivedAt === undefined ? at : asMilliseconds(receivedAt),
        arrivalId: null,
        savedAt: at,
        isDelivery: false,
      },
    }));
    const filed = await fileAsRead(tx, reader, toFile, (given) => fileMany(tx, given));
    const uids = filed.map(({ uid }) => uid);
    const deleted = uids.filter((_uid, index) => messages[index]?.isDeleted);
    if (deleted.length > 0) await updateDeleted(tx, mailboxId, deleted, true);
    return { uidValidity: mailbox.uidValidity, uids };
  });
}
