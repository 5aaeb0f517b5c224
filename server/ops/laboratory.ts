/**
 * Laboratory mode on an empty store: an institution is there at once, so that `pli account add NAME` is all a
 * conformance suite needs to know of us.
 */
import { operator } from '#server/access/actor.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addTenant, listTenants } from '#server/directory/tenant.ts';
import type { Store } from '#server/store/store.ts';

const laboratory = { slug: 'laboratory', name: 'Laboratoire Pli', domain: 'lab.example' };

export async function openLaboratory(store: Store): Promise<void> {
  if ((await listTenants(store, operator)).length > 0) return;
  const tenantId = await addTenant(store, operator, laboratory);
  await addDomain(store, operator, { tenantId, name: laboratory.domain, isDefault: true });
}
