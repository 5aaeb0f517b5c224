/**
 * The OpenID Connect provider itself: the library as we set it up. This file and nothing else loads it, at the first
 * request that needs it: thirty packages that a house without clients never pays for. Only the code flow with PKCE is
 * offered; tokens are opaque, so that they end when they are ended.
 */
import OpenidProvider, { type Configuration, interactionPolicy } from 'oidc-provider';

import { keyedHash } from '#server/access/secret.ts';
import { acrs } from '#server/provider/ask.ts';
import { claimsOf } from '#server/provider/claims.ts';
import { isSecretOf } from '#server/provider/clients.ts';
import type { SigningKey } from '#server/provider/keys.ts';
import { leaveHouse } from '#server/provider/leave.ts';
import { allClientScopes, claimsOfScope } from '#server/provider/scopes.ts';
import type { Store } from '#server/store/store.ts';

import { adapterOf, type Current } from './adapter.ts';
import { pages, routes, sessionCookie } from './places.ts';

export type Provider = OpenidProvider;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Seconds. A grant lives as long as what comes from it can. */
const lives = {
  accessToken: hour,
  authorizationCode: minute,
  idToken: hour,
  interaction: hour,
  refreshToken: 60 * day,
  session: 14 * day,
  grant: 14 * day,
  lastingGrant: 400 * day,
} as const;

/** The library's own session, and what we add to the answer of a person. */
const current: Current = {
  sessionId() {
    const sessionId = OpenidProvider.ctx?.oidc.result?.['sessionId'];
    return typeof sessionId === 'string' ? sessionId : undefined;
  },
  isLoggingOut: () =>
    OpenidProvider.ctx?.oidc.route === 'end_session_confirm' &&
    OpenidProvider.ctx.oidc.params?.['logout'] !== undefined,
};

/** @param keys those that sign first. */
export function createProvider(store: Store, issuer: string, keys: readonly SigningKey[]): Provider {
  const provider = new OpenidProvider(issuer, configurationOf(store, keys));
  // What fastify found out about the proxy in front is handed on by the head, and by nobody else.
  provider.proxy = true;
  // Of secrets nothing is kept but a hash bound to the client.
  provider.Client.prototype.compareClientSecret = function compare(actual: string) {
    return isSecretOf(store, { id: this.clientId, secretHash: this.clientSecret ?? null }, actual);
  };
  // Whoever logs out at a client's has logged out here. Our own page asks by a script and goes on by itself: a form that
  // ended on another site would need a policy that lets forms go anywhere.
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.method !== 'POST' || ctx.path !== `${routes.end_session}/confirm` || ctx.status !== 303) return;
    const { oidc } = ctx;
    const uid = oidc.entities.Session?.uid;
    if (uid !== undefined && oidc.params?.['logout'] !== undefined) await leaveHouse(store, uid, ctx.ip);
    const location = ctx.response.get('location');
    ctx.remove('location');
    ctx.status = 200;
    ctx.body = { location };
  });
  return provider;
}

function configurationOf(store: Store, keys: readonly SigningKey[]): Configuration {
  return {
    adapter: (kind) => adapterOf(store, kind, current),
    acrValues: [acrs.one, acrs.two],
    claims: { ...claimsOfScope, openid: [...claimsOfScope.openid, 'acr', 'amr', 'auth_time'], iss: null, sid: null },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    // A page of a public client calls from where it is sent back to; nobody else's page calls at all.
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientSecret === undefined &&
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin && origin !== 'null'),
    conformIdTokenClaims: true,
    cookies: {
      names: { session: sessionCookie, interaction: 'pli_openid_interaction', resume: 'pli_openid_resume' },
      // Whoever comes from a client's page comes from another site: strict cookies would stay behind.
      long: { httpOnly: true, sameSite: 'lax', path: '/openid', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
      keys: [keyedHash(store, 'openidCookie', 'cookies')],
    },
    expiresWithSession: (_ctx, source) => !source.scopes.has('offline_access'),
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      introspection: {
        enabled: true,
        // A service asks about what was given to itself; a program that keeps no secret could be anybody.
        allowedPolicy: (_ctx, client, token) => client.clientSecret !== undefined && token.clientId === client.clientId,
      },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          const xsrf = /name="xsrf" value="([\w-]+)"/.exec(form)?.[1] ?? '';
          ctx.redirect(`${pages.logout}#${xsrf}`);
        },
        postLogoutSuccessSource: (ctx) => ctx.redirect(pages.loggedOut),
      },
    },
    // Clients are told by jobs (server/provider/logout.ts): nothing goes out from within a request.
    fetch: () => Promise.resolve(new Response(null, { status: 200 })),
    findAccount: async (_ctx, subject) => {
      const claims = await claimsOf(store, subject);
      if (!claims) return undefined;
      return { accountId: subject, claims: () => claims };
    },
    formats: { bitsOfOpaqueRandomness: 256 },
    interactions: {
      policy: policy(),
      url: (_ctx, interaction) => `${pages.interaction}/${interaction.uid}`,
    },
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grantId = ctx.oidc.result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId));
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    jwks: { keys: keys.map(({ jwk }) => ({ ...jwk })) },
    pkce: { required: () => true },
    renderError: (ctx, out) => {
      ctx.redirect(`${pages.error}?error=${encodeURIComponent(out.error)}`);
    },
    responseTypes: ['code'],
    revokeGrantPolicy: (ctx) => !(ctx.oidc.route === 'revocation' && ctx.oidc.entities.AccessToken !== undefined),
    rotateRefreshToken: true,
    routes: { ...routes },
    scopes: [...allClientScopes],
    subjectTypes: ['public'],
    ttl: {
      AccessToken: lives.accessToken,
      AuthorizationCode: lives.authorizationCode,
      Grant: (_ctx, grant) =>
        grant.getOIDCScope().split(' ').includes('offline_access') ? lives.lastingGrant : lives.grant,
      IdToken: lives.idToken,
      Interaction: lives.interaction,
      RefreshToken: lives.refreshToken,
      Session: lives.session,
    },
  };
}

/**
 * Whoever comes is always brought to our own page first, which knows them by the session of the house and lets go on at
 * once whoever need not be asked. Only `prompt=none` goes by what the client's session still says.
 */
function policy(): interactionPolicy.DefaultPolicy {
  const base = interactionPolicy.base();
  base.get('login')?.checks.add(
    new interactionPolicy.Check('house', 'the house says who it is', 'login_required', (ctx) => {
      const isAnswered = ctx.oidc.result?.login !== undefined;
      return !isAnswered && !ctx.oidc.prompts.has('none');
    }),
  );
  return base;
}
