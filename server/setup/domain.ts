/**
 * Whose domain an address or a host name is. A domain of the house is known to all the world by its MX record; a person
 * is not, so nothing here looks at what stands before the `@`: whoever asks gets one answer for every local part.
 */
import { operator } from '#server/access/actor.ts';
import { parseAddress, parseDomain } from '#server/directory/address.ts';
import { findDomain } from '#server/directory/domain.ts';
import { listTenants } from '#server/directory/tenant.ts';
import { read, type Store } from '#server/store/store.ts';

export interface ServedDomain {
  /** In its ASCII form. */
  readonly name: string;
  /** Of the institution, as people read it. */
  readonly tenantName: string;
}

/** An address as a program may name itself by it; whether anybody has it, nobody looked. */
export interface ServedAddress {
  /** Folded; characters of a dot-atom only (RFC 5322 §3.2.3), so that it fits any document. */
  readonly address: string;
  readonly domain: ServedDomain;
}

const mostAddressCharacters = 320;

/** @returns undefined for what is no address, and for addresses of other houses. */
export async function findServedAddress(store: Store, text: string): Promise<ServedAddress | undefined> {
  const parsed = text.length > mostAddressCharacters ? undefined : parseAddress(text);
  const domain = parsed && (await servedDomain(store, parsed.domain));
  return parsed && domain && { address: parsed.address, domain };
}

/** The labels below a domain that lead here: `autoconfig.ac-valmont.fr`, or the host of the web client. */
const mostLabelsBelow = 3;

/** The domain that a host name is, or lies below. */
export async function findDomainOfHost(store: Store, host: string): Promise<ServedDomain | undefined> {
  let name = parseDomain(host) ?? '';
  for (let below = 0; below <= mostLabelsBelow && name.includes('.'); below += 1) {
    const found = await servedDomain(store, name);
    if (found) return found;
    name = name.slice(name.indexOf('.') + 1);
  }
  return undefined;
}

async function servedDomain(store: Store, name: string): Promise<ServedDomain | undefined> {
  const known = await read(store, (tx) => findDomain(tx, name));
  if (!known) return undefined;
  const tenant = (await listTenants(store, operator)).find(({ id }) => id === known.tenantId);
  return { name: known.name, tenantName: tenant?.name ?? known.name };
}
