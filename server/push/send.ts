/** One POST to a push service (RFC 8030 §5). It is somebody else's address: https only, never into the house, no redirects. */
import { request } from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

import { encryptPush, maxPlainOctets, type PushKeys } from './encrypt.ts';
import { isPublicAddress, publicLookup } from './public-address.ts';
import { printVapid, type VapidKey } from './vapid.ts';

export interface SendOptions {
  /** Laboratory only: this machine's own addresses too, trusting these certificates beside the known ones. */
  readonly mayReachInside: boolean;
  readonly extraCa?: string | undefined;
  readonly vapid?: VapidKey | undefined;
}

export type Sent =
  | { readonly kind: 'taken' }
  /** 404, 410: it will never take anything again (RFC 8030 §7.3). */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterSeconds: number | undefined };

const timeoutMs = 10_000;
/** A state that is an hour old is still worth telling. */
const ttlSeconds = 3600;

export function isPushUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === 'https:' && url.username === '' && text.length <= 2000;
}

/** @param body text: JSON of a StateChange or a PushVerification. */
export async function sendPush(
  address: string,
  keys: PushKeys | undefined,
  body: string,
  urgency: 'normal' | 'high',
  { mayReachInside, extraCa, vapid }: SendOptions,
): Promise<Sent> {
  const url = new URL(address);
  const hostName = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(hostName) !== 0 && !mayReachInside && !isPublicAddress(hostName)) return failed('not a public address');
  const plain = Buffer.from(body);
  if (keys && plain.length > maxPlainOctets) return failed('too large to encrypt');
  const octets = keys ? encryptPush(plain, keys) : plain;
  const headers = {
    ttl: String(ttlSeconds),
    urgency,
    'content-length': octets.length,
    ...(keys
      ? { 'content-type': 'application/octet-stream', 'content-encoding': 'aes128gcm' }
      : { 'content-type': 'application/json' }),
    ...(vapid && { authorization: printVapid(vapid, url, Date.now()) }),
  };
  const { promise, resolve: settle } = Promise.withResolvers<Sent>();
  const outgoing = request(url, {
    method: 'POST',
    headers,
    agent: false,
    lookup: mayReachInside ? undefined : publicLookup,
    ca: extraCa === undefined ? undefined : [...rootCertificates, extraCa],
    signal: AbortSignal.timeout(timeoutMs),
  });
  outgoing.on('response', (response) => {
    const status = response.statusCode ?? 0;
    const seconds = Number(response.headers['retry-after']);
    // Nothing in the answer's body matters to us.
    response.destroy();
    if (status >= 200 && status < 300) settle({ kind: 'taken' });
    else if (status === 404 || status === 410) settle({ kind: 'gone' });
    else settle(failed(`status ${status}`, seconds > 0 ? seconds : undefined));
  });
  outgoing.on('error', (error) => settle(failed(error.message)));
  outgoing.end(octets);
  return promise;
}

function failed(why: string, retryAfterSeconds?: number): Sent {
  return { kind: 'failed', why, retryAfterSeconds };
}
