/** Telling the owner that a filter could not do what it says: a letter in their inbox, one a day at most. */
import { fileMessage } from '#server/mail/emails/file.ts';
import { ingest } from '#server/mail/ingest.ts';
import { noKeywords } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type AccountId, asMilliseconds } from '#server/store/ids.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import type { FilterPlan } from '#server/filters/delivery/plan.ts';
import { remember, selectRemembered } from '#server/filters/queries/memory.ts';
import { printNotice } from './print.ts';

const everyMs = 86_400_000;

/** After the message is kept, and never its fate: a notice that cannot be filed waits for the next fault. */
export async function tellOwner(
  store: Store,
  accountId: AccountId,
  { head, message, scriptName }: Pick<FilterPlan, 'head' | 'message' | 'scriptName'>,
  sentences: readonly string[],
): Promise<void> {
  const { at } = head;
  const octets = printNotice({ script: scriptName, sentence: sentences.join('\r\n') }, message, head);
  try {
    const notice = await ingest(store, octets);
    await transaction(store, accountId, async (tx) => {
      if ((await selectRemembered(tx, accountId, 'told', 'fault', at)) > 0) return;
      const savedAt = asMilliseconds(at);
      await fileMessage(tx, notice, {
        mailboxIds: [await requireMailboxByRole(tx, 'inbox', at)],
        keywords: noKeywords,
        receivedAt: savedAt,
        arrivalId: null,
        savedAt,
        isDelivery: true,
      });
      await remember(tx, 'told', 'fault', at, at + everyMs);
    });
  } catch (error) {
    const isFull = error instanceof Refusal && error.reason === 'overQuota';
    if (!isFull && !(error instanceof StoreUnavailable)) throw error;
  }
}
