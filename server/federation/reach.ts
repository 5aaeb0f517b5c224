/**
 * Asking a provider. An administrator chose where, and the provider what else (its keys, its tokens), so neither leads into
 * our network: TLS and public addresses only, but for the very hosts the operator typed and let in. No redirect is
 * followed, and an answer is bounded in size and time.
 */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';

import { isPublicAddress, publicLookup } from '#server/push/public-address.ts';

import { type ProviderSettings, typedUrls } from './settings.ts';

const timeoutMs = 10_000;
const mostOctets = 1024 * 1024;
const longestUrl = 8_000;

/** A provider does not answer as it should: said to the person in one sentence, and to the operator's log in full. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks, and gives the answer as `fetch` would, whatever its status. @throws {ProviderFault} */
export type AskProvider = (url: string, ask?: Ask) => Promise<Response>;

export function providerReach(settings: ProviderSettings): AskProvider {
  const inside = settings.mayReachInside ? typedUrls(settings).flatMap((one) => URL.parse(one)?.host ?? []) : [];
  return (text, ask = {}) => {
    const url = text.length <= longestUrl ? URL.parse(text) : null;
    const isInside = url !== null && inside.includes(url.host);
    if (!url || !(url.protocol === 'https:' || (isInside && url.protocol === 'http:')))
      throw new ProviderFault(`not an address to ask: ${text.slice(0, 200)}`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is connected to without a look-up, so it is checked here.
    if (!isInside && isIP(host) !== 0 && !isPublicAddress(host)) throw new ProviderFault(`inside our network: ${host}`);
    return get(url, isInside, ask);
  };
}

function get(url: URL, isInside: boolean, { method = 'GET', headers = {}, body, signal }: Ask): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const fail = (error: Error): void => reject(new ProviderFault(`${url.host}: ${error.message}`, { cause: error }));
  const request = url.protocol === 'https:' ? requestTls : requestPlain;
  const timeout = AbortSignal.timeout(timeoutMs);
  const outgoing = request(url, {
    agent: false,
    method,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    headers: { 'user-agent': 'Pli', ...headers },
    lookup: isInside ? undefined : publicLookup,
  });
  outgoing.on('error', fail);
  outgoing.on('response', (response) => {
    const pieces: Buffer[] = [];
    let sizeOctets = 0;
    response.on('data', (piece: Buffer) => {
      pieces.push(piece);
      sizeOctets += piece.length;
      if (sizeOctets > mostOctets) response.destroy(new Error('the answer is too large'));
    });
    response.on('error', fail);
    response.on('end', () => {
      const { statusCode = 502, headers: given } = response;
      const named = Object.entries(given).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      );
      const isEmpty = statusCode === 204 || statusCode === 205 || statusCode === 304;
      const status = statusCode >= 200 ? statusCode : 502;
      resolve(new Response(isEmpty ? null : Buffer.concat(pieces), { status, headers: named }));
    });
  });
  outgoing.end(body);
  return promise;
}
