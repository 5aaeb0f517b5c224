/**
 * Fetching a message's remote image for its reader: the sender learns neither who reads nor where. Somebody else
 * chose the address, so it never leads into the house: public addresses only, each redirect checked anew, bounded in
 * time and size, nothing of ours sent along, and only what is an image by its own first octets comes back.
 */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';

import { isPublicAddress, publicLookup } from '#server/push/public-address.ts';

export interface RemoteImage {
  readonly type: ImageType;
  readonly octets: Buffer;
}

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif' | 'image/bmp';

const maxOctets = 10 * 1024 * 1024;
const timeoutMs = 10_000;
const mostRedirects = 4;
const longestUrl = 4_000;

/** @returns undefined for whatever is no image, or cannot be had: the reader sees its place empty. */
export async function fetchImage(
  address: string,
  options: { readonly mayReachInside: boolean },
): Promise<RemoteImage | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  let next: string | undefined = address;
  for (let hop = 0; next !== undefined && hop <= mostRedirects; hop += 1) {
    const url = readUrl(next, options.mayReachInside);
    if (!url) return undefined;
    const answer = await get(url, options.mayReachInside, signal).catch(() => undefined);
    if (!answer) return undefined;
    if (answer.kind === 'image') return answer.image;
    next = URL.parse(answer.location, url)?.href;
  }
  return undefined;
}

function readUrl(text: string, mayReachInside: boolean): URL | undefined {
  const url = text.length <= longestUrl ? URL.parse(text) : null;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is connected to without a look-up, so it is checked here.
  if (!mayReachInside && isIP(host) !== 0 && !isPublicAddress(host)) return undefined;
  return url;
}

type Answer =
  | { readonly kind: 'image'; readonly image: RemoteImage }
  | { readonly kind: 'redirect'; readonly location: string };

function get(url: URL, mayReachInside: boolean, signal: AbortSignal): Promise<Answer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
  const request = url.protocol === 'https:' ? requestTls : requestPlain;
  const outgoing = request(url, {
    agent: false,
    signal,
    headers: { accept: 'image/*', 'user-agent': 'Pli-Image-Proxy' },
    lookup: mayReachInside ? undefined : publicLookup,
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      resolve({ kind: 'redirect', location: headers.location });
      return;
    }
    if (statusCode !== 200) {
      response.destroy();
      resolve(undefined);
      return;
    }
    const pieces: Buffer[] = [];
    let sizeOctets = 0;
    response.on('data', (piece: Buffer) => {
      pieces.push(piece);
      sizeOctets += piece.length;
      if (sizeOctets > maxOctets) response.destroy(new Error('too large'));
    });
    response.on('error', reject);
    response.on('end', () => {
      const octets = Buffer.concat(pieces);
      const type = imageTypeOf(octets);
      resolve(type && { kind: 'image', image: { type, octets } });
    });
  });
  outgoing.end();
  return promise;
}

/** By the first octets, whatever the server says: SVG and HTML are programs, not pictures. */
export function imageTypeOf(octets: Buffer): ImageType | undefined {
  const starts = (text: string, at = 0) => octets.toString('latin1', at, at + text.length) === text;
  if (starts('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (starts('\xff\xd8\xff')) return 'image/jpeg';
  if (starts('GIF87a') || starts('GIF89a')) return 'image/gif';
  if (starts('RIFF') && starts('WEBP', 8)) return 'image/webp';
  if (starts('ftypavif', 4) || starts('ftypavis', 4)) return 'image/avif';
  return starts('BM') ? 'image/bmp' : undefined;
}
