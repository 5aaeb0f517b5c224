/** Leaving: us and the provider with us, or the provider and us with it. Sessions remember who vouched for them. */
import type { PersonActor, SystemActor } from '#server/access/actor.ts';
import { endVouchedSession } from '#server/access/login.ts';
import { hashToken } from '#server/access/token.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Farewell } from './identity.ts';
import { type Provider, selectProvider, selectProviderNames, selectVouched, selectVouchedBy } from './queries.ts';
import { openFor } from './secret.ts';
import type { Site } from './site.ts';

export interface LeaveProvider {
  readonly name: string;
  /** Where the browser goes to leave the provider too. */
  readonly url: string;
  /** Whether the person says so first. */
  readonly isAsked: boolean;
}

/**
 * What leaving this session means at the provider it came from; undefined for nothing. To be asked before the session ends.
 * @throws {ProviderFault}
 */
export async function leavingOf(store: Store, actor: PersonActor, site: Site): Promise<LeaveProvider | undefined> {
  const { tenantId, credentialId } = actor;
  if (actor.by !== 'session' || credentialId === undefined) return undefined;
  const found = await read(store, async (tx) => {
    const session = await selectVouched(tx, tenantId, credentialId);
    const provider = session && (await selectProvider(tx, tenantId, session.providerId));
    return session && provider && { session, provider };
  });
  if (!found || !found.provider.isEnabled || found.provider.settings.leaving === 'never') return undefined;
  const { provider, session } = found;
  const owner = { tenantId, id: provider.id, use: 'session', of: session.sessionId } as const;
  const farewell: Farewell = JSON.parse(openFor(store, owner, session.details));
  const url = await urlOf(store, provider, site, farewell);
  return url === undefined ? undefined : { name: provider.name, url, isAsked: provider.settings.leaving === 'ask' };
}

async function urlOf(store: Store, provider: Provider, site: Site, farewell: Farewell): Promise<string | undefined> {
  const { settings } = provider;
  if (settings.kind === 'cas') return (await import('./cas/login.ts')).casLeave({ settings, site });
  if (settings.kind === 'oidc' && farewell.kind === 'oidc')
    return (await import('./oidc/logout.ts')).oidcLeave(store, { provider, settings, site }, farewell.idToken);
  if (settings.kind === 'saml' && farewell.kind === 'saml')
    return (await import('./saml/service.ts')).samlLeave(store, { provider, settings, site }, farewell);
  return undefined;
}

/** Ends the sessions that a provider vouched for, at its word. @returns how many ended. */
export async function endVouched(
  store: Store,
  provider: Provider,
  by: { readonly sidHash: string } | { readonly sid: string } | { readonly subject: string },
  from: string,
): Promise<number> {
  const hashed = 'sid' in by ? { sidHash: hashToken(by.sid) } : by;
  const sessions = await read(store, (tx) => selectVouchedBy(tx, provider, hashed));
  const actor: SystemActor = { kind: 'system', as: 'door', from };
  let ended = 0;
  for (const { tenantId, personId, sessionId: id } of sessions)
    if (await endVouchedSession(store, actor, { tenantId, personId, id }, { name: provider.name })) ended += 1;
  return ended;
}

/** Of one's own sessions those that a provider vouched for, with its name. */
export function providerNames(store: Store, actor: PersonActor): Promise<ReadonlyMap<string, string>> {
  return read(store, (tx) => selectProviderNames(tx, actor, store.now()));
}
