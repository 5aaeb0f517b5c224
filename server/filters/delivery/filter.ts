/**
 * The stop "filter" on the road of a message in, for one account: plan, then perform in the account's transaction, and
 * again from the beginning where a script, or what it asked about, changed in between. An account that never had a
 * filter pays for none of it: its transaction finds that out from states it has read anyway.
 */
import { recordTrace } from '#server/records/trace.ts';
import { hashOf } from '#server/store/blobs/stage.ts';
import type { States } from '#server/store/changes.ts';
import type { AccountId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { tellOwner } from '#server/filters/letters/tell.ts';
import { filtersKey, lastFilters } from '#server/filters/load.ts';
import type { Performed } from './perform.ts';
import { type FilterPlan, type Incoming, planFilters } from './plan.ts';

/** What is known of an account's filters before its transaction. */
export interface Prepared {
  readonly key: string | undefined;
  /** undefined: nothing is active. */
  readonly plan: FilterPlan | undefined;
}

/** Rounds before a delivery is put off: scripts do not change that often. */
const rounds = 8;

/**
 * Delivers through the filters. `run` opens the account's transaction and asks there `isCurrent`; it answers with the
 * states it met where they were not, else with what `performFilters` said, or undefined when it filed without.
 * @param incoming called only where there is something to evaluate.
 */
export async function throughFilters(
  store: Store,
  accountId: AccountId,
  incoming: () => Incoming,
  run: (prepared: Prepared) => Promise<{ readonly states: States } | Performed | undefined>,
): Promise<void> {
  let key = lastFilters(store, accountId)?.key;
  for (let round = 0; round < rounds; round += 1) {
    const plan = key === undefined ? undefined : await planFilters(store, incoming(), key);
    const ran = await run({ key, plan }).catch(async (error: unknown) => {
      if (plan && error === plan.refusal) await traceRefusal(store, accountId, plan);
      throw error;
    });
    if (ran === undefined) return;
    if ('states' in ran) key = filtersKey(ran.states);
    else if (ran.kind === 'done') {
      if (plan && ran.faults.length > 0) await tellOwner(store, accountId, plan, ran.faults);
      return;
    }
  }
  throw new Error(`the filters of account ${accountId} changed all the time`);
}

/** Whether what was prepared is what the account has now. Costs nothing. */
export function isCurrent(prepared: Prepared, tx: AccountTx): boolean {
  return prepared.key === filtersKey(tx.before.states);
}

/** A refusal leaves no email to tell of it: the institution's trace does. */
async function traceRefusal(
  store: Store,
  accountId: AccountId,
  { head, scriptName, message }: FilterPlan,
): Promise<void> {
  const { at, owner } = head;
  const actor = { kind: 'system', as: 'delivery' } as const;
  const details = { script: scriptName, hash: hashOf(message.octets) };
  const { tenantId } = owner;
  await write(store, (tx) => recordTrace(tx, { tenantId, actor, verb: 'filterReject', at, accountId, details }));
}
