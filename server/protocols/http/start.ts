/**
 * The HTTP head: one fastify server for the client, logging in, JMAP and whatever other heads hang on it. Bounds stand
 * here: sizes, times, and what is written to the log (who asked for which route and how it ended, never contents).
 */
import cookie from '@fastify/cookie';
import websocket from '@fastify/websocket';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';

import { isHostOfTenant, watchBrands } from '#server/brand/watch.ts';
import { requireWritable } from '#server/maintenance/require.ts';
import { isLoopback } from '#server/protocols/address.ts';
import type { House } from '#server/protocols/house.ts';

import { sendProblem, type Web } from '#server/protocols/web.ts';

import { proofOf } from './authenticate.ts';
import { authRoutes } from './auth-routes.ts';
import { clientRoutes } from './client.ts';
import { factorRoutes } from './factor-routes.ts';
import { addSecurityHeaders } from './headers.ts';
import { brandRoutes, hostnameOf } from './looks.ts';
import { entryRoutes } from './entry-routes.ts';
import { federationRoutes } from './federation-routes.ts';
import type { HttpOptions, HttpServer } from './options.ts';
import { sayError } from './problem.ts';
import { readOut } from './read-out.ts';
import { recoveryRoutes } from './recovery-routes.ts';

/** What a request without a limit of its own may bring. */
const bodyOctets = 1_000_000;
/** How long a request may take to arrive: an upload over a slow line. */
const requestTimeoutMs = 600_000;
const headersTimeoutMs = 20_000;
const keepAliveMs = 75_000;
const webSocketFrameOctets = 10_000_000;

/** Listens; closing lets running requests end. */
export async function startHttp(house: House, options: HttpOptions): Promise<HttpServer> {
  const app = createApp(house, options);
  await app.register(cookie);
  await app.register(websocket, { options: { maxPayload: webSocketFrameOctets, handleProtocols } });
  const web: Web = {
    app,
    house,
    async authenticate(request) {
      const actor = await proofOf(house, request)();
      if (isWriting(request)) await requireWritable(house.store, actor, 'work');
      return actor;
    },
    proofOf: (request) => proofOf(house, request),
    // Whoever came by a host of their institution goes on there; any other name may be made up.
    baseUrl: (request) =>
      options.publicUrl === undefined || isHostOfTenant(house.store, hostnameOf(request))
        ? `${request.protocol}://${request.host}`
        : options.publicUrl,
  };
  const brands = await watchBrands(house.store, (error) => house.log.warn({ err: error }, 'brands could not be read'));
  app.addHook('onClose', () => brands.close());
  addSecurityHeaders(app);
  measure(web);
  authRoutes(web, options);
  factorRoutes(web);
  entryRoutes(web);
  recoveryRoutes(web);
  federationRoutes(web);
  opsRoutes(web);
  brandRoutes(web);
  for (const head of options.heads) head(web);
  clientRoutes(web, options.clientFolder);
  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { port, url: `${options.tls ? 'https' : 'http'}://${name}:${port}`, close: () => app.close() };
}

/**
 * Requests that are no writing though they are no GET: JMAP's, whose engine looks at each method, leaving, what only
 * proves who is there, and going in to another service by an account of ours.
 */
const harmless = new Set([
  '/jmap/api',
  '/auth/logout',
  '/auth/own-password/judge',
  '/auth/prove',
  '/openid/interaction/:uid/answer',
]);

function isWriting({ method, routeOptions }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && !harmless.has(routeOptions.url ?? '');
}

function createApp(house: House, options: HttpOptions): FastifyInstance {
  const common = {
    bodyLimit: bodyOctets,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    routerOptions: { maxParamLength: 2048, ignoreTrailingSlash: true },
    logger: false as const,
  };
  const app: FastifyInstance = options.tls
    ? fastify({ ...common, https: { key: options.tls.key, cert: options.tls.cert } })
    : fastify({ ...common, http: { headersTimeout: headersTimeoutMs } });
  // Nothing is parsed unless a route does it: JSON comes as octets to our own reader.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, request, reply) => {
    // A connection that stays is read out by Node itself.
    if (reply.getHeader('connection') === 'close') await readOut(request.raw);
    return sayError(house, error, request, reply);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404));
  return app;
}

function handleProtocols(protocols: ReadonlySet<string>): string | false {
  return protocols.has('jmap') ? 'jmap' : false;
}

/** Counts and logs each answer by its route: addresses hold ids and names. */
function measure({ app, house }: Web): void {
  const durations = house.metrics.histogram('pli_http_request_seconds', 'Time to answer an HTTP request.');
  app.addHook('onResponse', async (request, reply) => {
    const seconds = reply.elapsedTime / 1000;
    const route = routeOf(request);
    durations.observe(seconds, { route, status: String(reply.statusCode) });
    house.log.debug({ method: request.method, route, status: reply.statusCode, seconds }, 'http');
  });
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

function opsRoutes({ app, house }: Web): void {
  app.get('/healthz', async (_request, reply) => {
    // A database that does not answer makes this throw, and that is 503.
    await house.store.engine.read((connection) => connection.all({ sql: 'select 1' }, []));
    return reply.header('cache-control', 'no-store').send({ ok: true });
  });
  // Counts tell more than the public should know; a collector elsewhere goes through the operator's proxy.
  app.get('/metrics', async (request, reply) => {
    if (!isLoopback(request.ip)) return sendProblem(reply, 404);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(house.metrics.print());
  });
}
