/** What the IMAP ports are started with, and what they tell of themselves. No limit can be switched off by being forgotten. */
import type { Certificates } from '#server/protocols/handshake.ts';
import type { ClientEvent, ConnectionLimits, ListenAt } from '#server/protocols/listener.ts';
import type { Store } from '#server/store/store.ts';

export interface ImapOptions extends ListenAt {
  readonly store: Store;
  /** Our name in the greeting. */
  readonly hostName: string;
  readonly secureContext: Certificates;
  /** TLS from the first octet (RFC 8314 §3.2) instead of STARTTLS. */
  readonly isTlsImplicit: boolean;
  /** Laboratory mode: passwords without TLS from anywhere. Loopback may always. */
  readonly mayAuthenticateInClear: boolean;
  readonly limits: Partial<ImapLimits>;
  readonly onEvent: (event: ImapEvent) => void;
}

export interface ImapLimits extends ConnectionLimits {
  /** A command without what an APPEND brings: some clients send long lists of UIDs (RFC 7162 §4 asks for 8192). */
  readonly maxLineOctets: number;
  /** The same before anybody logged in. */
  readonly maxLineOctetsBeforeLogin: number;
  readonly maxMessageOctets: number;
  /** All messages on their way in through one command, and through all connections together. */
  readonly maxAppendOctets: number;
  readonly maxTotalAppendOctets: number;
  /** Of one person, over all addresses. */
  readonly maxConnectionsPerPerson: number;
  /** One client may watch by NOTIFY: all of them are looked at whenever one changes. */
  readonly maxWatchedMailboxes: number;
  /** Responses that NOTIFY asked for of mailboxes that are not selected: more than anybody reads. */
  readonly maxToldPerMinute: number;
  readonly maxAuthFailures: number;
  /** BAD answers in a row. */
  readonly maxErrors: number;
  readonly loginTimeoutMs: number;
  /** Between two commands of who is logged in, and within IDLE (RFC 9051 §5.4 asks for 30 minutes). */
  readonly idleTimeoutMs: number;
  /** Between two pieces of a literal. */
  readonly literalTimeoutMs: number;
}

export function limitsOf(given: Partial<ImapLimits>): ImapLimits {
  return {
    maxLineOctets: 64 * 1024,
    maxLineOctetsBeforeLogin: 8 * 1024,
    maxMessageOctets: 50 * 1024 * 1024,
    maxAppendOctets: 128 * 1024 * 1024,
    maxTotalAppendOctets: 512 * 1024 * 1024,
    maxConnections: 20_000,
    maxConnectionsPerAddress: 500,
    maxConnectionsPerPerson: 100,
    maxWatchedMailboxes: 5_000,
    maxToldPerMinute: 6_000,
    maxAuthFailures: 5,
    maxErrors: 20,
    loginTimeoutMs: 60_000,
    idleTimeoutMs: 30 * 60_000,
    literalTimeoutMs: 3 * 60_000,
    ...given,
  };
}

export type ImapEvent = ClientEvent<TurnedAway>;

type TurnedAway = 'tooManyErrors' | 'tooManyAuthFailures';
