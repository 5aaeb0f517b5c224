/**
 * What the tests of other identity providers share: a browser with cookies and without a screen, and an OpenID provider
 * (oidc-provider) that knows one person and asks them nothing.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { exportJWK, generateKeyPair } from 'jose';
import { Provider as OpenIdProvider } from 'oidc-provider';

export interface TestBrowser {
  /** Opens an address, and follows where it leads, up to `until`. */
  readonly open: (url: string, options?: { readonly until?: (url: string) => boolean } & RequestInit) => Promise<Page>;
  readonly cookies: Map<string, Map<string, string>>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** As a browser does, but for SameSite, which is the browser's own affair. */
export function newBrowser(): TestBrowser {
  const cookies = new Map<string, Map<string, string>>();
  const open: TestBrowser['open'] = async (start, { until = () => false, ...options } = {}) => {
    let url = start;
    let given: RequestInit = options;
    for (let hop = 0; hop < 20; hop += 1) {
      const { host } = new URL(url);
      const jar = cookies.get(host) ?? new Map<string, string>();
      cookies.set(host, jar);
      const headers = new Headers(given.headers);
      headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
      const answer = await fetch(url, { ...given, headers, redirect: 'manual' });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      const location = answer.headers.get('location');
      const next = location === null ? undefined : new URL(location, url).href;
      if (next === undefined || until(next)) {
        return { url: next ?? url, status: answer.status, text: await answer.text() };
      }
      url = next;
      given = answer.status === 307 || answer.status === 308 ? given : {};
    }
    throw new Error('too many redirections');
  };
  return { open, cookies };
}

export interface TestProvider {
  readonly issuer: string;
  /** Whom it knows, and what it says of them; changed by the tests. */
  account: { readonly sub: string; readonly claims: Readonly<Record<string, unknown>> };
  close(): void;
}

export interface TestClient {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  readonly backChannelLogoutUri: string;
  readonly postLogoutUri: string;
  readonly userinfoAlgorithm?: 'RS256';
}

/** @param clientOf is told the issuer. */
export async function startOpenIdProvider(clientOf: () => readonly TestClient[]): Promise<TestProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' };
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const test: TestProvider = {
    issuer,
    account: { sub: 'nobody', claims: {} },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  let provider: OpenIdProvider | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Made at the first request: its clients' addresses are known then.
    provider ??= new OpenIdProvider(issuer, {
      jwks: { keys: [jwk] },
      clients: clientOf().map((client) => ({
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirectUri],
        post_logout_redirect_uris: [client.postLogoutUri],
        backchannel_logout_uri: client.backChannelLogoutUri,
        backchannel_logout_session_required: true,
        ...(client.userinfoAlgorithm && { userinfo_signed_response_alg: client.userinfoAlgorithm }),
      })),
      // Its own does not reach the loopback address.
      fetch: (url, { method, headers, body } = {}) =>
        fetch(url, { ...(method && { method }), ...(headers && { headers }), ...(body && { body }) }),
      cookies: { keys: ['test'] },
      claims: { openid: ['sub', 'acr'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
      conformIdTokenClaims: false,
      acrValues: ['eidas1', 'eidas2'],
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        jwtUserinfo: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (ctx, form) => {
            ctx.body = form;
          },
        },
      },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...test.account.claims }) }),
    });
    if (!request.url?.startsWith('/interaction/')) return provider.callback()(request, response);
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    const { client_id: clientId, scope } = params;
    if (prompt.name === 'login')
      return provider.interactionFinished(request, response, {
        login: { accountId: test.account.sub, acr: 'eidas1' },
      });
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(clientId) });
    grant.addOIDCScope(String(scope));
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  };
  handle = (request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  };
  return test;
}
