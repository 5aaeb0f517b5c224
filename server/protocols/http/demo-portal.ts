/**
 * The portal of the demonstration over HTTP (server/demo/portal): CAS Protocol 3.0 for our own login page alone. Where there
 * is no demonstration it is not there.
 */
import { randomBytes } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { Refusal } from '#server/access/refusal.ts';
import { type PortalFault, type PortalPage, printPortal } from '#server/demo/portal/page.ts';
import { portalPath } from '#server/demo/portal/provider.ts';
import {
  enterPortal,
  giveTicket,
  isInPortal,
  leavePortal,
  requireDemo,
  validateTicket,
} from '#server/demo/portal/tickets.ts';
import { sendProblem, type Web } from '#server/protocols/web.ts';

import { requireForm } from './auth-routes.ts';
import { requireSecrecy } from './authenticate.ts';

const bodyLimit = 16_384;

export function demoPortal(web: Web): void {
  const { app, house } = web;
  const { store } = house;

  const goOn = (request: FastifyRequest, reply: FastifyReply, token: string, service: string): FastifyReply => {
    if (service === '') return show(request, reply, { kind: 'in' });
    const ticket = giveTicket(store, token, service);
    if (ticket === undefined) return show(request, reply, { kind: 'form', service });
    const url = new URL(service);
    url.searchParams.set('ticket', ticket);
    return reply.redirect(url.href, 303);
  };

  app.get(`${portalPath}/login`, async (request, reply) => {
    await requireDemo(store);
    const service = serviceOf(web, request, queryOf(request));
    if (service === undefined) return sendProblem(reply, 400, 'not a service of this portal');
    const token = request.cookies[cookieName(request)] ?? '';
    return isInPortal(store, token)
      ? goOn(request, reply, token, service)
      : show(request, reply, { kind: 'form', service });
  });

  app.post(`${portalPath}/login`, { bodyLimit }, async (request, reply) => {
    requireForm(request.headers.origin, request.host);
    requireSecrecy(house, request);
    const fields = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const service = serviceOf(web, request, fields);
    if (service === undefined) return sendProblem(reply, 400, 'not a service of this portal');
    const userName = fields.get('username') ?? '';
    const password = fields.get('password') ?? '';
    try {
      const token = await enterPortal(store, { userName, password, remoteAddress: request.ip });
      void reply.setCookie(cookieName(request), token, cookieForm(request));
      return goOn(request, reply, token, service);
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason === 'noSuchAccount') throw error;
      return show(request, reply, { kind: 'form', service, fault: faultOf(error) }, 401);
    }
  });

  for (const [page, hasAttributes] of [
    ['/serviceValidate', false],
    ['/p3/serviceValidate', true],
  ] as const) {
    app.get(`${portalPath}${page}`, async (request, reply) => {
      await requireDemo(store);
      const query = queryOf(request);
      const given = { service: query.get('service') ?? '', ticket: query.get('ticket') ?? '' };
      return reply.type('application/xml; charset=utf-8').send(validateTicket(store, { ...given, hasAttributes }));
    });
  }

  app.get(`${portalPath}/logout`, async (request, reply) => {
    await requireDemo(store);
    for (const { service, logoutRequest } of leavePortal(store, request.cookies[cookieName(request)] ?? '')) {
      const { pathname, search } = new URL(service);
      // Every service of this portal is a page of this very server.
      await app.inject({
        method: 'POST',
        url: pathname + search,
        headers: { host: request.host, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ logoutRequest }).toString(),
      });
    }
    void reply.clearCookie(cookieName(request), cookieForm(request));
    return show(request, reply, { kind: 'out' });
  });
}

function faultOf({ reason }: Refusal): PortalFault {
  if (reason === 'accountLocked') return 'locked';
  return reason === 'badCredentials' ? 'refused' : 'tryLater';
}

/** Empty where none is named; undefined for what is no page of ours that takes tickets. */
function serviceOf(web: Web, request: FastifyRequest, fields: URLSearchParams): string | undefined {
  const service = fields.get('service') ?? '';
  return service === '' || service.startsWith(`${web.baseUrl(request)}/auth/federation/cas/`) ? service : undefined;
}

function show(request: FastifyRequest, reply: FastifyReply, page: PortalPage, status = 200): FastifyReply {
  const nonce = randomBytes(18).toString('base64url');
  const language = /^en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'fr';
  void reply.headers({
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // Without any, a form says its page is nobody's, and would be taken for another site's.
    'referrer-policy': 'same-origin',
  });
  return reply.code(status).send(printPortal(page, language, nonce));
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

function cookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-pli-portal' : 'pli-portal';
}

function cookieForm(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
}
