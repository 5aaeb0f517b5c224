/** Tenants: the ministries and academies of the platform. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { insertTenant, newId, selectTenants, type Tenant } from './queries/institution.ts';

export type { Tenant };

const slugForm = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** @throws {Refusal} `invalidArguments` (slug: a–z, 0–9, hyphen; 63 at most), `alreadyExists`, `mayNot`. */
export async function addTenant(
  store: Store,
  actor: Actor,
  { slug, name }: { readonly slug: string; readonly name: string },
): Promise<TenantId> {
  requireSystem(actor);
  if (!slugForm.test(slug)) throw new Refusal('invalidArguments', { description: `not a slug: ${slug}` });
  return write(store, async (tx) => {
    const known = (await selectTenants(tx)).find((tenant) => tenant.slug === slug);
    if (known) throw new Refusal('alreadyExists', { description: `tenant ${slug}`, existingId: String(known.id) });
    const tenantId = await newId<TenantId>(tx, 'tenant');
    const at = store.now();
    await insertTenant(tx, { id: tenantId, slug, name: name.trim() || slug }, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addTenant', at, details: { slug } });
    return tenantId;
  });
}

/** By slug. @throws {Refusal} `mayNot` */
export async function listTenants(store: Store, actor: Actor): Promise<readonly Tenant[]> {
  requireSystem(actor);
  return read(store, selectTenants);
}
