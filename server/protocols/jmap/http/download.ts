/**
 * Downloads (RFC 8620 §6.2), with ranges. What a browser could run is never shown in our own origin: only types on a
 * short list are shown at all, everything else is saved, and all of it comes in a sandbox.
 */
import { Readable } from 'node:stream';

import { readBlobId } from '#formats/jmap/id.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openBlobOf } from '#server/blobs/open.ts';
import { sendProblem, type Web } from '#server/protocols/web.ts';

import { readAccountId } from '#server/protocols/jmap/engine/context.ts';

/** Types that only show: no script, no markup, no link to elsewhere. */
const shown =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/(?:mp4|webm|ogg|quicktime)|text\/plain|application\/pdf)$/;
const typeForm = /^([\w!#$&^.+-]+\/[\w!#$&^.+-]+)(; ?charset="?[\w.:-]+"?)?$/;

const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";
/** A browser's own viewer does not start within a sandbox. */
const pdfPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

interface DownloadRoute {
  readonly Params: { readonly accountId: string; readonly blobId: string; readonly name: string };
  readonly Querystring: { readonly accept?: string | readonly string[] };
}

export function downloadRoutes({ app, house, authenticate }: Web): void {
  app.get<DownloadRoute>('/jmap/download/:accountId/:blobId/:name', async (request, reply) => {
    const actor = await authenticate(request);
    const { accountId: accountText, blobId, name } = request.params;
    const accountId = readAccountId(accountText);
    const blobName = readBlobId(blobId);
    if (accountId === undefined || !blobName) throw new Refusal('noSuchBlob');
    const etag = `"${blobId}"`;
    const blob = await openBlobOf(house.store, actor, accountId, blobName);
    const [type = 'application/octet-stream', plainType = 'application/octet-stream'] =
      typeForm.exec(typeof request.query.accept === 'string' ? request.query.accept.toLowerCase() : '') ?? [];
    void reply.headers({
      etag,
      'content-type': type,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': disposition(shown.test(plainType), name),
      'content-security-policy': plainType === 'application/pdf' ? pdfPolicy : policy,
    });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    const { range, 'if-range': ifRange } = request.headers;
    const wanted = range === undefined || (ifRange !== undefined && ifRange !== etag) ? undefined : range;
    const part = wanted === undefined ? undefined : readRange(wanted, blob.sizeOctets);
    if (part === 'unsatisfiable') {
      void reply.header('content-range', `bytes */${blob.sizeOctets}`);
      return sendProblem(reply, 416);
    }
    const { start, end } = part ?? { start: 0, end: blob.sizeOctets };
    void reply.header('content-length', end - start);
    if (part) void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${blob.sizeOctets}`);
    if (request.method === 'HEAD' || end === start) return reply.send('');
    return reply.send(Readable.from(blob.stream(start, end), { objectMode: false }));
  });
}

/**
 * A Range of one part (RFC 9110 §14.2), `end` excluded. undefined for several or an unknown unit: then the whole is sent.
 */
export function readRange(
  header: string,
  sizeOctets: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.replaceAll(' ', '')) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), sizeOctets);
    return length === 0 ? 'unsatisfiable' : { start: sizeOctets - length, end: sizeOctets };
  }
  const start = Number(first);
  const end = last === '' ? sizeOctets : Math.min(Number(last) + 1, sizeOctets);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= sizeOctets ? 'unsatisfiable' : { start, end };
}

/** RFC 6266, the name in both forms; what could end the header or name a folder is replaced. */
export function disposition(isShown: boolean, name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must go
  const safe = name.replaceAll(/[\u0000-\u001f\u007f/\\]/g, '_').slice(0, 255);
  const plain = safe.replaceAll(/[^\x20-\x7e]|["%]/g, '_');
  const encoded = encodeURIComponent(safe.toWellFormed()).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return `${isShown ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
