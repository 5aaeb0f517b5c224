/**
 * Laboratory mode on an empty store: an institution is there at once, so that `pli account add NAME` is all a
 * conformance suite needs to know of us.
 */
import { operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { addDomain, listDomains } from '#server/directory/domain.ts';
import { addTenant, listTenants } from '#server/directory/tenant.ts';
import type { Store } from '#server/store/store.ts';

const laboratory = { slug: 'laboratory', name: 'Laboratoire Pli', domain: 'lab.example' };

/** May run in two processes at once, and after one that was killed half-way. */
export async function openLaboratory(store: Store): Promise<void> {
  if ((await listTenants(store, operator)).length === 0) await unlessThere(addTenant(store, operator, laboratory));
  const [tenant, ...others] = await listTenants(store, operator);
  if (tenant?.slug !== laboratory.slug || others.length > 0) return;
  if ((await listDomains(store, operator, tenant.id)).length > 0) return;
  await unlessThere(addDomain(store, operator, { tenantId: tenant.id, name: laboratory.domain, isDefault: true }));
}

async function unlessThere(adding: Promise<unknown>): Promise<void> {
  try {
    await adding;
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'alreadyExists') throw error;
  }
}
