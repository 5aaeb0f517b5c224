/**
 * Logging in by OpenID Connect: the code flow alone, with PKCE (RFC 7636 §4), state and nonce, each bound to this login;
 * `iss` in the answer (RFC 9207 §2.4), the ID token verified, and userinfo, signed or not (ProConnect's is).
 */
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
} from 'openid-client';

import { NotProved } from '#server/federation/arrive.ts';
import { type Identity, readClaims } from '#server/federation/identity.ts';
import type { Provider } from '#server/federation/queries.ts';
import { ProviderFault } from '#server/federation/reach.ts';
import type { OidcSettings } from '#server/federation/settings.ts';
import { placeOf, type Site } from '#server/federation/site.ts';
import { derive } from '#server/federation/under-way.ts';
import type { Store } from '#server/store/store.ts';

import { asFault, discover } from './discover.ts';

/** Where the browser goes. @throws {ProviderFault} */
export async function oidcStart(
  store: Store,
  { provider, settings, state, site }: Asked & { readonly state: string },
): Promise<string> {
  const { config } = await discover(store, provider, settings);
  const parameters = {
    redirect_uri: placeOf(site, 'oidc', provider, 'callback'),
    scope: [...new Set(['openid', ...settings.scopes])].join(' '),
    state,
    nonce: derive(store, state, 'nonce'),
    code_challenge: await calculatePKCECodeChallenge(derive(store, state, 'verifier')),
    code_challenge_method: 'S256',
    ...(settings.levels.length > 0 && { acr_values: settings.levels.join(' ') }),
  };
  return buildAuthorizationUrl(config, parameters).href;
}

interface Asked {
  readonly provider: Provider;
  readonly settings: OidcSettings;
  readonly site: Site;
}

/**
 * Who came back. @param query of the address it came back to, as the browser gave it.
 * @throws {NotProved} {ProviderFault}
 */
export async function oidcProve(
  store: Store,
  { provider, settings, site, state, query }: Asked & { readonly state: string; readonly query: URLSearchParams },
): Promise<Identity> {
  if (query.get('error') === 'access_denied') throw new NotProved({ kind: 'denied' }, 'access denied');
  const { config } = await discover(store, provider, settings);
  const here = new URL(placeOf(site, 'oidc', provider, 'callback'));
  here.search = query.toString();
  try {
    const tokens = await authorizationCodeGrant(config, here, {
      pkceCodeVerifier: derive(store, state, 'verifier'),
      expectedState: state,
      expectedNonce: derive(store, state, 'nonce'),
      idTokenExpected: true,
    });
    const told = tokens.claims();
    const { id_token: idToken } = tokens;
    if (!told || idToken === undefined) throw new ProviderFault('no ID token');
    const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
    const more = hasUserInfo ? await fetchUserInfo(config, tokens.access_token, told.sub) : {};
    // What is about the login is the ID token's to say.
    const { sub, acr, sid } = told;
    const level = typeof acr === 'string' ? acr.slice(0, 200) : undefined;
    if (settings.levels.length > 0 && !settings.levels.some((one) => one === level))
      throw new NotProved({ kind: 'level' }, `level ${level ?? 'unknown'}`);
    return {
      subject: sub,
      claims: readClaims({ ...told, ...more, sub }),
      sid: typeof sid === 'string' ? sid : undefined,
      level,
      farewell: { kind: 'oidc', idToken },
    };
  } catch (error) {
    if (error instanceof NotProved) throw error;
    throw asFault(error);
  }
}
