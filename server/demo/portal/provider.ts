/** The portal as an identity provider of the demonstration: made once, with all that the login page needs to show it. */
import { operator } from '#server/access/actor.ts';
import { addProvider, listProviders } from '#server/federation/providers.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

/** Under our own address: the one provider that is this very server. */
export const portalPath = '/portail-demo';

export async function addPortal(store: Store, tenantId: TenantId): Promise<void> {
  const known = await listProviders(store, operator, tenantId);
  if (known.some(({ settings }) => settings.kind === 'cas' && settings.url === portalPath)) return;
  await addProvider(store, operator, tenantId, {
    kind: 'cas',
    name: 'Cerbère (démonstration)',
    settings: { url: portalPath, mayReachInside: true, linkBy: 'userName', leaving: 'ask' },
  });
}
