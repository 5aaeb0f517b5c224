/**
 * The way to another identity provider and back, and what providers themselves ask of us: who we are, and the end of
 * sessions. Every address names its provider. A browser is told apart by a cookie, a provider by what it signed.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Refusal } from '#server/access/refusal.ts';
import { deviceTokenOf } from '#server/access/factors/device.ts';
import type { Arrived } from '#server/federation/arrive.ts';
import { readCasLogout } from '#server/federation/cas/response.ts';
import { comeFrom, goTo, takeSaml } from '#server/federation/go.ts';
import { endVouched } from '#server/federation/leave.ts';
import type { Provider } from '#server/federation/providers.ts';
import { ProviderFault } from '#server/federation/reach.ts';
import { readRefused } from '#server/federation/refused.ts';
import type { ProviderKind } from '#server/federation/settings.ts';
import { openProvider, ownPath, type ProviderKey } from '#server/federation/under-way.ts';
import { sendProblem, type Web } from '#server/protocols/web.ts';
import { asId, type ProviderId, type TenantId } from '#server/store/ids.ts';

import { sayBegun } from './auth-routes.ts';
import { requireOwnPage, requireSecrecy } from './authenticate.ts';
import { deviceTokenIn, federationTokenIn, setFederationCookie } from './cookies.ts';
import { logFault, siteOf } from './federation-site.ts';

/** An assertion with many attributes, in Base64. */
const postedOctets = 512_000;

export function federationRoutes(web: Web): void {
  const { app, house } = web;
  const { store } = house;
  const onFault = logFault(house);

  app.get('/auth/federation/start', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    requireSecrecy(house, request);
    const query = queryOf(request);
    const key = readKey(query.get('provider') ?? '');
    const returnTo = ownPath(query.get('to') ?? '/');
    // Shaped as the cookie of the device is: a token that is ours is kept, so that several tabs can be under way.
    const browser = deviceTokenOf(federationTokenIn(request));
    if (!key) return sendProblem(reply, 404);
    const site = siteOf(web, request);
    const gone = await goTo(store, key, { browser, returnTo, remoteAddress: request.ip, site, onFault });
    setFederationCookie(request, reply, browser);
    return reply.redirect(gone.kind === 'gone' ? gone.url : doorOf(returnTo, gone.state), 303);
  });

  const callback = (kind: ProviderKind): string => `/auth/federation/${kind}/:provider/callback`;
  const comeBack = async (request: FastifyRequest, reply: FastifyReply, kind: ProviderKind): Promise<FastifyReply> => {
    void reply.header('cache-control', 'no-store');
    const provider = await providerOf(web, request, kind);
    const query = queryOf(request);
    const arrived = await comeFrom(store, {
      provider,
      site: siteOf(web, request),
      query,
      browser: federationTokenIn(request),
      onFault,
      remoteAddress: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      deviceToken: deviceTokenIn(request),
    });
    return reply.redirect(pageOf(request, reply, arrived, query.get('state') ?? ''), 303);
  };
  app.get(callback('oidc'), (request, reply) => comeBack(request, reply, 'oidc'));
  app.get(callback('cas'), (request, reply) => comeBack(request, reply, 'cas'));
  app.get(callback('saml'), (request, reply) => comeBack(request, reply, 'saml'));

  // The page of the door asks why its browser did not come in.
  app.get('/auth/federation/refused', async (request, reply) => {
    requireOwnPage(request);
    void reply.header('cache-control', 'no-store');
    const state = queryOf(request).get('state') ?? '';
    return { refused: (await readRefused(store, state, federationTokenIn(request))) ?? null };
  });

  // Back-Channel Logout 1.0 §2.5, §2.8.
  app.post('/auth/federation/oidc/:provider/logout', { bodyLimit: postedOctets }, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const provider = await providerOf(web, request, 'oidc');
    const { settings } = provider;
    if (settings.kind !== 'oidc') return sendProblem(reply, 404);
    const { readLogoutToken } = await import('#server/federation/oidc/logout.ts');
    try {
      const by = await readLogoutToken(store, { provider, settings }, formOf(request).get('logout_token') ?? '');
      await endVouched(store, provider, by, request.ip);
      return await reply.code(200).send('');
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof ProviderFault)) throw error;
      house.log.warn({ err: error }, 'an identity provider: a logout token was refused');
      return reply.code(400).send({ error: 'invalid_request' });
    }
  });

  // CAS Protocol 3.0 §2.3.3: whoever knows the ticket is the server it came from.
  app.post(callback('cas'), { bodyLimit: postedOctets }, async (request, reply) => {
    const provider = await providerOf(web, request, 'cas');
    const ticket = readCasLogout(formOf(request).get('logoutRequest') ?? '');
    if (ticket === undefined) return sendProblem(reply, 400);
    await endVouched(store, provider, { sid: ticket }, request.ip);
    return reply.code(200).send('');
  });

  app.get('/auth/federation/saml/:provider/metadata', async (request, reply) => {
    const { provider, settings } = await samlOf(web, request);
    const { samlMetadata } = await import('#server/federation/saml/service.ts');
    void reply.type('application/samlmetadata+xml; charset=utf-8');
    return samlMetadata(store, { provider, settings, site: siteOf(web, request) });
  });

  // The provider's page has the browser post this, without our cookies: it comes back for it by itself.
  app.post(callback('saml'), { bodyLimit: postedOctets }, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const { provider } = await samlOf(web, request);
    const fields = formOf(request);
    const state = fields.get('RelayState') ?? '';
    const response = fields.get('SAMLResponse') ?? '';
    try {
      const isAwaited = await takeSaml(store, { provider, site: siteOf(web, request), response, state });
      if (!isAwaited) return reply.redirect(doorOf('/', 'none'), 303);
    } catch (error) {
      // What does not hold is nobody's: the browser that waits for it is told so.
      if (!(error instanceof ProviderFault)) throw error;
      onFault(error);
    }
    const query = new URLSearchParams({ state });
    return reply.redirect(
      `/auth/federation/saml/${provider.tenantId}.${provider.id}/callback?${query.toString()}`,
      303,
    );
  });

  const leave = async (
    request: FastifyRequest,
    reply: FastifyReply,
    body: string | undefined,
  ): Promise<FastifyReply> => {
    void reply.header('cache-control', 'no-store');
    const { provider, settings } = await samlOf(web, request);
    const query = queryText(request);
    // The answer to a request of ours: we have left already.
    if (new URLSearchParams(body ?? query).has('SAMLResponse')) return reply.redirect('/login', 303);
    const { samlLogoutRequest } = await import('#server/federation/saml/service.ts');
    try {
      const { by, answer } = await samlLogoutRequest(
        store,
        { provider, settings, site: siteOf(web, request) },
        body === undefined ? { kind: 'redirect', query } : { kind: 'post', body },
      );
      await endVouched(store, provider, by, request.ip);
      return await reply.redirect(answer ?? '/login', 303);
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      onFault(error);
      return sendProblem(reply, 400);
    }
  };
  app.get('/auth/federation/saml/:provider/logout', (request, reply) => leave(request, reply, undefined));
  app.post('/auth/federation/saml/:provider/logout', { bodyLimit: postedOctets }, (request, reply) =>
    leave(request, reply, bodyOf(request)),
  );
}

