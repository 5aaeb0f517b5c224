/**
 * A listening port of SMTP, submission or LMTP. Counts connections, drives their deadlines, and closes gracefully: messages
 * under way are finished and answered, everybody else hears 421.
 */
import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import { printReply } from '#formats/smtp/reply.ts';
import { Connection } from './connection.ts';
import type { MemoryBudget } from './content.ts';
import { converse } from './converse.ts';
import type { Dialogue, MutableSession } from './dialogue.ts';
import type { SmtpHandlers, TurnedAway } from './handlers.ts';
import { type SmtpLimits, type SmtpOptions, limitsOf } from './options.ts';
import { own } from './say.ts';

const TICK_MS = 1000;

export interface SmtpServer {
  /** The port it really listens on. */
  readonly port: number;
  readonly connectionCount: () => number;
  /** Stops listening, lets messages under way end within `graceMs`, drops what is left then. Leaves nothing open. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Starts one port. @throws {Error} when it cannot be listened on, or TLS is implicit without a certificate. */
export async function startSmtp<Sender, Recipient>(
  options: SmtpOptions,
  handlers: SmtpHandlers<Sender, Recipient>,
): Promise<SmtpServer> {
  if (options.isTlsImplicit && !options.secureContext) throw new Error('implicit TLS needs a certificate');
  const limits = limitsOf(options.kind, options.limits);
  const budget: MemoryBudget = { maxOctets: limits.maxTotalMemoryOctets, heldOctets: 0 };
  const open = new Map<Connection, Promise<void>>();
  const countByAddress = new Map<string, number>();

  // Half-open is allowed: a client that says QUIT and closes its side still gets its answers.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const session = sessionOf(options, socket);
    const key = addressKey(session.remoteAddress);
    const count = countByAddress.get(key) ?? 0;
    if (open.size >= limits.maxConnections) return turnAwayAtOnce(options, session, socket, 'tooManyConnections');
    if (count >= limits.maxConnectionsPerAddress) return turnAwayAtOnce(options, session, socket, 'tooManyFromAddress');
    countByAddress.set(key, count + 1);
    const connection = new Connection(socket);
    const talk = converse(openDialogue(connection, options, limits, budget, handlers, session))
      .catch((error: unknown) => {
        connection.destroy();
        options.onEvent({ kind: 'fault', session, error });
      })
      .finally(() => {
        open.delete(connection);
        const left = (countByAddress.get(key) ?? 1) - 1;
        if (left > 0) countByAddress.set(key, left);
        else countByAddress.delete(key);
        handlers.closed?.(session);
      });
    open.set(connection, talk);
  });

  const shortestMs = Math.min(limits.commandTimeoutMs, limits.dataTimeoutMs, limits.dataTotalMs);
  const ticker = setInterval(
    () => {
      const nowMs = Date.now();
      for (const connection of open.keys()) connection.tick(nowMs);
    },
    Math.max(10, Math.min(TICK_MS, shortestMs / 4)),
  );
  ticker.unref();

  try {
    await listen(server, options);
  } catch (error) {
    clearInterval(ticker);
    throw error;
  }
  const address = server.address();
  server.on('error', (error) => options.onEvent({ kind: 'fault', session: undefined, error }));

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

async function listen(server: Server, { host, port }: SmtpOptions): Promise<void> {
  server.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(server, 'listening');
}

function openDialogue<S, R>(
  connection: Connection,
  options: SmtpOptions,
  limits: SmtpLimits,
  budget: MemoryBudget,
  handlers: SmtpHandlers<S, R>,
  session: MutableSession,
): Dialogue<S, R> {
  return {
    connection,
    options,
    limits,
    budget,
    handlers,
    session,
    transaction: undefined,
    errors: 0,
    authFailures: 0,
    messages: 0,
    commandsSinceMessage: 0,
  };
}

function sessionOf(options: SmtpOptions, socket: Socket): MutableSession {
  const remoteAddress = plainAddress(socket.remoteAddress);
  return {
    kind: options.kind,
    remoteAddress,
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? options.port,
    isLoopback: remoteAddress === '::1' || remoteAddress.startsWith('127.'),
    tls: undefined,
    hello: undefined,
    actor: undefined,
  };
}

/** An IPv4 address as such, where a dual socket writes ::ffff:192.0.2.1. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Who counts as one client: an IPv4 address, or an IPv6 /64, which is what one household or machine is given. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

function turnAwayAtOnce(
  options: SmtpOptions,
  session: MutableSession,
  socket: Socket,
  because: TurnedAway & ('tooManyConnections' | 'tooManyFromAddress'),
): void {
  options.onEvent({ kind: 'turnedAway', session, because });
  socket.on('error', () => socket.destroy());
  // before a TLS handshake the client could not read a sentence
  if (options.isTlsImplicit) socket.destroy();
  else socket.end(printReply(own[because]), () => socket.destroySoon());
}
