/**
 * What an OpenID provider says of itself (OpenID Connect Discovery 1.0), kept for some minutes, and how we speak to it. The
 * signatures of its ID tokens and of its userinfo are verified each time, whatever way they came.
 */
import { createRemoteJWKSet, customFetch as joseFetch, type JWTVerifyGetKey } from 'jose';
import {
  allowInsecureRequests,
  type ClientAuth,
  type ClientMetadata,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';

import type { Provider } from '#server/federation/queries.ts';
import { type Ask, ProviderFault, providerReach } from '#server/federation/reach.ts';
import { openFor } from '#server/federation/secret.ts';
import type { OidcSettings } from '#server/federation/settings.ts';
import type { Store } from '#server/store/store.ts';

export interface Discovered {
  readonly config: Configuration;
  /** The keys it signs with; asked for again when it uses another one, at most twice a minute. */
  readonly keys: JWTVerifyGetKey | undefined;
}

const keptMs = 10 * 60_000;
const mostKept = 100;
const secondsToAnswer = 10;

const keptFor = new WeakMap<Store, Map<string, { readonly until: number; readonly value: Promise<Discovered> }>>();

/** @throws {ProviderFault} */
export function discover(store: Store, provider: Provider, settings: OidcSettings): Promise<Discovered> {
  const kept = keptFor.get(store) ?? new Map();
  keptFor.set(store, kept);
  const key = `${provider.tenantId}.${provider.id} ${provider.updatedAt}`;
  const known = kept.get(key);
  if (known && known.until > store.now()) return known.value;
  // The map keeps the order of insertion: the first is the oldest.
  for (const [oldest] of kept) if (kept.size >= mostKept) kept.delete(oldest);
  const value = ask(store, provider, settings);
  kept.set(key, { until: store.now() + keptMs, value });
  // What could not be had is asked for again the next time.
  value.catch(() => kept.delete(key));
  return value;
}

async function ask(store: Store, provider: Provider, settings: OidcSettings): Promise<Discovered> {
  const reach = providerReach(settings);
  const fetch = (url: string, given: { readonly body?: unknown } & Omit<Ask, 'body'>): Promise<Response> => {
    const { method, headers, signal, body } = given;
    return reach(url, {
      ...(method !== undefined && { method }),
      ...(headers && { headers }),
      // Forms alone are sent.
      ...((typeof body === 'string' || body instanceof URLSearchParams) && { body: body.toString() }),
      signal,
    });
  };
  const secret = provider.secret === null ? '' : openFor(store, { ...provider, use: 'secret' }, provider.secret);
  const metadata: Partial<ClientMetadata> = {
    ...(settings.userinfoAlgorithm !== '' && { userinfo_signed_response_alg: settings.userinfoAlgorithm }),
  };
  try {
    const config = await discovery(new URL(settings.issuer), settings.clientId, metadata, authOf(settings, secret), {
      [customFetch]: fetch,
      timeout: secondsToAnswer,
      // Where plain HTTP may be spoken is the reach's to decide, by each address.
      ...(settings.mayReachInside && { execute: [allowInsecureRequests] }),
    });
    enableNonRepudiationChecks(config);
    const { jwks_uri: keysAt } = config.serverMetadata();
    const keys =
      keysAt === undefined
        ? undefined
        : createRemoteJWKSet(new URL(keysAt), {
            [joseFetch]: (url, { headers, ...rest }) => reach(url, { ...rest, headers: Object.fromEntries(headers) }),
          });
    return { config, keys };
  } catch (error) {
    throw asFault(error);
  }
}

function authOf({ clientAuthentication }: OidcSettings, secret: string): ClientAuth {
  if (secret === '') return None();
  return clientAuthentication === 'post' ? ClientSecretPost(secret) : ClientSecretBasic(secret);
}

/** Whatever the library says of an answer is the provider's fault. */
export function asFault(error: unknown): Error {
  if (error instanceof ProviderFault) return error;
  if (!(error instanceof Error)) return new ProviderFault(String(error));
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error.cause instanceof ProviderFault
    ? error.cause
    : new ProviderFault(`${error.message}${cause}`, { cause: error });
}
