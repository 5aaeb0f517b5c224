/** Leaving an OpenID provider with us (RP-Initiated Logout 1.0), and leaving us with it (Back-Channel Logout 1.0). */
import { jwtVerify } from 'jose';
import { buildEndSessionUrl } from 'openid-client';

import { spend } from '#server/access/factors/challenge.ts';
import { Refusal } from '#server/access/refusal.ts';
import { hashToken } from '#server/access/token.ts';
import type { Provider } from '#server/federation/queries.ts';
import { ProviderFault } from '#server/federation/reach.ts';
import type { OidcSettings } from '#server/federation/settings.ts';
import type { Site } from '#server/federation/site.ts';
import { type Store, write } from '#server/store/store.ts';

import { asFault, discover } from './discover.ts';

/** Where the browser goes to leave; undefined where the provider has no such page. @throws {ProviderFault} */
export async function oidcLeave(
  store: Store,
  { provider, settings, site }: { readonly provider: Provider; readonly settings: OidcSettings; readonly site: Site },
  idToken: string,
): Promise<string | undefined> {
  const { config } = await discover(store, provider, settings);
  if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
  return buildEndSessionUrl(config, {
    id_token_hint: idToken,
    post_logout_redirect_uri: `${site.baseUrl}/login`,
  }).href;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';
const tokenCharacters = 20_000;
/** A token without an end, or with a later one, is good for so long (Back-Channel Logout 1.0 §2.4 advises two minutes). */
const goodForSeconds = 10 * 60;

/**
 * Whose sessions a provider ends (Back-Channel Logout 1.0 §2.6): of one sid, or all of a subject. Each token once.
 * @throws {Refusal} `invalidArguments` for what is no logout token of this provider for us. {ProviderFault}
 */
export async function readLogoutToken(
  store: Store,
  { provider, settings }: { readonly provider: Provider; readonly settings: OidcSettings },
  token: string,
): Promise<{ readonly sidHash: string } | { readonly subject: string }> {
  if (token === '' || token.length > tokenCharacters) throw new Refusal('invalidArguments');
  const { config, keys } = await discover(store, provider, settings);
  if (!keys) throw new ProviderFault('no keys');
  const { payload } = await jwtVerify(token, keys, {
    issuer: config.serverMetadata().issuer,
    audience: settings.clientId,
    maxTokenAge: goodForSeconds,
    clockTolerance: 60,
    requiredClaims: ['iat', 'jti', 'events'],
    algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  }).catch((error: unknown) => {
    const fault = asFault(error);
    throw fault.cause instanceof ProviderFault
      ? fault
      : new Refusal('invalidArguments', { description: fault.message });
  });
  const { sub, sid, jti = '', nonce, events } = payload;
  // A nonce is what tells an ID token from it (§2.6).
  const isLogout = typeof events === 'object' && events !== null && event in events && nonce === undefined;
  if (!isLogout || (typeof sid !== 'string' && typeof sub !== 'string')) throw new Refusal('invalidArguments');
  const at = store.now();
  const challenge = { hash: hashToken(`logout ${provider.id} ${jti}`), expiresAt: at + 2 * goodForSeconds * 1000 };
  const isFirst = await write(store, (tx) => spend(tx, provider.tenantId, challenge, at));
  if (!isFirst) throw new Refusal('invalidArguments', { description: 'taken before' });
  return typeof sid === 'string' ? { sidHash: hashToken(sid) } : { subject: String(sub) };
}
