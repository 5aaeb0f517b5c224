/** The addresses mail reaches an account by: what it may write as. */
import type { AccountId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { parseAddress } from './address.ts';
import { selectAddresses } from './queries/addresses.ts';

/** Folded, in the order of the alphabet. */
export async function addressesOf(tx: Tx, tenantId: TenantId, accountId: AccountId): Promise<readonly string[]> {
  return (await selectAddresses(tx, tenantId, accountId)).map(({ address }) => address);
}

/** Whether `email`, however it is written, is one of the account's. */
export async function isAddressOf(tx: Tx, tenantId: TenantId, accountId: AccountId, email: string): Promise<boolean> {
  const folded = parseAddress(email)?.address;
  return folded !== undefined && (await addressesOf(tx, tenantId, accountId)).includes(folded);
}
