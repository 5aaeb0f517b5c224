/**
 * Delivering to our own people. The message is read and staged once; each recipient's account files it in a
 * transaction of its own. What was acknowledged for one recipient is durable, whatever becomes of the others.
 */
import { Refusal } from '#server/access/refusal.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { sieveMessage } from '#formats/sieve/message.ts';
import { forgetCopies, hasCopy, noteCopy } from '#server/filters/delivery/copies.ts';
import { isCurrent, throughFilters } from '#server/filters/delivery/filter.ts';
import { performFilters } from '#server/filters/delivery/perform.ts';
import type { Incoming } from '#server/filters/delivery/plan.ts';
import { type Filing, fileMessage } from '#server/mail/emails/file.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf, noKeywords } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { selectStoredBlobs } from '#server/store/blobs/link-many.ts';
import { hashOf, type StagedBlob } from '#server/store/blobs/stage.ts';
import { unstageBlob } from '#server/store/blobs/store.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import { type AccountId, asMilliseconds, type BlobHash } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction, UnknownAccount } from '#server/store/transaction.ts';

import type { Arrival } from './arrival.ts';
import { type ExpandedGroup, expandRecipients } from './expand.ts';
import { hasArrived, insertArrival } from './queries.ts';
import type { Recipient } from './recipient.ts';

export type Delivered = { readonly kind: 'delivered' } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** `failed`: not kept for this recipient now, and to be sent to this one alone again. */
export type DeliveredEach = Delivered | { readonly kind: 'failed'; readonly error: unknown };

/** Accounts written side by side: the engine groups their commits. */
const atOnce = 64;

/**
 * For those who can only send to all of them again.
 *
 * @returns one outcome a recipient, in their order. An address that stands twice, or two addresses of one account,
 * bring one email.
 * @throws {StoreUnavailable} when it cannot be kept for everybody now: to be tried again later, by the one who sends.
 * Nothing is under way any more then.
 */
export async function deliver(
  store: Store,
  octets: Uint8Array,
  arrival: Arrival,
  recipients: readonly Recipient[],
): Promise<readonly Delivered[]> {
  const outcomes = await deliverEach(store, octets, arrival, recipients);
  return outcomes.map((outcome) => {
    if (outcome.kind === 'failed') throw outcome.error;
    return outcome;
  });
}

/**
 * For those who can send to one recipient again and not to the others (RFC 2033 §4.2): who has it already would get it
 * twice otherwise, at each new attempt.
 *
 * @returns as `deliver`. @throws {StoreUnavailable} when nothing at all can be kept now.
 */
export async function deliverEach(
  store: Store,
  octets: Uint8Array,
  arrival: Arrival,
  given: readonly Recipient[],
): Promise<readonly DeliveredEach[]> {
  const { people: recipients, groups, outcomesOf } = await expandRecipients(store, given);
  const message = await ingest(store, octets);
  const copies = copiesOf(groups, message.staged.hash, arrival);
  const isJunk = arrival.verdicts.some((each) => each.verdict === 'junk');
  const incomingOf = incomingTo(octets, arrival, recipients, isJunk);
  const deliverTo = async (accountId: AccountId): Promise<DeliveredEach> => {
    try {
      await throughFilters(store, accountId, incomingOf(accountId), (prepared) =>
        transaction(store, accountId, async (tx) => {
          // A submission whose first run died, or is slower than its lease, is run again: it still brings one email.
          if (arrival.by === 'submission' && (await hasArrived(tx, message.staged.hash, arrival.id))) return undefined;
          const keys = copies.keysOf(accountId);
          if (await hasCopy(tx, keys, store.now())) return undefined;
          if (!isCurrent(prepared, tx)) return { states: tx.before.states };
          await insertArrival(tx, tx.tenantId, arrival);
          const filing: Filing = {
            mailboxIds: [await requireMailboxByRole(tx, isJunk ? 'junk' : 'inbox', store.now())],
            keywords: isJunk ? keywordsOf(['$junk']) : noKeywords,
            receivedAt: asMilliseconds(arrival.at),
            arrivalId: arrival.id,
            savedAt: asMilliseconds(store.now()),
            isDelivery: true,
          };
          if (prepared.plan) {
            const usual = { filing, arrivalId: arrival.id, mayComeAgain: arrival.by === 'submission' };
            const performed = await performFilters(store, tx, message, prepared.plan, usual);
            if (performed.kind === 'done') await noteCopy(tx, keys, store.now());
            return performed;
          }
          await fileMessage(tx, message, filing);
          await noteCopy(tx, keys, store.now());
          return undefined;
        }),
      );
      return { kind: 'delivered' };
    } catch (error) {
      if (error instanceof UnknownAccount) return { kind: 'refused', refusal: new Refusal('noSuchRecipient') };
      if (error instanceof Refusal) return { kind: 'refused', refusal: error };
      return { kind: 'failed', error };
    }
  };
  const accountIds = [...new Set(recipients.map((recipient) => recipient.accountId))];
  const outcomes = new Map<AccountId, DeliveredEach>();
  for (let from = 0; from < accountIds.length; from += atOnce) {
    const some = accountIds.slice(from, from + atOnce);
    const done = await Promise.all(some.map(deliverTo));
    for (const [index, accountId] of some.entries()) outcomes.set(accountId, done[index] ?? { kind: 'delivered' });
  }
  await unstageDouble(store, message.staged, accountIds);
  const isServed = (accountId: AccountId): boolean => outcomes.get(accountId)?.kind !== 'failed';
  await forgetServed(store, copies.groups, isServed);
  return outcomesOf((accountId) => outcomes.get(accountId) ?? { kind: 'delivered' });
}