function pageOf(request: FastifyRequest, reply: FastifyReply, arrived: Arrived, state: string): string {
  switch (arrived.kind) {
    case 'in': {
      sayBegun(request, reply, arrived.begun);
      return arrived.begun.steps.length === 0 ? arrived.returnTo : doorOf(arrived.returnTo);
    }
    case 'refused':
      return doorOf(arrived.returnTo, state);
    case 'tooLate':
      return doorOf('/', 'none');
  }
}

/** The login page. @param state where it asks why one is there again. */
function doorOf(returnTo: string, state?: string): string {
  const query = new URLSearchParams({ ...(returnTo !== '/' && { to: returnTo }), ...(state && { sso: state }) });
  return query.size === 0 ? '/login' : `/login?${query.toString()}`;
}

/** @throws {Refusal} `noSuchIdentity`. */
async function providerOf({ house }: Web, request: FastifyRequest, kind: ProviderKind): Promise<Provider> {
  const { params } = request;
  const named = typeof params === 'object' && params !== null && 'provider' in params ? params.provider : undefined;
  const key = typeof named === 'string' ? readKey(named) : undefined;
  const provider = key && (await openProvider(house.store, key));
  if (provider?.kind !== kind) throw new Refusal('noSuchIdentity');
  return provider;
}

async function samlOf(web: Web, request: FastifyRequest) {
  const provider = await providerOf(web, request, 'saml');
  const { settings } = provider;
  if (settings.kind !== 'saml') throw new Refusal('noSuchIdentity');
  return { provider, settings };
}

/** `<tenant>.<provider>` */
function readKey(text: string): ProviderKey | undefined {
  const [, tenantId, id] = /^([1-9]\d{0,14})\.([1-9]\d{0,14})$/.exec(text) ?? [];
  if (tenantId === undefined || id === undefined) return undefined;
  return { tenantId: asId<TenantId>(Number(tenantId)), id: asId<ProviderId>(Number(id)) };
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(queryText(request));
}

function queryText({ url }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

function bodyOf({ body }: FastifyRequest): string {
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

function formOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(bodyOf(request));
}
