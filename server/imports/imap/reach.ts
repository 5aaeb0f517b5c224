/**
 * Which hosts an import may connect to. A host that somebody typed must not lead into the house (RFC 6890): what is
 * checked is the address that is connected to, after its name was resolved. The operator lists hosts inside that may
 * be reached all the same, and their own imports reach any.
 */
import { isIP, type LookupFunction } from 'node:net';

import { isPublicAddress, publicLookup } from '#server/push/public-address.ts';

export interface Reach {
  /** Names or addresses, lower case. */
  readonly insideHosts: readonly string[];
  readonly anyHost: boolean;
}

/** @returns how to resolve the host, `any` where nothing is checked; undefined where it may not be reached at all. */
export function planReach(host: string, { insideHosts, anyHost }: Reach): LookupFunction | 'any' | undefined {
  if (anyHost || insideHosts.includes(host.toLowerCase())) return 'any';
  if (isIP(host) === 0) return publicLookup;
  return isPublicAddress(host) ? 'any' : undefined;
}
