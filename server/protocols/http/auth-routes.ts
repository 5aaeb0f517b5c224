/** Logging in and out of the browser session, and what the login page shows. */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { readJson, isObject } from '#formats/jmap/json.ts';
import { type Begun, login, logout } from '#server/access/login.ts';
import { type PendingLogin, pendingLogin } from '#server/access/pending.ts';
import { Refusal } from '#server/access/refusal.ts';
import { helpFor } from '#server/entry/help.ts';
import { doorOf } from '#server/federation/door.ts';

import type { House } from '#server/protocols/house.ts';
import type { Web } from '#server/protocols/web.ts';

import { cookieName, requireOwnPage, requireSecrecy } from './authenticate.ts';
import { leavingAt } from './federation-site.ts';
import { deviceTokenIn, setDeviceCookie } from './cookies.ts';
import { looksFor } from './looks.ts';
import type { HttpOptions } from './options.ts';

const loginBodyOctets = 8192;

export function authRoutes(web: Web, options: HttpOptions): void {
  const { app, house, authenticate } = web;
  app.post('/auth/login', { bodyLimit: loginBodyOctets }, async (request, reply) => {
    requireForm(request.headers.origin, request.host);
    requireSecrecy(house, request);
    const body = Buffer.isBuffer(request.body) ? readJson(request.body) : null;
    const { userName, password } = isObject(body) ? body : { userName: null, password: null };
    if (typeof userName !== 'string' || typeof password !== 'string') return reply.code(400).send({ kind: 'refused' });
    const userAgent = request.headers['user-agent'] ?? '';
    try {
      const browser = { userAgent, remoteAddress: request.ip, deviceToken: deviceTokenIn(request) };
      const session = await login(house.store, { userName, password, ...browser });
      return sayBegun(request, reply, session);
    } catch (error) {
      // Only who has proved the password hears why, and whom to call.
      if (error instanceof Refusal && error.reason === 'accountLocked')
        return reply.code(423).send({ ...lockedOf(error), contact: await helpFor(house.store, userName) });
      if (error instanceof Refusal) return sayLogin(reply, error);
      throw error;
    }
  });

  app.post('/auth/logout', async (request, reply) => {
    requireOwnPage(request);
    void reply.clearCookie(cookieName(request), cookieForm(request.protocol));
    try {
      const actor = await authenticate(request);
      await logout(house.store, actor);
      // The session is over whatever its provider does now.
      return { ok: true, provider: await leavingAt(web, request, actor) };
    } catch (error) {
      // Whoever is not logged in any more is where they wanted to be.
      if (!(error instanceof Refusal)) throw error;
      return { ok: true };
    }
  });

  // Where a login is that was begun, so that a page loaded again goes on with it; and whether the cookie came at all.
  app.get('/auth/state', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    try {
      return { steps: (await pendingOf(house, request)).steps, isKnown: true };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { steps: [], isKnown: request.cookies[cookieName(request)] !== undefined };
    }
  });

  app.get('/auth/info', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const looks = looksFor(house.store, request);
    return { ...(await options.info(looks)), ...(await doorOf(house.store, looks.tenantId)) };
  });
}

/** A form's fields; what is no text is not there. */
export function readFields(body: unknown): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(readBody(body)).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

export function readBody(body: unknown): Readonly<Record<string, unknown>> {
  const value = Buffer.isBuffer(body) ? readJson(body) : null;
  return isObject(value) ? value : {};
}

/** The unfinished login of a browser. @throws {Refusal} as `pendingLogin`. */
export function pendingOf({ store }: House, request: FastifyRequest): Promise<PendingLogin> {
  return pendingLogin(store, request.cookies[cookieName(request)] ?? '', request.ip);
}

export function sayBegun(request: FastifyRequest, reply: FastifyReply, session: Begun): object {
  void reply.setCookie(cookieName(request), session.sessionToken, {
    ...cookieForm(request.protocol),
    expires: new Date(session.expiresAt),
  });
  if (session.deviceToken !== undefined) setDeviceCookie(request, reply, session.deviceToken);
  return { ok: true, steps: session.steps };
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
export function requireForm(origin: string | undefined, host: string): void {
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new Refusal('mayNot', { description: 'not from a page of this site' });
}

/** Why somebody who proved the password does not get in: the state of their account, or `provisionalExpired`. */
function lockedOf({ details }: Refusal): object {
  return { kind: 'locked', because: details.description ?? 'locked' };
}

export function sayLogin(reply: FastifyReply, error: Refusal): FastifyReply {
  const { reason, details } = error;
  if (reason === 'accountLocked') return reply.code(423).send(lockedOf(error));
  if (reason === 'underMaintenance')
    return reply
      .code(503)
      .header('retry-after', details.retryAfterSeconds ?? 60)
      .send({ kind: 'maintenance' });
  if (reason === 'tryLater' || reason === 'tooBusy' || reason === 'rateLimited') {
    const retryAfterSeconds = details.retryAfterSeconds ?? 5;
    return reply.code(429).header('retry-after', retryAfterSeconds).send({ kind: 'tryLater', retryAfterSeconds });
  }
  // Whatever else: one answer, which tells nothing.
  return reply.code(401).send({ kind: 'refused' });
}
