/**
 * How the house looks from the host a visitor came by: the addresses of its logo and style sheet, which are named after
 * what they hold and kept for ever, and what stands in the head of every page.
 */
import type { FastifyRequest } from 'fastify';

import { logoTypes } from '#formats/brand/logo.ts';
import { openLogo } from '#server/brand/brand.ts';
import { findSheet, type Looks, looksAt } from '#server/brand/watch.ts';
import type { Store } from '#server/store/store.ts';
import { sendProblem, type Web } from '#server/protocols/web.ts';

const forEver = 'public, max-age=31536000, immutable';
/** A picture that is opened by itself still draws; nothing in it may run, load or be framed. */
const logoPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
const longestHost = 300;
/** What an address would read as something else than a host and a port: a user, a path, what comes after one. */
const noHost = /[\s@/\\?#]/;

/** As the browser asked for it, without the port; '' for what is no name of a host. */
export function hostnameOf({ host }: FastifyRequest): string {
  if (host.length > longestHost || noHost.test(host)) return '';
  return URL.parse(`http://${host}`)?.hostname.replace(/\.$/, '') ?? '';
}

export function looksFor(store: Store, request: FastifyRequest): Looks {
  return looksAt(store, hostnameOf(request));
}

export function logoPath({ logo }: Looks): string | undefined {
  return logo && `/brand/logo/${logo.hash}.${logo.kind}`;
}

export function sheetPath({ sheet }: Looks): string | undefined {
  return sheet && `/brand/${sheet.hash}.css`;
}

export function brandRoutes({ app, house }: Web): void {
  const { store } = house;

  app.get('/brand/logo/:file', async (request, reply) => {
    const [, hash = '', kind] = /^([0-9a-f]{64})\.(svg|png)$/.exec(fileOf(request)) ?? [];
    const logo = hash === '' ? undefined : await openLogo(store, hash);
    if (logo?.kind !== kind || !logo) return sendProblem(reply, 404);
    void reply.headers({
      'content-type': logoTypes[logo.kind],
      'content-security-policy': logoPolicy,
      'x-content-type-options': 'nosniff',
      'cache-control': forEver,
    });
    return reply.send(Buffer.from(logo.octets));
  });

  app.get('/brand/:file', async (request, reply) => {
    const [, hash] = /^([0-9a-f]{32})\.css$/.exec(fileOf(request)) ?? [];
    const text = hash === undefined ? undefined : await findSheet(store, hash);
    if (text === undefined) return sendProblem(reply, 404);
    return reply.headers({ 'content-type': 'text/css; charset=utf-8', 'cache-control': forEver }).send(text);
  });
}

function fileOf({ params }: FastifyRequest): string {
  const file = typeof params === 'object' && params !== null && 'file' in params ? params.file : undefined;
  return typeof file === 'string' ? file : '';
}
