/**
 * Addresses of the house. They are kept folded: NFC, lower case, the domain in its ASCII form; so one address is one
 * row however it is written. `name+detail@` reaches `name@` (RFC 5233 §2), unless somebody has that very address.
 */
import { domainToASCII } from 'node:url';

import type { AccountId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { type Room, selectRoute } from './queries/addresses.ts';

export interface ParsedAddress {
  /** The whole, folded. */
  readonly address: string;
  readonly local: string;
  readonly domain: string;
}

const maxLocalOctets = 64;
const maxDomainCharacters = 253;
const atom = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const localForm = new RegExp(`^${atom}(?:\\.${atom})*$`, 'u');
const domainForm = /^(?=.*[a-z-])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** @returns undefined for what is not a dot-atom address of a named domain (RFC 5322 §3.4.1, RFC 6531 §3.3). */
export function parseAddress(text: string): ParsedAddress | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).trim().normalize('NFC').toLowerCase();
  const domain = parseDomain(text.slice(at + 1));
  if (domain === undefined || Buffer.byteLength(local) > maxLocalOctets || !localForm.test(local)) return undefined;
  return { address: `${local}@${domain}`, local, domain };
}

/** @returns the ASCII form, lower case, without a final dot; undefined for what is no domain name. */
export function parseDomain(text: string): string | undefined {
  const name = text.trim().replace(/\.$/, '');
  if (name === '' || name.length > maxDomainCharacters) return undefined;
  const ascii = domainToASCII(name);
  return ascii.length <= maxDomainCharacters && domainForm.test(ascii) ? ascii : undefined;
}

export type Route =
  /** The domain is not ours. */
  | { readonly kind: 'elsewhere' }
  /** The domain is ours and nobody has this address. */
  | { readonly kind: 'nobody'; readonly tenantId: TenantId }
  | (Room & {
      readonly kind: 'account';
      readonly tenantId: TenantId;
      readonly accountId: AccountId;
      /** `active`, `readOnly` or `closed`. */
      readonly state: string;
      /** Of a group: mail goes to its members. */
      readonly isGroup: boolean;
      /** What stands after the `+`; undefined when there is none. */
      readonly detail: string | undefined;
    });

/** Where an address leads. One prepared statement. */
export async function findAccountByAddress(tx: Tx, address: string): Promise<Route> {
  const parsed = parseAddress(address);
  if (!parsed) return { kind: 'elsewhere' };
  const { local, domain } = parsed;
  const plus = local.indexOf('+', 1);
  const base = plus < 0 ? parsed.address : `${local.slice(0, plus)}@${domain}`;
  const route = await selectRoute(tx, domain, parsed.address, base);
  if (!route) return { kind: 'elsewhere' };
  if (!route.account) return { kind: 'nobody', tenantId: route.tenantId };
  const detail = route.account.address === parsed.address ? undefined : local.slice(plus + 1);
  const { accountId, state, isGroup, quotaOctets, usedOctets } = route.account;
  return { kind: 'account', tenantId: route.tenantId, accountId, state, isGroup, detail, quotaOctets, usedOctets };
}
