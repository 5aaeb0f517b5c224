/**
 * Who asks: a browser by its session cookie, a program by HTTP Basic or Bearer (RFC 7617, RFC 6750). A cookie is sent by
 * the browser whoever made it ask, so its requests must show that they come from our own pages.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { authenticateBasic } from '#server/access/authenticate.ts';
import { authenticateSession } from '#server/access/login.ts';
import { Refusal } from '#server/access/refusal.ts';
import { authenticateToken } from '#server/provider/authenticate.ts';
import { isLoopback } from '#server/protocols/address.ts';
import type { House } from '#server/protocols/house.ts';
import type { Proof } from '#server/protocols/web.ts';

/** A header no other site's page can send without asking us first, which we never grant. */
const clientHeader = 'x-pli-client';

/**
 * Takes from a request what proves who asks, and nothing else: a pushed connection keeps it for hours.
 * @throws {Refusal} `badCredentials`, `mayNot`.
 */
export function proofOf(house: House, request: FastifyRequest): Proof {
  const { authorization } = request.headers;
  const { store } = house;
  const remoteAddress = request.ip;
  if (authorization !== undefined) {
    const [, scheme = '', credentials = ''] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
    requireSecrecy(house, request);
    if (scheme.toLowerCase() === 'bearer') {
      return async () => (await authenticateToken(store, { token: credentials, remoteAddress, program: 'jmap' })).actor;
    }
    const named = scheme.toLowerCase() === 'basic' ? readBasic(credentials) : undefined;
    if (!named) throw new Refusal('badCredentials');
    return async () => (await authenticateBasic(store, { ...named, remoteAddress, program: 'jmap' })).actor;
  }
  const cookie = request.cookies[cookieName(request)];
  if (cookie === undefined) throw new Refusal('badCredentials');
  requireOwnPage(request);
  return async () => (await authenticateSession(store, cookie, remoteAddress)).actor;
}

/** RFC 7617 §2: user-id and password, the first colon between them. */
function readBasic(credentials: string): { readonly userName: string; readonly password: string } | undefined {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `__Host-` binds a cookie to TLS, this host and every path, so no neighbour can set it. */
export function cookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-pli' : 'pli';
}

/** @throws {Refusal} `mayNot` where a password would cross a network in the clear. */
export function requireSecrecy(house: House, request: FastifyRequest): void {
  if (request.protocol === 'https' || house.isLab || isLoopback(request.ip)) return;
  throw new Refusal('mayNot', { description: 'passwords are taken over TLS only' });
}

/** @throws {Refusal} `mayNot` for a request some other site's page made (cross-site request forgery). */
export function requireOwnPage(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  const isUpgrade = request.headers.upgrade !== undefined;
  const isForeign = origin !== undefined && hostOf(origin) !== request.host;
  const isCrossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const lacksHeader = !isReading && request.headers[clientHeader] !== 'web';
  // A WebSocket's handshake is a GET that opens everything: only a page of ours may, and a browser always says which.
  if (isForeign || lacksHeader || (isCrossSite && (!isReading || isUpgrade)) || (isUpgrade && origin === undefined)) {
    throw new Refusal('mayNot', { description: 'not from a page of this site' });
  }
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

/** A browser that is told of Basic asks with a window of its own; it never needs to be. */
export function challenge(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['sec-fetch-site'] !== undefined) return;
  void reply.header('www-authenticate', 'Basic realm="Pli", charset="UTF-8", Bearer realm="Pli"');
}
