/**
 * A listening port of a protocol of lines. Counts connections, in all and of one network, drives all their deadlines with
 * one timer, and closes gracefully: what is under way is finished and answered. What is said to a client is the head's.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { networkOf } from '#server/access/throttle.ts';

import { plainAddress } from './address.ts';
import { Connection, type Sending } from './connection.ts';
import type { TlsEvent } from './handshake.ts';

const tickMs = 1_000;

export interface Listener {
  /** The port it really listens on. */
  readonly port: number;
  readonly connectionCount: () => number;
  /** Stops listening, lets what is under way end within `graceMs`, drops what is left then. Leaves nothing open. */
  readonly close: (graceMs: number) => Promise<void>;
}

export interface ListenAt {
  /** Address to listen on; undefined is all. */
  readonly host: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Per IPv4 address or IPv6 /64. */
  readonly maxConnectionsPerAddress: number;
}

/** Why a client is not listened to at all. */
export type Crowded = 'tooManyConnections' | 'tooManyFromAddress';

/** For the log. `Why` is all a head turns clients away for. */
export type ClientEvent<Why> =
  | { readonly kind: 'turnedAway'; readonly remoteAddress: string; readonly because: Why | Crowded }
  | (TlsEvent & { readonly remoteAddress: string })
  /** A bug, or a disk or database that does not work: the client was told to come again. */
  | { readonly kind: 'fault'; readonly remoteAddress: string | undefined; readonly error: unknown };

export interface ListenOptions {
  readonly at: ListenAt;
  readonly limits: ConnectionLimits;
  readonly sending: Sending;
  /** The shortest of the head's deadlines: how often they must be looked at. */
  readonly shortestMs: number;
  readonly meet: (socket: Socket, remoteAddress: string) => Client;
  /** Of the port itself. */
  readonly onFault: (error: unknown) => void;
}

/** One client, as its head sees it. Either it is talked to or it is turned away. */
export interface Client {
  /** The whole talk, to its end: then the connection is closed. What it throws is a fault. */
  readonly converse: (connection: Connection) => Promise<void>;
  /** @returns what they are told, octets one a character; undefined where they could not read a sentence. */
  readonly turnAway: (because: Crowded) => string | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Starts one port. @throws {Error} when it cannot be listened on. */
export async function listen({ at, limits, sending, shortestMs, meet, onFault }: ListenOptions): Promise<Listener> {
  const open = new Map<Connection, Promise<void>>();
  const countByNetwork = new Map<string, number>();

  // Half-open is allowed: a client that takes its leave and closes its side still gets its answers.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const remoteAddress = plainAddress(socket.remoteAddress);
    const client = meet(socket, remoteAddress);
    const network = networkOf(remoteAddress);
    const count = countByNetwork.get(network) ?? 0;
    if (open.size >= limits.maxConnections) return refuse(socket, client.turnAway('tooManyConnections'));
    if (count >= limits.maxConnectionsPerAddress) return refuse(socket, client.turnAway('tooManyFromAddress'));
    countByNetwork.set(network, count + 1);
    const connection = new Connection(socket, sending);
    const talk = client
      .converse(connection)
      .catch((error: unknown) => {
        connection.destroy();
        client.onFault(error);
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

  const ticker = setInterval(
    () => {
      const nowMs = Date.now();
      for (const connection of open.keys()) connection.tick(nowMs);
    },
    Math.max(10, Math.min(tickMs, shortestMs / 4)),
  );
  ticker.unref();

  try {
    await listening(server, at);
  } catch (error) {
    clearInterval(ticker);
    throw error;
  }
  const address = server.address();
  server.on('error', onFault);

  return {
    port: address !== null && typeof address === 'object' ? address.port : at.port,
    connectionCount: () => open.size,
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

async function listening(server: Server, { host, port }: ListenAt): Promise<void> {
  server.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(server, 'listening');
}

function refuse(socket: Socket, sentence: string | undefined): void {
  socket.on('error', () => socket.destroy());
  if (sentence === undefined) socket.destroy();
  else socket.end(sentence, 'latin1', () => socket.destroySoon());
}
