/** Who receives: an address of ours, open to mail and with room for it, or a clear no before any octet is sent. */
import { Refusal } from '#server/access/refusal.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import { glance, type Store } from '#server/store/store.ts';

export interface Recipient {
  readonly tenantId: TenantId;
  readonly accountId: AccountId;
  /** As the sender wrote it. */
  readonly address: string;
  /** What stood after the `+`; undefined when nothing did. */
  readonly detail: string | undefined;
}

/** Where one of our addresses leads; `elsewhere` is not ours. */
export type Destination = ({ readonly kind: 'here' } & Recipient) | { readonly kind: 'elsewhere' };

/**
 * What it says is no promise: the account is looked at again in the transaction that files the message.
 * @param sizeOctets as announced; 0 when unknown.
 * @throws {Refusal} `noSuchRecipient` for an address in a domain of ours that nobody has, or may not receive;
 * `overQuota` when the message does not fit.
 */
export function findRecipient(store: Store, address: string, sizeOctets: number): Promise<Destination> {
  return glance(store, async (tx) => {
    const route = await findAccountByAddress(tx, address);
    if (route.kind === 'elsewhere') return { kind: 'elsewhere' };
    if (route.kind === 'nobody' || route.state !== 'active') throw new Refusal('noSuchRecipient');
    const { tenantId, accountId, detail, quotaOctets, usedOctets } = route;
    if (quotaOctets !== null && usedOctets + sizeOctets >= quotaOctets) throw new Refusal('overQuota');
    return { kind: 'here', tenantId, accountId, address, detail };
  });
}
