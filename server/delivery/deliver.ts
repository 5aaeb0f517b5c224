/**
 * Delivering to our own people. The message is read and staged once; each recipient's account files it in a
 * transaction of its own. What was acknowledged for one recipient is durable, whatever becomes of the others.
 */
import { Refusal } from '#server/access/refusal.ts';
import { fileMessage } from '#server/mail/emails/file.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf, noKeywords } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { type AccountId, asMilliseconds } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { transaction, UnknownAccount } from '#server/store/transaction.ts';

import type { Arrival } from './arrival.ts';
import { insertArrival } from './queries.ts';
import type { Recipient } from './recipient.ts';

export type Delivered = { readonly kind: 'delivered' } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Accounts written side by side: the engine groups their commits. */
const atOnce = 64;

/**
 * @returns one outcome a recipient, in their order. An address that stands twice, or two addresses of one account,
 * bring one email.
 * @throws {StoreUnavailable} when nothing can be kept now: to be tried again later, by the one who sends.
 */
export async function deliver(
  store: Store,
  octets: Uint8Array,
  arrival: Arrival,
  recipients: readonly Recipient[],
): Promise<readonly Delivered[]> {
  const message = await ingest(store, octets);
  const isJunk = arrival.verdicts.some((each) => each.verdict === 'junk');
  const deliverTo = async (accountId: AccountId): Promise<Delivered> => {
    try {
      await transaction(store, accountId, async (tx) => {
        await insertArrival(tx, tx.tenantId, arrival);
        await fileMessage(tx, message, {
          mailboxIds: [await requireMailboxByRole(tx, isJunk ? 'junk' : 'inbox', store.now())],
          keywords: isJunk ? keywordsOf(['$junk']) : noKeywords,
          receivedAt: asMilliseconds(arrival.at),
          arrivalId: arrival.id,
          savedAt: asMilliseconds(store.now()),
          isDelivery: true,
        });
      });
      return { kind: 'delivered' };
    } catch (error) {
      if (error instanceof UnknownAccount) return { kind: 'refused', refusal: new Refusal('noSuchRecipient') };
      if (error instanceof Refusal) return { kind: 'refused', refusal: error };
      throw error;
    }
  };
  const accountIds = [...new Set(recipients.map((recipient) => recipient.accountId))];
  const outcomes = new Map<AccountId, Delivered>();
  for (let from = 0; from < accountIds.length; from += atOnce) {
    const some = accountIds.slice(from, from + atOnce);
    const done = await Promise.all(some.map(deliverTo));
    for (const [index, accountId] of some.entries()) outcomes.set(accountId, done[index] ?? { kind: 'delivered' });
  }
  return recipients.map(({ accountId }) => outcomes.get(accountId) ?? { kind: 'delivered' });
}