/** What filters see of a message, made once for all recipients and only where one of them has a filter. */
function incomingTo(
  octets: Uint8Array,
  { mailFrom, remoteAddress, helloName }: Arrival,
  recipients: readonly Recipient[],
  isJunk: boolean,
): (accountId: AccountId) => () => Incoming {
  let message: Incoming['message'] | undefined;
  return (accountId) => () => {
    const recipient = recipients.find((each) => each.accountId === accountId);
    if (!recipient) throw new Error(`nothing came for account ${accountId}`);
    const { tenantId, address } = recipient;
    message ??= sieveMessage(octets, parseMessage(octets));
    return { accountId, tenantId, address, mailFrom, remoteAddress, helloName, isJunk, message };
  };
}

interface Copies {
  readonly groups: readonly (ExpandedGroup & { readonly key: string })[];
  /** What an account's copy is known by; nothing where no group leads to it. */
  keysOf(accountId: AccountId): readonly string[];
}

/**
 * Only by LMTP: a front sends again what failed, octet for octet, and to the whole group. A submission that is run again
 * is known by its arrival, and from outside nobody writes to a group.
 */
function copiesOf(groups: readonly ExpandedGroup[], hash: BlobHash, { by, mailFrom }: Arrival): Copies {
  const known = by === 'lmtp' ? groups : [];
  const keyed = known.map((group) => ({ ...group, key: hashOf(Buffer.from(`${group.id} ${hash} ${mailFrom}`)) }));
  return {
    groups: keyed,
    keysOf: (accountId) => keyed.flatMap(({ members, key }) => (members.has(accountId) ? [key] : [])),
  };
}

async function forgetServed(
  store: Store,
  groups: Copies['groups'],
  isServed: (accountId: AccountId) => boolean,
): Promise<void> {
  const served = groups.filter(({ members }) => [...members].every(isServed));
  if (served.length === 0) return;
  try {
    await write(store, async (tx) => {
      for (const { members, key } of served) await forgetCopies(tx, [...members], key);
    });
  } catch (error) {
    // What is delivered is delivered; what is not forgotten now is forgotten in a week.
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}

/** A large message that came before, to anybody of the house, was staged for nothing. */
async function unstageDouble(store: Store, staged: StagedBlob, accountIds: readonly AccountId[]): Promise<void> {
  if (staged.stored.kind === 'row') return;
  const { location } = staged.stored;
  try {
    const links = accountIds.map((accountId) => ({ accountId, staged }));
    const kept = await read(store, (tx) => selectStoredBlobs(tx, links));
    // Where nobody has it, a commit whose answer was lost may still have kept it: collection looks again, much later.
    if (kept.size > 0 && !kept.has(location)) await unstageBlob(store, staged);
  } catch (error) {
    // What is delivered is delivered: whatever is left over is swept by the collection of blobs.
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
