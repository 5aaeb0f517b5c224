/**
 * The cookies beside that of the session: which browser it is, which one asked for a passkey at the door, and which one was
 * sent to another identity provider.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** As long as browsers keep one (RFC 6265bis §5.5). */
const deviceSeconds = 400 * 86_400;
/** A login at a provider takes no longer (federation/under-way.ts). */
const federationSeconds = 600;

/** `__Host-` binds a cookie to TLS, this host and every path, so no neighbour can set it. */
function deviceCookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-pli-device' : 'pli-device';
}

export function doorCookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-pli-door' : 'pli-door';
}

export function deviceTokenIn(request: FastifyRequest): string | undefined {
  return request.cookies[deviceCookieName(request)];
}

export function setDeviceCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  void reply.setCookie(deviceCookieName(request), token, { ...form(request), maxAge: deviceSeconds });
}

/** Until the browser is closed. */
export function setDoorCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  void reply.setCookie(doorCookieName(request), token, form(request));
}

/**
 * Of a browser that is sent to a provider and comes back by its redirection, which is a request of another site: `lax`.
 * It opens nothing by itself.
 */
function federationCookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-pli-federation' : 'pli-federation';
}

export function federationTokenIn(request: FastifyRequest): string {
  return request.cookies[federationCookieName(request)] ?? '';
}

/** One for all the tabs of a browser, renewed each time it is sent. */
export function setFederationCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const lax = { ...form(request), sameSite: 'lax' as const, maxAge: federationSeconds };
  void reply.setCookie(federationCookieName(request), token, lax);
}

function form(request: FastifyRequest): {
  readonly path: string;
  readonly httpOnly: true;
  readonly sameSite: 'strict';
  readonly secure: boolean;
} {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' };
}
