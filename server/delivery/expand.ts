/** Recipients that are groups, as the people they are: what happened to those is what happened to the group. */
import { Refusal } from '#server/access/refusal.ts';
import { expandGroup } from '#server/directory/groups/expand.ts';
import type { AccountId } from '#server/store/ids.ts';
import { glance, type Store } from '#server/store/store.ts';

import type { Delivered, DeliveredEach } from './deliver.ts';
import type { Recipient } from './recipient.ts';

export interface ExpandedGroup {
  /** Its own account's number. */
  readonly id: AccountId;
  readonly members: ReadonlySet<AccountId>;
}

export interface Expanded {
  /** For whom there is something to file: no group among them. */
  readonly people: readonly Recipient[];
  /** The groups among those given, with whom each leads to. */
  readonly groups: readonly ExpandedGroup[];
  /** What is to be said of each of those given, in their order, once it is known of each account. */
  outcomesOf(of: (accountId: AccountId) => DeliveredEach): readonly DeliveredEach[];
}

export async function expandRecipients(store: Store, recipients: readonly Recipient[]): Promise<Expanded> {
  if (!recipients.some(({ isGroup }) => isGroup)) {
    return { people: recipients, groups: [], outcomesOf: (of) => recipients.map(({ accountId }) => of(accountId)) };
  }
  const expanded = await glance(store, async (tx) => {
    const found: (readonly Recipient[] | Refusal)[] = [];
    for (const recipient of recipients) {
      if (recipient.isGroup !== true) found.push([recipient]);
      else
        found.push(
          await expandGroup(tx, recipient.tenantId, recipient.accountId).then(
            (accounts) => accounts.map((accountId) => memberOf(recipient, accountId)),
            refusalOf,
          ),
        );
    }
    return found;
  });
  return {
    people: expanded.flatMap((people) => (people instanceof Refusal ? [] : people)),
    groups: recipients.flatMap(({ isGroup, accountId: id }, index) => {
      const people = expanded[index];
      if (isGroup !== true || people === undefined || people instanceof Refusal) return [];
      return [{ id, members: new Set(people.map(({ accountId }) => accountId)) }];
    }),
    outcomesOf: (of) =>
      expanded.map((group) =>
        group instanceof Refusal
          ? { kind: 'refused', refusal: group }
          : together(group.map(({ accountId }) => of(accountId))),
      ),
  };
}

function memberOf({ tenantId, address }: Recipient, accountId: AccountId): Recipient {
  return { tenantId, accountId, address, detail: undefined };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

/** Whoever sends again sends to all of them; who has no room any more keeps the others from nothing. */
function together(outcomes: readonly DeliveredEach[]): DeliveredEach {
  const delivered: Delivered = { kind: 'delivered' };
  const failed = outcomes.find(({ kind }) => kind === 'failed');
  if (failed) return failed;
  return outcomes.some(({ kind }) => kind === 'delivered') ? delivered : (outcomes[0] ?? delivered);
}
