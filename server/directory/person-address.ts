/** The addresses of somebody as their administrators see them, and another first one in place of a provisional one. */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireReason, requireRoleOver } from '#server/access/require-role.ts';
import { holderIn } from '#server/access/verify.ts';
import { makeFirstIn } from '#server/directory/alias.ts';
import { selectAddresses } from '#server/directory/queries/addresses.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

export interface AddressOf {
  readonly address: string;
  /** `primary`, `provisional` or `alias`. */
  readonly kind: string;
}

/** Folded, in the order of the alphabet. @throws {Refusal} `mayNot`, `noSuchPerson`. */
export function listAddresses(store: Store, actor: Actor, who: PersonRef): Promise<readonly AddressOf[]> {
  return read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'look', who, store.now());
    const holder = await holderIn(tx, who);
    if (!holder) throw new Refusal('noSuchPerson');
    const found = await selectAddresses(tx, who.tenantId, holder.accountId);
    return found.map(({ address, kind }) => ({ address, kind }));
  });
}

/**
 * Makes `address` the first one of somebody; the one before, provisional or not, stays as an alias.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `stepUpNeeded`; `invalidArguments`, `noSuchDomain`, `alreadyExists` of the
 * address; `invalidProperties` naming `reason`.
 */
export async function replaceAddressOf(
  store: Store,
  actor: Actor,
  who: PersonRef,
  address: string,
  givenReason: string,
): Promise<void> {
  const reason = requireReason(actor, givenReason);
  const { tenantId, personId } = who;
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    return holderIn(tx, who);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  await transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    await requireFresh(tx, actor, at);
    await makeFirstIn(tx, address, at);
    const details = { of: personId, address, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'replaceAddress', at, accountId: tx.accountId, details });
  });
}
