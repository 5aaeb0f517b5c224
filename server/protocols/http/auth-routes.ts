/** Logging in and out of the browser session, and what the login page shows. */
import type { FastifyReply } from 'fastify';

import { readJson, isObject } from '#formats/jmap/json.ts';
import { login, logout } from '#server/access/login.ts';
import { Refusal } from '#server/access/refusal.ts';

import type { Web } from '#server/protocols/web.ts';

import { cookieName, requireOwnPage, requireSecrecy } from './authenticate.ts';
import type { HttpOptions } from './options.ts';

const loginBodyOctets = 8192;

export function authRoutes({ app, house, authenticate }: Web, options: HttpOptions): void {
  app.post('/auth/login', { bodyLimit: loginBodyOctets }, async (request, reply) => {
    requireForm(request.headers.origin, request.host);
    requireSecrecy(house, request);
    const body = Buffer.isBuffer(request.body) ? readJson(request.body) : null;
    const { userName, password } = isObject(body) ? body : { userName: null, password: null };
    if (typeof userName !== 'string' || typeof password !== 'string') return reply.code(400).send({ kind: 'refused' });
    const userAgent = request.headers['user-agent'] ?? '';
    try {
      const session = await login(house.store, { userName, password, userAgent, remoteAddress: request.ip });
      void reply.setCookie(cookieName(request), session.sessionToken, {
        ...cookieForm(request.protocol),
        expires: new Date(session.expiresAt),
      });
      return { ok: true, ...(session.mustChangePassword && { mustChangePassword: true }) };
    } catch (error) {
      if (error instanceof Refusal) return sayLogin(reply, error);
      throw error;
    }
  });

  app.post('/auth/logout', async (request, reply) => {
    requireOwnPage(request);
    try {
      await logout(house.store, await authenticate(request));
    } catch (error) {
      // Whoever is not logged in any more is where they wanted to be.
      if (!(error instanceof Refusal)) throw error;
    }
    void reply.clearCookie(cookieName(request), cookieForm(request.protocol));
    return { ok: true };
  });

  app.get('/auth/info', () => options.info());
}

function cookieForm(protocol: string): {
  readonly path: string;
  readonly httpOnly: true;
  readonly sameSite: 'strict';
  readonly secure: boolean;
} {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: protocol === 'https' };
}

/** Nobody else's page may log somebody in here (login CSRF). Programs send no Origin. */
function requireForm(origin: string | undefined, host: string): void {
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new Refusal('mayNot', { description: 'not from a page of this site' });
}

function sayLogin(reply: FastifyReply, { reason, details }: Refusal): FastifyReply {
  if (reason === 'accountLocked') return reply.code(423).send({ kind: 'locked' });
  if (reason === 'tryLater' || reason === 'tooBusy' || reason === 'rateLimited') {
    const retryAfterSeconds = details.retryAfterSeconds ?? 5;
    return reply.code(429).header('retry-after', retryAfterSeconds).send({ kind: 'tryLater', retryAfterSeconds });
  }
  // Whatever else: one answer, which tells nothing.
  return reply.code(401).send({ kind: 'refused' });
}
