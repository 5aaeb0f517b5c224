/** What a port is started with. Every limit has a default by kind of port; none can be switched off by being forgotten. */
import type { Certificates } from '#server/protocols/handshake.ts';
import type { ConnectionLimits, ListenAt } from '#server/protocols/listener.ts';
import type { MechanismName } from '#server/protocols/sasl.ts';
import type { PortKind, SmtpEvent } from './handlers.ts';

export interface SmtpOptions extends ListenAt {
  readonly kind: PortKind;
  /** Our name in the greeting and in EHLO. */
  readonly hostName: string;
  /** undefined offers no TLS. */
  readonly secureContext: Certificates | undefined;
  /** TLS from the first octet (RFC 8314 §3.3, port 465) instead of STARTTLS. */
  readonly isTlsImplicit: boolean;
  /** Laboratory mode: passwords without TLS from anywhere. Loopback may always. */
  readonly mayAuthenticateInClear: boolean;
  /** Offered on submission, best first. */
  readonly mechanisms: readonly MechanismName[];
  /** FUTURERELEASE on submission (RFC 4865), seconds; 0 does not offer it. */
  readonly maxHoldSeconds: number;
  /** A folder that exists, on the disk that has room: large messages wait there while they come in. */
  readonly spoolFolder: string;
  readonly limits: Partial<SmtpLimits>;
  readonly onEvent: (event: SmtpEvent) => void;
}

export interface SmtpLimits extends ConnectionLimits {
  readonly maxMessageOctets: number;
  /** RFC 5321 §4.5.3.1.8: at least 100. */
  readonly maxRecipients: number;
  readonly maxMessagesPerConnection: number;
  /** Replies 5xx in one connection. */
  readonly maxErrors: number;
  readonly maxAuthFailures: number;
  /** Commands since the last message or the start: a client that only talks. */
  readonly maxCommandsPerMessage: number;
  /** To send one whole command line, however slowly it drips (RFC 5321 §4.5.3.2.7 asks for 5 minutes). */
  readonly commandTimeoutMs: number;
  /** Between two pieces of a message (RFC 5321 §4.5.3.2.5). */
  readonly dataTimeoutMs: number;
  /** For a whole message. */
  readonly dataTotalMs: number;
  /** How long mx listens before it greets: who talks first is not a mail server. */
  readonly greetingDelayMs: number;
  /** What a message may take of memory before it goes to the spool folder, and what all together may. */
  readonly maxMemoryOctets: number;
  readonly maxTotalMemoryOctets: number;
  /** CR or LF alone in a message: refuse it, or keep the octets as they are. Neither ever ends a message. */
  readonly bareLineEnds: 'refuse' | 'keep';
}

const MINUTE_MS = 60_000;

/** Defaults. LMTP serves one trusted server in front of us, which has checked before: it may stay and send for ever. */
export function limitsOf(kind: PortKind, given: Partial<SmtpLimits>): SmtpLimits {
  const isLmtp = kind === 'lmtp';
  const maxRecipients = given.maxRecipients ?? (isLmtp ? 10_000 : 1000);
  return {
    maxMessageOctets: 50 * 1024 * 1024,
    maxRecipients,
    maxConnections: 1000,
    maxConnectionsPerAddress: isLmtp ? 1000 : 50,
    maxMessagesPerConnection: isLmtp ? Number.POSITIVE_INFINITY : 1000,
    maxErrors: isLmtp ? Number.POSITIVE_INFINITY : 30,
    maxAuthFailures: 3,
    // Twice as many RCPT as may be taken: the reply that says so must be heard (RFC 5321 §4.5.3.1.10).
    maxCommandsPerMessage: isLmtp ? 20_000 : 2 * maxRecipients + 100,
    commandTimeoutMs: 5 * MINUTE_MS,
    dataTimeoutMs: 3 * MINUTE_MS,
    dataTotalMs: 60 * MINUTE_MS,
    greetingDelayMs: kind === 'mx' ? 200 : 0,
    maxMemoryOctets: 1024 * 1024,
    maxTotalMemoryOctets: 64 * 1024 * 1024,
    bareLineEnds: isLmtp ? 'keep' : 'refuse',
    ...given,
  };
}
