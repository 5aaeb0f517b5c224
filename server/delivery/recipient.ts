/** Who receives: an address of ours, open to mail and with room for it, or a clear no before any octet is sent. */
import { postmasterOf } from '#server/access/postmaster.ts';
import { Refusal } from '#server/access/refusal.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { expandGroup, requireWriter } from '#server/directory/groups/expand.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { glance, type Store } from '#server/store/store.ts';

export interface Recipient {
  readonly tenantId: TenantId;
  readonly accountId: AccountId;
  /** As the sender wrote it. */
  readonly address: string;
  /** What stood after the `+`; undefined when nothing did. */
  readonly detail: string | undefined;
  /** Of a group: it goes to its members, and nothing is filed in its own account. */
  readonly isGroup?: true;
}

interface Room {
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
}

/** Where one of our addresses leads; `elsewhere` is not ours. */
export type Destination = ({ readonly kind: 'here' } & Recipient) | { readonly kind: 'elsewhere' };

/**
 * What it says is no promise: the account is looked at again in the transaction that files the message.
 * @param sizeOctets as announced; 0 when unknown.
 * @param writer the envelope's sender where somebody vouches for it; without one, groups are nobody's.
 * @throws {Refusal} `noSuchRecipient` for an address in a domain of ours that nobody has, or may not receive, or a group
 * that this writer may not write to; `overQuota` when the message does not fit; `tooMany` for a group that is too large.
 */
export function findRecipient(
  store: Store,
  address: string,
  sizeOctets: number,
  writer?: string,
): Promise<Destination> {
  return glance(store, async (tx) => {
    const route = await findAccountByAddress(tx, address);
    if (route.kind === 'elsewhere') return { kind: 'elsewhere' };
    if (route.kind === 'nobody' && /^postmaster@/i.test(address))
      return toPostmaster(tx, route.tenantId, address, sizeOctets, store.now());
    if (route.kind === 'nobody' || route.state !== 'active') throw new Refusal('noSuchRecipient');
    const { tenantId, accountId, detail } = route;
    if (route.isGroup) {
      await requireWriter(tx, tenantId, accountId, writer);
      await expandGroup(tx, tenantId, accountId);
      return { kind: 'here', tenantId, accountId, address, detail, isGroup: true };
    }
    requireRoom(route, sizeOctets);
    return { kind: 'here', tenantId, accountId, address, detail };
  });
}

/**
 * Who receives for `<Postmaster>` without a domain (RFC 5321 §4.5.1).
 * @throws {Refusal} as findRecipient; `noSuchRecipient` while nobody administers anything.
 */
export function findPostmaster(store: Store, address: string, sizeOctets: number): Promise<Destination> {
  return glance(store, (tx) => toPostmaster(tx, undefined, address, sizeOctets, store.now()));
}

async function toPostmaster(
  tx: Tx,
  tenant: TenantId | undefined,
  address: string,
  sizeOctets: number,
  at: number,
): Promise<Destination> {
  const found = await postmasterOf(tx, tenant, at);
  if (!found) throw new Refusal('noSuchRecipient');
  requireRoom(found, sizeOctets);
  const { tenantId, accountId } = found;
  return { kind: 'here', tenantId, accountId, address, detail: undefined };
}

function requireRoom({ quotaOctets, usedOctets }: Room, sizeOctets: number): void {
  if (quotaOctets !== null && usedOctets + sizeOctets >= quotaOctets) throw new Refusal('overQuota');
}
