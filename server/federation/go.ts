/** The three protocols behind one door: going to a provider, coming back from it, leaving it. Each is loaded at its first use. */
import { spend } from '#server/access/factors/challenge.ts';
import type { Browser } from '#server/access/login.ts';
import { hashToken } from '#server/access/token.ts';
import { type Store, write } from '#server/store/store.ts';

import { arrive, type Arrived, refuse } from './arrive.ts';
import type { Identity } from './identity.ts';
import { type Provider, updateProof } from './queries.ts';
import { ProviderFault } from './reach.ts';
import { openFor, sealFor } from './secret.ts';
import type { Site } from './site.ts';
import { depart, derive, type ProviderKey, underWayOf } from './under-way.ts';

export interface Going {
  readonly browser: string;
  readonly returnTo: string;
  readonly remoteAddress: string;
  readonly site: Site;
  /** Told what the operator's log should know. */
  readonly onFault: (error: Error) => void;
}

export type Gone =
  | { readonly kind: 'gone'; readonly url: string }
  /** The provider does not answer; the page asks why by `readRefused`. */
  | { readonly kind: 'failed'; readonly state: string };

/** Where the browser goes. @throws {Refusal} `noSuchIdentity`, `rateLimited`. */
export async function goTo(store: Store, key: ProviderKey, going: Going): Promise<Gone> {
  const { provider, state } = await depart(store, key, going);
  try {
    return { kind: 'gone', url: await urlOf(store, provider, state, going) };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    going.onFault(error);
    await refuse(store, state, provider, { kind: 'failed' });
    return { kind: 'failed', state };
  }
}

async function urlOf(store: Store, provider: Provider, state: string, going: Going): Promise<string> {
  const { settings } = provider;
  const { site } = going;
  switch (settings.kind) {
    case 'oidc':
      return (await import('./oidc/login.ts')).oidcStart(store, { provider, settings, site, state });
    case 'cas':
      return (await import('./cas/login.ts')).casStart({ provider, settings, site, state });
    case 'saml': {
      const saml = await import('./saml/service.ts');
      const requestId = saml.requestIdOf(derive(store, state, 'request'));
      return saml.samlStart(store, { provider, settings, site }, state, requestId);
    }
    case 'ldap':
      throw new ProviderFault('a directory is no place to be sent to');
  }
}

export interface Coming extends Browser {
  readonly provider: Provider;
  readonly site: Site;
  readonly query: URLSearchParams;
  readonly browser: string;
  readonly onFault: (error: Error) => void;
}

export function comeFrom(store: Store, coming: Coming): Promise<Arrived> {
  const { provider, site, query } = coming;
  const { settings } = provider;
  const state = query.get('state') ?? '';
  return arrive(store, {
    ...coming,
    state,
    prove: async (login): Promise<Identity> => {
      switch (settings.kind) {
        case 'oidc':
          return (await import('./oidc/login.ts')).oidcProve(store, { provider, settings, site, state, query });
        case 'cas': {
          const ticket = query.get('ticket') ?? '';
          return (await import('./cas/login.ts')).casProve({ provider, settings, site, state, ticket });
        }
        case 'saml':
          return readProof(store, provider, state, login.proof);
        case 'ldap':
          throw new ProviderFault('nobody comes back from a directory');
      }
    },
  });
}

/** What an assertion said: a browser posts it from the provider's page, without our cookie, and comes for it afterwards. */
interface Kept extends Omit<Identity, 'claims'> {
  readonly claims: readonly (readonly [string, readonly string[]])[];
}

const spentMs = 24 * 3_600_000;

/**
 * Takes a Response of SAML that a browser posted. Each assertion once.
 * @returns whether somebody waits for it. @throws {ProviderFault}
 */
export async function takeSaml(
  store: Store,
  { provider, site, response, state }: Pick<Coming, 'provider' | 'site'> & { response: string; state: string },
): Promise<boolean> {
  const { settings } = provider;
  const found = settings.kind === 'saml' ? await underWayOf(store, state, provider) : undefined;
  if (settings.kind !== 'saml' || !found) return false;
  const saml = await import('./saml/service.ts');
  const requestId = saml.requestIdOf(derive(store, state, 'request'));
  const proof = { response, requestId, askedAt: found.login.createdAt };
  const { identity, assertionId } = await saml.samlProve(store, { provider, settings, site }, proof);
  const kept: Kept = { ...identity, claims: [...identity.claims] };
  const sealed = sealFor(store, { ...provider, use: 'proof', of: state }, JSON.stringify(kept));
  const at = store.now();
  const challenge = { hash: hashToken(`assertion ${provider.id} ${assertionId}`), expiresAt: at + spentMs };
  return write(store, async (tx) => {
    if (!(await spend(tx, provider.tenantId, challenge, at))) throw new ProviderFault('an assertion taken before');
    return updateProof(tx, found.key, sealed);
  });
}

function readProof(store: Store, provider: Provider, state: string, proof: string | null): Identity {
  if (proof === null) throw new ProviderFault('nothing was posted');
  const kept: Kept = JSON.parse(openFor(store, { ...provider, use: 'proof', of: state }, proof));
  return { ...kept, claims: new Map(kept.claims) };
}
