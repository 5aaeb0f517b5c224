/**
 * One POST of a form to a client. Its address was given by an administrator of one institution: it must not reach into the
 * house that serves many, unless the operator says that services stand there. No redirects.
 */
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

import { isPublicAddress, publicLookup } from '#server/push/public-address.ts';

export interface PostOptions {
  /** Addresses of private networks and of this machine too. */
  readonly mayReachInside: boolean;
  /** Certificates trusted beside the known ones, PEM. */
  readonly extraCa?: string | undefined;
}

const timeoutMs = 10_000;

/** @throws {Error} when it was not taken: any answer but 2xx. */
export async function postForm(
  address: string,
  form: URLSearchParams,
  { mayReachInside, extraCa }: PostOptions,
): Promise<void> {
  const url = new URL(address);
  const hostName = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(hostName) !== 0 && !mayReachInside && !isPublicAddress(hostName)) throw new Error('not a public address');
  const body = form.toString();
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) },
    agent: false,
    lookup: mayReachInside ? undefined : publicLookup,
    ca: extraCa === undefined ? undefined : [...rootCertificates, extraCa],
    signal: AbortSignal.timeout(timeoutMs),
  });
  outgoing.on('response', (response) => {
    resolve(response.statusCode ?? 0);
    // Nothing in the answer's body matters to us.
    response.destroy();
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  const status = await promise;
  if (status < 200 || status >= 300) throw new Error(`the client answered ${status}`);
}
