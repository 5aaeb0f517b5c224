/** Statements: accounts as those who own them are found, by number or by address. */
import { type AccountId, asId, type TenantId } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';

export interface PrincipalRow {
  readonly accountId: AccountId;
  /** `person`, or what else it is the account of. */
  readonly kind: string;
  readonly name: string;
  readonly email: string;
}

/** Those of the tenant that are not closed, by name. */
export async function selectPrincipals(
  tx: Tx,
  tenantId: TenantId,
  by:
    | { readonly column: 'id'; readonly values: readonly number[] }
    | { readonly column: 'email'; readonly values: readonly string[] },
): Promise<readonly PrincipalRow[]> {
  const found = await rows(
    tx,
    tx.q
      .selectFrom('account')
      .select(['account.id', 'account.kind', 'account.name', 'account.email'])
      .where('account.tenant_id', '=', tenantId)
      .where('account.state', '<>', 'closed')
      .where(
        by.column === 'id'
          ? tx.anyOf('account.id', by.values)
          : (eb) =>
              eb.exists(
                eb
                  .selectFrom('address')
                  .select('address.address')
                  .whereRef('address.tenant_id', '=', 'account.tenant_id')
                  .whereRef('address.account_id', '=', 'account.id')
                  .where(tx.anyOf('address.address', by.values)),
              ),
      )
      .orderBy('account.name')
      .orderBy('account.id'),
  );
  return found.map(({ id, kind, name, email }) => ({ accountId: asId<AccountId>(id), kind, name, email }));
}
