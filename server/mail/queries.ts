/** SQL that belongs to no single kind of mail object. */
import { type ChangeType, parseStates, type States } from '#server/store/changes.ts';
import { type AccountId, asId, asModseq, type Modseq, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

const selectStates = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select(['states', 'tenant_id']).where('id', '=', p.accountId),
);

/** Each type's state (RFC 8620 §1.6.3): the clock when it last changed. */
export async function selectStatesOf(tx: Tx, accountId: AccountId): Promise<States> {
  const row = await selectStates.first(tx, { accountId });
  return row ? parseStates(row.states) : {};
}

/** One type's state; 0 where nothing of the kind ever changed. */
export async function selectStateOf(tx: Tx, accountId: AccountId, type: ChangeType): Promise<Modseq> {
  return (await selectStatesOf(tx, accountId))[type] ?? asModseq(0);
}

/** The tenant an account belongs to. @throws {RangeError} when there is no such account: check rights first. */
export async function selectTenantOf(tx: Tx, accountId: AccountId): Promise<TenantId> {
  const row = await selectStates.first(tx, { accountId });
  return asId<TenantId>(row?.tenant_id ?? 0);
}
