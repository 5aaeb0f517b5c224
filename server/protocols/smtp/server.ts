/**
 * A listening port of SMTP, submission or LMTP. When it closes, messages under way are finished and answered, everybody
 * else hears 421.
 */
import type { Socket } from 'node:net';
import { printReply } from '#formats/smtp/reply.ts';
import { isLoopback, plainAddress } from '#server/protocols/address.ts';
import type { Connection } from '#server/protocols/connection.ts';
import { type Listener, listen } from '#server/protocols/listener.ts';
import type { MemoryBudget } from './content.ts';
import { converse } from './converse.ts';
import type { Dialogue, MutableSession } from './dialogue.ts';
import type { SmtpHandlers } from './handlers.ts';
import { type SmtpLimits, type SmtpOptions, limitsOf } from './options.ts';
import { own } from './say.ts';

export type SmtpServer = Listener;

/** Starts one port. @throws {Error} when it cannot be listened on, or TLS is implicit without a certificate. */
export async function startSmtp<Sender, Recipient>(
  options: SmtpOptions,
  handlers: SmtpHandlers<Sender, Recipient>,
): Promise<SmtpServer> {
  if (options.isTlsImplicit && !options.secureContext) throw new Error('implicit TLS needs a certificate');
  const limits = limitsOf(options.kind, options.limits);
  const budget: MemoryBudget = { maxOctets: limits.maxTotalMemoryOctets, heldOctets: 0 };
  return listen({
    at: options,
    limits,
    // Replies are short: whoever leaves any of them unread is waited for.
    sending: { writeTimeoutMs: limits.commandTimeoutMs, pendingOctets: 0 },
    shortestMs: Math.min(limits.commandTimeoutMs, limits.dataTimeoutMs, limits.dataTotalMs),
    meet(socket, remoteAddress) {
      const session = sessionOf(options, socket, remoteAddress);
      return {
        converse: (connection) =>
          converse(openDialogue(connection, options, limits, budget, handlers, session)).finally(() =>
            handlers.closed?.(session),
          ),
        turnAway(because) {
          options.onEvent({ kind: 'turnedAway', session, because });
          return options.isTlsImplicit ? undefined : printReply(own[because]);
        },
        onFault: (error) => options.onEvent({ kind: 'fault', session, error }),
      };
    },
    onFault: (error) => options.onEvent({ kind: 'fault', session: undefined, error }),
  });
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

function sessionOf(options: SmtpOptions, socket: Socket, remoteAddress: string): MutableSession {
  return {
    kind: options.kind,
    remoteAddress,
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? options.port,
    isLoopback: isLoopback(remoteAddress),
    tls: undefined,
    hello: undefined,
    actor: undefined,
  };
}
