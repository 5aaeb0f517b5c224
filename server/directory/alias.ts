/** The addresses of an account: aliases, and the address that replaces a provisional one. No address is ever given to two. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { followAddress } from '#server/mail/identities/follow.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { parseAddress } from './address.ts';
import { decideAliases } from './person.ts';
import { deleteAddress, insertAddresses, selectAddresses, updateAddressKind } from './queries/addresses.ts';
import { lockNames } from './queries/institution.ts';
import { updateEmail } from './queries/people.ts';

/** @throws {Refusal} `invalidArguments`, `noSuchDomain`, `alreadyExists`, `mayNot`. */
export async function addAlias(store: Store, actor: Actor, accountId: AccountId, address: string): Promise<void> {
  requireSystem(actor);
  await transaction(store, accountId, async (tx) => {
    const { tenantId } = tx;
    const at = store.now();
    await addAliasesIn(tx, [address], at);
    await recordTrace(tx, { tenantId, actor, verb: 'addAlias', at, accountId, details: { address } });
  });
}

/** The rows of it; who may add them is the caller's to know. @throws {Refusal} as `addAlias`. */
export async function addAliasesIn(tx: AccountTx, addresses: readonly string[], at: number): Promise<void> {
  const { tenantId, accountId } = tx;
  await lockNames(tx, tenantId);
  const added = await decideAliases(tx, tenantId, addresses);
  await insertAddresses(
    tx,
    added.map((address) => ({ tenantId, accountId, address, kind: 'alias' })),
    at,
  );
  tx.changed('Account');
}

/** The first address of an account stays. @throws {Refusal} `noSuchRecipient`, `mayNot`. */
export async function removeAlias(store: Store, actor: Actor, accountId: AccountId, address: string): Promise<void> {
  requireSystem(actor);
  await transaction(store, accountId, async (tx) => {
    const { tenantId } = tx;
    await removeAliasIn(tx, address);
    await recordTrace(tx, { tenantId, actor, verb: 'removeAlias', at: store.now(), accountId, details: { address } });
  });
}

/** The rows of it; who may take it away is the caller's to know. @throws {Refusal} `noSuchRecipient`. */
export async function removeAliasIn(tx: AccountTx, address: string): Promise<void> {
  const folded = parseAddress(address)?.address ?? '';
  if (!(await deleteAddress(tx, tx.tenantId, tx.accountId, folded))) throw new Refusal('noSuchRecipient');
  tx.changed('Account');
}

/**
 * Makes `address` the account's first; the one before, provisional or not, stays as an alias.
 * @throws {Refusal} `invalidArguments`, `noSuchDomain`, `alreadyExists` when another account has it, `mayNot`.
 */
export async function replaceAddress(store: Store, actor: Actor, accountId: AccountId, address: string): Promise<void> {
  requireSystem(actor);
  await transaction(store, accountId, async (tx) => {
    const { tenantId } = tx;
    const at = store.now();
    await makeFirstIn(tx, address, at);
    await recordTrace(tx, { tenantId, actor, verb: 'replaceAddress', at, accountId, details: { address } });
  });
}

/** The rows of it; who may replace it is the caller's to know. @throws {Refusal} as `replaceAddress`. */
export async function makeFirstIn(tx: AccountTx, address: string, at: number): Promise<void> {
  const { tenantId, accountId } = tx;
  const folded = parseAddress(address)?.address;
  const known = await selectAddresses(tx, tenantId, accountId);
  if (folded === undefined || !known.some((one) => one.address === folded)) await addAliasesIn(tx, [address], at);
  await swapFirst(tx, known.find(({ kind }) => kind !== 'alias')?.address, folded ?? address);
}

/**
 * The rows alone, of two addresses that the account has: `to` is the first now, and `from` an alias. The address they
 * send under follows.
 */
export async function swapFirst(tx: AccountTx, from: string | undefined, to: string): Promise<void> {
  const { tenantId, accountId } = tx;
  if (from !== undefined && from !== to) await updateAddressKind(tx, tenantId, from, 'alias');
  await updateAddressKind(tx, tenantId, to, 'primary');
  await updateEmail(tx, accountId, to);
  if (from !== undefined) await followAddress(tx, { from, to });
  tx.changed('Account');
}
