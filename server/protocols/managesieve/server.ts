/**
 * A listening port of ManageSieve (RFC 5804). Counts connections, drives their deadlines, and closes gracefully: the
 * command under way is answered, everybody else hears BYE.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { printResponse } from '#formats/managesieve/print.ts';
import { networkOf } from '#server/access/throttle.ts';

import { Connection } from './connection.ts';
import { converse } from './converse.ts';
import { limitsOf, type ManageSieveOptions } from './options.ts';
import { own } from './say.ts';

const tickMs = 1_000;

export interface ManageSieveServer {
  /** The port it really listens on. */
  readonly port: number;
  /** Stops listening, lets commands under way end within `graceMs`, drops what is left then. Leaves nothing open. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** @throws {Error} when the port cannot be listened on. */
export async function startManageSieve(options: ManageSieveOptions): Promise<ManageSieveServer> {
  const limits = limitsOf(options.limits);
  const open = new Map<Connection, Promise<void>>();
  const countByNetwork = new Map<string, number>();

  // Half-open is allowed: a client that says LOGOUT and closes its side still gets its answers.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const remoteAddress = plainAddress(socket.remoteAddress);
    const network = networkOf(remoteAddress);
    const count = countByNetwork.get(network) ?? 0;
    if (open.size >= limits.maxConnections) return turnAwayAtOnce(options, socket, remoteAddress, 'tooManyConnections');
    if (count >= limits.maxConnectionsPerAddress)
      return turnAwayAtOnce(options, socket, remoteAddress, 'tooManyFromAddress');
    countByNetwork.set(network, count + 1);
    const connection = new Connection(socket);
    const session = {
      store: options.store,
      connection,
      options,
      limits,
      remoteAddress,
      isLoopback: remoteAddress === '::1' || remoteAddress.startsWith('127.'),
      user: undefined,
      errors: 0,
      authFailures: 0,
    };
    const talk = converse(session)
      .catch((error: unknown) => {
        connection.destroy();
        options.onEvent({ kind: 'fault', remoteAddress, error });
      })
      .finally(() => {
        open.delete(connection);
        const left = (countByNetwork.get(network) ?? 1) - 1;
        if (left > 0) countByNetwork.set(network, left);
        else countByNetwork.delete(network);
      });
    open.set(connection, talk);
    return undefined;
  });

  const shortestMs = Math.min(limits.loginTimeoutMs, limits.idleTimeoutMs, limits.literalTimeoutMs);
  const ticker = setInterval(
    () => {
      const nowMs = Date.now();
      for (const connection of open.keys()) connection.tick(nowMs);
    },
    Math.max(10, Math.min(tickMs, shortestMs / 4)),
  );
  ticker.unref();

  try {
    server.listen({ port: options.port, ...(options.host === undefined ? {} : { host: options.host }) });
    await once(server, 'listening');
  } catch (error) {
    clearInterval(ticker);
    throw error;
  }
  const address = server.address();
  server.on('error', (error) => options.onEvent({ kind: 'fault', remoteAddress: undefined, error }));

  return {
    port: address !== null && typeof address === 'object' ? address.port : options.port,
    async close(graceMs) {
      const closed = once(server, 'close');
      server.close();
      for (const connection of open.keys()) connection.stopSoon();
      const timer = setTimeout(() => {
        for (const connection of open.keys()) connection.destroy();
      }, graceMs);
      await Promise.all(open.values());
      clearTimeout(timer);
      clearInterval(ticker);
      await closed;
    },
  };
}

/** An IPv4 address as such, where a dual socket writes ::ffff:192.0.2.1. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

function turnAwayAtOnce(
  options: ManageSieveOptions,
  socket: Socket,
  remoteAddress: string,
  because: 'tooManyConnections' | 'tooManyFromAddress',
): void {
  options.onEvent({ kind: 'turnedAway', remoteAddress, because });
  socket.on('error', () => socket.destroy());
  socket.end(printResponse(own[because]), () => socket.destroySoon());
}
