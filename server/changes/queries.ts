/** The clock and states of an account, as rows. */
import { parseStates, type States } from '#server/store/changes.ts';
import { type AccountId, asModseq, type Modseq } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

const selectAccountClock = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select(['modseq', 'states']).where('id', '=', p.accountId),
);

export interface Clock {
  /** Of the account: one more for each transaction that changed anything. */
  readonly modseq: Modseq;
  readonly states: States;
}

export async function selectClock(tx: Tx, accountId: AccountId): Promise<Clock | undefined> {
  const row = await selectAccountClock.first(tx, { accountId });
  return row && { modseq: asModseq(row.modseq), states: parseStates(row.states) };
}
