/**
 * Pli as an OpenID Connect provider (OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated and Back-Channel Logout 1.0;
 * RFC 6749, RFC 7636, RFC 7009, RFC 7662, RFC 8414, RFC 9700). The library answers its own addresses; what a person is
 * asked is ours (interaction.ts). Where no client is registered nothing of it is there.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { mayAsk } from '#server/access/asking.ts';
import { networkOf } from '#server/access/throttle.ts';
import { isLoopback } from '#server/protocols/address.ts';
import { type HttpHead, sendProblem, type Web } from '#server/protocols/web.ts';
import type { Store } from '#server/store/store.ts';

import { interactionRoutes } from './interaction.ts';
import { createLoader, type Loader } from './load.ts';
import { routes, sessionCookie } from './places.ts';

export interface OpenidOptions {
  /** Our issuer identifier; asked for when the server listens. */
  readonly issuer: () => string;
}

const metadata = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

/** What pages of other sites may read: they say for themselves which (`clientBasedCORS`). */
const shared = new Set<string>([...metadata, routes.jwks, routes.token, routes.userinfo, routes.revocation]);

export function openidHead({ issuer }: OpenidOptions): HttpHead {
  return (web) => {
    const loader = createLoader(web.house.store);
    interactionRoutes(web, { loader, issuer });
    const answer = (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      handOver(web, loader, issuer(), request, reply);
    void web.app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      // The library reads bodies itself, and bounds them.
      scope.addContentTypeParser('*', (_request, _body, done) => done(null));
      for (const url of [...metadata, routes.jwks]) scope.route({ method: ['GET', 'OPTIONS'], url, handler: answer });
      scope.route({ method: ['GET', 'POST', 'OPTIONS'], url: routes.userinfo, handler: answer });
      for (const url of [routes.token, routes.revocation, routes.introspection])
        scope.route({ method: ['POST', 'OPTIONS'], url, handler: answer });
      scope.get(routes.authorization, answer);
      scope.get(`${routes.authorization}/:uid`, answer);
      scope.get(routes.end_session, answer);
      scope.get(`${routes.end_session}/success`, answer);
      scope.post(`${routes.end_session}/confirm`, answer);
    });
  };
}

async function handOver(
  { house }: Web,
  loader: Loader,
  issuer: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (request.protocol !== 'https' && !house.isLab && !isLoopback(request.ip))
    return sendProblem(reply, 403, 'tokens are given over TLS only');
  const provider = await loader.load(issuer);
  if (!provider) return sendProblem(reply, 404);
  const path = request.url.split('?', 1)[0] ?? '';
  if (path === routes.authorization && !(await mayBegin(house.store, request.ip)))
    return sendProblem(reply.header('retry-after', 60), 429);
  const headers = reply.getHeaders();
  reply.hijack();
  const { raw: incoming } = request;
  const { raw: outgoing } = reply;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) outgoing.setHeader(name, value);
  if (shared.has(path)) outgoing.setHeader('cross-origin-resource-policy', 'cross-origin');
  // What fastify made of the proxies that it trusts, and nothing that anybody else wrote.
  incoming.headers['x-forwarded-proto'] = request.protocol;
  incoming.headers['x-forwarded-host'] = request.host;
  incoming.headers['x-forwarded-for'] = request.ip;
  if (path.startsWith(routes.authorization) && !isSilent(request)) forgetSession(incoming.headers);
  await provider.callback()(incoming, outgoing);
  return undefined;
}

/** Of one network, a whole school in the morning: what is begun is kept for an hour, though nobody has proved anything. */
const begunAMinute = 1200;
const minuteMs = 60_000;

function mayBegin(store: Store, remoteAddress: string): Promise<boolean> {
  const of = `openid ${networkOf(remoteAddress)} ${Math.floor(store.now() / minuteMs)}`;
  return mayAsk(store, { of, most: begunAMinute, withinMs: minuteMs });
}

/** `prompt=none`: nobody is asked, and the session the client has must say. */
function isSilent({ url }: FastifyRequest): boolean {
  const query = url.split('?')[1] ?? '';
  return new URLSearchParams(query).get('prompt') === 'none';
}

/** Each login at a client begins anew, from the session of the house: somebody else may sit there now. */
function forgetSession(headers: { cookie?: string | undefined }): void {
  const kept = headers.cookie
    ?.split(/; */)
    .filter((pair) => !pair.startsWith(`${sessionCookie}=`) && !pair.startsWith(`${sessionCookie}.sig=`));
  headers.cookie = kept?.join('; ');
}
