/**
 * A listening port of IMAP. Counts connections, drives all their deadlines with one timer, and closes gracefully: the
 * command under way is finished and answered, everybody else hears BYE.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { networkOf } from '#server/access/throttle.ts';

import { Connection } from './connection.ts';
import { converse } from './converse.ts';
import { type ImapLimits, type ImapOptions, limitsOf } from './options.ts';
import { leavePerson } from './commands/authenticate.ts';
import { stopNotifying } from './notify.ts';
import type { Session, Shared } from './session.ts';

const tickMs = 1_000;

export interface ImapServer {
  /** The port it really listens on. */
  readonly port: number;
  readonly connectionCount: () => number;
  /** Stops listening, lets commands under way end within `graceMs`, drops what is left then. Leaves nothing open. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Starts one port. @throws {Error} when it cannot be listened on. */
export async function startImap(options: ImapOptions): Promise<ImapServer> {
  const limits = limitsOf(options.limits);
  const shared: Shared = { appendOctets: 0, connectionsOf: new Map() };
  const open = new Map<Connection, Promise<void>>();
  const countByAddress = new Map<string, number>();

  // Half-open is allowed: a client that says LOGOUT and closes its side still gets its answers.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const remoteAddress = plainAddress(socket.remoteAddress);
    const key = networkOf(remoteAddress);
    const count = countByAddress.get(key) ?? 0;
    if (open.size >= limits.maxConnections) return turnAway(options, socket, remoteAddress, 'tooManyConnections');
    if (count >= limits.maxConnectionsPerAddress) return turnAway(options, socket, remoteAddress, 'tooManyFromAddress');
    countByAddress.set(key, count + 1);
    const connection = new Connection(socket);
    const session = openSession(connection, options, limits, shared, remoteAddress);
    const talk = converse(session)
      .catch((error: unknown) => {
        connection.destroy();
        options.onEvent({ kind: 'fault', remoteAddress, error });
      })
      .finally(() => {
        leavePerson(session);
        stopNotifying(session);
        open.delete(connection);
        const left = (countByAddress.get(key) ?? 1) - 1;
        if (left > 0) countByAddress.set(key, left);
        else countByAddress.delete(key);
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
    await listen(server, options);
  } catch (error) {
    clearInterval(ticker);
    throw error;
  }
  const address = server.address();
  server.on('error', (error) => options.onEvent({ kind: 'fault', remoteAddress: undefined, error }));

  return {
    port: address !== null && typeof address === 'object' ? address.port : options.port,
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

async function listen(server: Server, { host, port }: ImapOptions): Promise<void> {
  server.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(server, 'listening');
}

function openSession(
  connection: Connection,
  options: ImapOptions,
  limits: ImapLimits,
  shared: Shared,
  remoteAddress: string,
): Session {
  return {
    store: options.store,
    connection,
    options,
    limits,
    shared,
    remoteAddress,
    state: { kind: 'notAuthenticated' },
    enabled: { rev2: false, utf8: false, condstore: false, qresync: false },
    countedAs: undefined,
    placed: new Map(),
    notifying: undefined,
    authFailures: 0,
    errors: 0,
  };
}

/** An IPv4 address as such, where a dual socket writes ::ffff:192.0.2.1. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

function turnAway(
  options: ImapOptions,
  socket: Socket,
  remoteAddress: string,
  because: 'tooManyConnections' | 'tooManyFromAddress',
): void {
  options.onEvent({ kind: 'turnedAway', remoteAddress, because });
  socket.on('error', () => socket.destroy());
  // before a TLS handshake the client could not read a sentence
  if (options.isTlsImplicit) socket.destroy();
  else socket.end('* BYE [LIMIT] Too many connections, come again later\r\n', () => socket.destroySoon());
}
