/**
 * The first identity of an account stands for the account itself: it takes the account's new name and first address, as
 * long as it says what the account said before. What its holder wrote there by hand stays.
 */
import type { AccountTx } from '#server/store/transaction.ts';

import { renameFirst, readdressFirst } from './queries.ts';

/** What differs of the account: as it was, and as it is now. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

export async function followName(tx: AccountTx, { from, to }: Renaming): Promise<void> {
  if (from !== to && (await renameFirst(tx, from, to))) tx.changed('Identity');
}

/** Also where its holder gave it another name: the address is the institution's to give (RFC 8621 §6). */
export async function followAddress(tx: AccountTx, { from, to }: Renaming): Promise<void> {
  if (from !== to && (await readdressFirst(tx, from, to))) tx.changed('Identity');
}
