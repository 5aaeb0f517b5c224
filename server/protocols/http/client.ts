/**
 * The web client's files: compressed once, kept in memory, those with a hash in their name for ever in the browser.
 * index.html gets a fresh nonce each time, and the looks of the house of that host; it stands for every address of the
 * client.
 */
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Looks } from '#server/brand/watch.ts';
import { sendProblem, type Web } from '#server/protocols/web.ts';

import { pagePolicy, workerPolicy } from './headers.ts';
import { logoPath, looksFor, sheetPath } from './looks.ts';
import { html } from './pages/html.ts';

const types: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.ico', 'image/x-icon'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json'],
  ['.map', 'application/json'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.webmanifest', 'application/manifest+json'],
  ['.woff2', 'font/woff2'],
]);

interface Kept {
  readonly modifiedAt: number;
  readonly content: Buffer;
  readonly etag: string;
  readonly brotli: Buffer | undefined;
}

const compress = promisify(brotliCompress);
/** Vite's: `name-AbCd1234.js`. */
const hashedName = /^\/assets\/.*-[\w-]{8}\.\w+$/;
/** As the build names what runs in a worker. */
const workerName = /\.worker-[\w-]+\.js$/;
const ours = /^\/(?:jmap|auth|assets|\.well-known|healthz|metrics|status|aide|brand)(?:\/|$)/;

export function clientRoutes({ app, house }: Web, folder: string): void {
  const files = new Map<string, Kept>();

  const open = async (path: string): Promise<Kept | undefined> => {
    const full = join(folder, normalize(path));
    if (!full.startsWith(folder + sep) || path.includes('\0')) return undefined;
    const found = await stat(full).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    const known = files.get(full);
    if (known?.modifiedAt === found.mtimeMs) return known;
    const kept = await read(full, found.mtimeMs);
    files.set(full, kept);
    return kept;
  };

  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const index = await open('/index.html');
    if (!index) return sendProblem(reply, 503, 'the client is not built');
    const nonce = randomBytes(18).toString('base64url');
    void reply.headers({
      'content-security-policy': pagePolicy(nonce),
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
    const head = headOf(looksFor(house.store, request));
    const text = index.content
      .toString('utf8')
      .replaceAll('__CSP_NONCE__', nonce)
      .replace('</head>', () => head);
    return reply.send(request.method === 'HEAD' ? '' : text);
  };

  app.get('/*', async (request, reply) => {
    const path = pathOf(request.url);
    if (path === undefined) return sendProblem(reply, 400);
    if (path === '/' || path === '/index.html') return page(request, reply);
    const file = await open(path);
    if (file) return sendFile(request, reply, path, file);
    if (ours.test(path) || extname(path) !== '') return sendProblem(reply, 404);
    return page(request, reply);
  });
}

/** What the client reads of the house before it asks anything (web/app/brand.ts), and its colours. */
function headOf(looks: Looks): string {
  const logo = logoPath(looks) ?? '';
  const sheet = sheetPath(looks);
  const name = looks.isNamed ? html`<meta name="pli-house" content="${looks.name}" data-logo="${logo}" />` : '';
  const link = sheet === undefined ? '' : html`<link rel="stylesheet" href="${sheet}" />`;
  return html`${name}${link}</head>`.html;
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

async function read(path: string, modifiedAt: number): Promise<Kept> {
  const content = await readFile(path);
  const isText = /\.(?:css|html|js|json|map|svg|webmanifest)$/.test(path);
  const built = isText ? await readFile(`${path}.br`).catch(() => undefined) : undefined;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const brotli = built ?? (isText && content.length > 1000 ? await compress(content, { params }) : undefined);
  return { modifiedAt, content, brotli, etag: `"${modifiedAt.toString(36)}-${content.length.toString(36)}"` };
}

function sendFile(request: FastifyRequest, reply: FastifyReply, path: string, file: Kept): FastifyReply {
  void reply.headers({
    etag: file.etag,
    vary: 'accept-encoding',
    'cache-control': hashedName.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-type': types.get(extname(path)) ?? 'application/octet-stream',
  });
  if (workerName.test(path)) void reply.header('content-security-policy', workerPolicy);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding']?.toString() ?? '');
  if (!takesBrotli || !file.brotli) return reply.send(file.content);
  return reply.header('content-encoding', 'br').send(file.brotli);
}
