/** Verifying looks: every logo is what its address says, and every name of a host is of an institution that is there. */
import { read, type Store } from '#server/store/store.ts';

import { hashOf } from './logo.ts';
import { selectAllLogos, selectBrands, selectHostnames } from './queries.ts';

/** One sentence a problem. */
export async function* verifyBrands(store: Store): AsyncGenerator<string> {
  const { tenants, logos, hostnames } = await read(store, async (tx) => ({
    tenants: new Set<number>((await selectBrands(tx)).map(({ tenantId }) => tenantId)),
    logos: await selectAllLogos(tx),
    hostnames: await selectHostnames(tx),
  }));
  for (const { tenantId, hash, octets } of logos) {
    if (!tenants.has(tenantId)) yield `institution ${tenantId} has a brand, and is not there`;
    if ((octets === null ? null : hashOf(octets)) !== hash) yield `the logo of institution ${tenantId} is not its own`;
  }
  for (const { name, tenantId } of hostnames)
    if (!tenants.has(tenantId)) yield `host ${name} is of institution ${tenantId}, which is not there`;
}
