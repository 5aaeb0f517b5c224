/**
 * One connection to a directory, for one piece of work. It is secret (LDAPS, or StartTLS before anything is said: RFC 4513
 * §3.1.1) unless the operator let it be plain; it is made once, so that a directory which drops it after StartTLS cannot
 * have what comes next in clear; and it is bounded in time and octets.
 */
import { connect as connectPlain, isIP, Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { Client } from 'ldapts';

import { ProviderFault } from '#server/federation/reach.ts';
import type { LdapSettings } from '#server/federation/settings.ts';
import { isPublicAddress, publicLookup } from '#server/push/public-address.ts';

export interface Limits {
  /** For each answer, and for making the connection. */
  readonly answerMs: number;
  /** For all of it. */
  readonly wholeMs: number;
  /** Since the last call of `renew`. */
  readonly octets: number;
}

export interface Directory {
  readonly client: Client;
  /** Begins to count octets anew: a page has come. */
  renew(): void;
}

/** Whoever is tried by a password waits for this. */
export const bindLimits: Limits = { answerMs: 5_000, wholeMs: 10_000, octets: 1024 * 1024 };
/** An import reads pages for as long as it takes, each of them bounded. */
export const readLimits: Limits = { answerMs: 60_000, wholeMs: 6 * 3_600_000, octets: 64 * 1024 * 1024 };

/** Connects, works, leaves. @throws {ProviderFault} where there is no connection; what `work` throws otherwise. */
export async function withDirectory<T>(
  settings: LdapSettings,
  limits: Limits,
  work: (directory: Directory) => Promise<T>,
): Promise<T> {
  const { directory, expired, close } = openDirectory(settings, limits);
  try {
    return await Promise.race([secure(directory.client, settings).then(() => work(directory)), expired]);
  } finally {
    await close();
  }
}

/** The same for what is read page by page. @throws {ProviderFault} */
export async function* readingDirectory<T>(
  settings: LdapSettings,
  limits: Limits,
  work: (directory: Directory) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const { directory, close } = openDirectory(settings, limits);
  try {
    await secure(directory.client, settings);
    yield* work(directory);
  } catch (error) {
    throw faultOf(settings, error);
  } finally {
    await close();
  }
}

function openDirectory(settings: LdapSettings, limits: Limits) {
  const sockets = new Set<Socket>();
  let octets = 0;
  const watched = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    socket.on('data', (piece: Buffer) => {
      octets += piece.length;
      if (octets > limits.octets) socket.destroy(new Error('the answer is too large'));
    });
    return socket;
  };
  const client = clientFor(settings, limits, watched);
  const ended = Promise.withResolvers<never>();
  // Told to whoever waits for the work; where nobody does any more, it is nobody's.
  ended.promise.catch(() => undefined);
  const timer = setTimeout(() => {
    ended.reject(new ProviderFault(`${settings.url}: no answer in time`));
    for (const socket of sockets) socket.destroy();
  }, limits.wholeMs);
  const directory: Directory = {
    client,
    renew: () => {
      octets = 0;
    },
  };
  const close = async (): Promise<void> => {
    clearTimeout(timer);
    // Farewells are a courtesy: whoever does not hear them is left all the same.
    await client.unbind().catch(() => undefined);
    for (const socket of sockets) socket.destroy();
  };
  return { directory, expired: ended.promise, close };
}

type Watch = <S extends Socket>(socket: S) => S;

function clientFor(settings: LdapSettings, { answerMs }: Limits, watched: Watch): Client {
  const url = new URL(settings.url);
  const host = hostOf(url);
  const isInside = settings.mayReachInside;
  // A literal address is connected to without a look-up, so it is checked here.
  if (!isInside && isIP(host) !== 0 && !isPublicAddress(host))
    throw new ProviderFault(`inside our network: ${settings.url}`);
  let isMade = false;
  const once = (): void => {
    if (isMade) throw new ProviderFault(`${settings.url}: the connection was lost`);
    isMade = true;
  };
  const isTls = url.protocol === 'ldaps:';
  const port = Number(url.port) || (isTls ? 636 : 389);
  const to = { host, port, ...(!isInside && { lookup: publicLookup }) };
  return new Client({
    url: settings.url,
    timeout: answerMs,
    connectTimeout: answerMs,
    createConnection: () => {
      once();
      return watched(connectPlain(to));
    },
    createSecureConnection: (...args: readonly unknown[]) => {
      const [given] = args;
      // StartTLS gives the connection there is; ldaps a port and a host.
      const isUpgrade = typeof given === 'object' && given !== null && 'socket' in given;
      if (isUpgrade && given.socket instanceof Socket)
        return watched(connectTls({ socket: given.socket, ...tlsOf(settings) }));
      once();
      return watched(connectTls({ ...to, ...tlsOf(settings) }));
    },
  });
}

async function secure(client: Client, settings: LdapSettings): Promise<void> {
  if (settings.url.startsWith('ldaps:') || settings.isPlain) return;
  try {
    await client.startTLS({});
  } catch (error) {
    throw faultOf(settings, error);
  }
}

function tlsOf({ url, certificates }: LdapSettings): ConnectionOptions {
  const host = hostOf(new URL(url));
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ...(certificates.length > 0 && { ca: [...certificates] }),
  };
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** In one sentence for the operator's log; never a password. */
export function faultOf({ url }: Pick<LdapSettings, 'url'>, error: unknown): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ProviderFault(`${url}: ${why.slice(0, 500)}`, { cause: error });
}
