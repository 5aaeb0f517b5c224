/** What the ManageSieve port is started with. Every limit has a default; none can be switched off by being forgotten. */
import type { SecureContext } from 'node:tls';

import type { MechanismName } from '#server/protocols/sasl.ts';
import type { Store } from '#server/store/store.ts';

export interface ManageSieveOptions {
  readonly store: Store;
  /** Address to listen on; undefined is all. */
  readonly host: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
  /** The certificate, asked at each handshake so that a renewed one is taken at once; undefined offers no TLS. */
  readonly secureContext: ((serverName: string | undefined) => SecureContext) | undefined;
  /** Laboratory mode: passwords without TLS from anywhere. Loopback may always. */
  readonly mayAuthenticateInClear: boolean;
  /** Offered, best first. */
  readonly mechanisms: readonly MechanismName[];
  readonly limits: Partial<ManageSieveLimits>;
  readonly onEvent: (event: ManageSieveEvent) => void;
}

export interface ManageSieveLimits {
  readonly maxConnections: number;
  /** Per IPv4 address or IPv6 /64. */
  readonly maxConnectionsPerAddress: number;
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

/** For the log. */
export type ManageSieveEvent =
  | { readonly kind: 'turnedAway'; readonly remoteAddress: string; readonly because: TurnedAway }
  | { readonly kind: 'tlsFailed'; readonly remoteAddress: string; readonly error: Error }
  /** Octets after STARTTLS in the same breath: a broken client, or someone between us (CVE-2011-0411). Dropped. */
  | { readonly kind: 'injection'; readonly remoteAddress: string; readonly sizeOctets: number }
  | { readonly kind: 'fault'; readonly remoteAddress: string | undefined; readonly error: unknown };

export type TurnedAway =
  | 'tooManyConnections'
  | 'tooManyFromAddress'
  | 'tooManyErrors'
  | 'tooManyAuthFailures'
  | 'tooLarge'
  | 'tooSlow';

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
