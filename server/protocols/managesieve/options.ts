/** What the ManageSieve port is started with. Every limit has a default; none can be switched off by being forgotten. */
import type { Certificates } from '#server/protocols/handshake.ts';
import type { ClientEvent, ConnectionLimits, ListenAt } from '#server/protocols/listener.ts';
import type { MechanismName } from '#server/protocols/sasl.ts';
import type { Store } from '#server/store/store.ts';

export interface ManageSieveOptions extends ListenAt {
  readonly store: Store;
  /** undefined offers no TLS. */
  readonly secureContext: Certificates | undefined;
  /** Laboratory mode: passwords without TLS from anywhere. Loopback may always. */
  readonly mayAuthenticateInClear: boolean;
  /** Offered, best first. */
  readonly mechanisms: readonly MechanismName[];
  readonly limits: Partial<ManageSieveLimits>;
  readonly onEvent: (event: ManageSieveEvent) => void;
}

export interface ManageSieveLimits extends ConnectionLimits {
  /** Octets of a command line without its literals. */
  readonly maxLineOctets: number;
  /** NO answers in one connection. */
  readonly maxErrors: number;
  readonly maxAuthFailures: number;
  /** Before the login, for a whole command line. */
  readonly loginTimeoutMs: number;
  /** Once logged in (RFC 5804 §1.2 asks for at least 30 minutes). */
  readonly idleTimeoutMs: number;
  /** For the octets of one literal. */
  readonly literalTimeoutMs: number;
}

export type ManageSieveEvent = ClientEvent<TurnedAway>;

export type TurnedAway = 'tooManyErrors' | 'tooManyAuthFailures' | 'tooLarge' | 'tooSlow';

const minuteMs = 60_000;

export function limitsOf(given: Partial<ManageSieveLimits>): ManageSieveLimits {
  return {
    maxConnections: 1_000,
    maxConnectionsPerAddress: 50,
    maxLineOctets: 16 * 1024,
    maxErrors: 50,
    maxAuthFailures: 3,
    loginTimeoutMs: 2 * minuteMs,
    idleTimeoutMs: 30 * minuteMs,
    literalTimeoutMs: 2 * minuteMs,
    ...given,
  };
}
