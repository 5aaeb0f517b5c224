/** SQL on accounts whose mail is held. */
import { type AccountId, asId, type SubmissionId, type TenantId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export interface Hold {
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  readonly at: number;
  /** Messages that may go all the same. */
  readonly released: readonly SubmissionId[];
}

const selectOne = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('queue_hold').selectAll().where('account_id', '=', p.accountId),
);

export async function selectHold(tx: Tx, accountId: AccountId): Promise<Hold | undefined> {
  const row = await selectOne.first(tx, { accountId });
  return (
    row && {
      accountId,
      tenantId: asId<TenantId>(row.tenant_id),
      at: row.at,
      released: JSON.parse(row.released) as readonly SubmissionId[],
    }
  );
}

const deleteOne = statement<{ accountId: number }>()(({ q, p }) =>
  q.deleteFrom('queue_hold').where('account_id', '=', p.accountId),
);

export async function deleteHold(tx: Tx, accountId: AccountId): Promise<void> {
  await deleteOne.run(tx, { accountId });
}

export async function upsertHold(tx: Tx, { accountId, tenantId, at, released }: Hold): Promise<void> {
  await deleteHold(tx, accountId);
  await insertRows(tx, 'queue_hold', [
    { account_id: accountId, tenant_id: tenantId, at, released: JSON.stringify(released) },
  ]);
}
