/** Filters as the running server is set up for them: the options handed over, the ManageSieve port, its events in the log. */
import { createSecureContext, type SecureContext } from 'node:tls';

import type { Logger } from 'pino';

import type { Config } from '#server/config/read.ts';
import { type FilterPolicy, setFilterPolicy } from '#server/filters/policy.ts';
import type { House } from '#server/protocols/house.ts';
import type { ManageSieveEvent } from '#server/protocols/managesieve/options.ts';
import { type ManageSieveServer, startManageSieve } from '#server/protocols/managesieve/server.ts';
import type { Store } from '#server/store/store.ts';

import type { Certificate } from './certificate.ts';

/** Call once, before the first request or command. */
export function setFilterOptions(store: Store, { hostname, sieve }: Config): void {
  const policy: Partial<FilterPolicy> = {
    hostName: hostname,
    scripts: sieve.scripts,
    scriptOctets: sieve.scriptOctets,
    redirectsPerMessage: sieve.redirectsPerMessage,
    sentPerDay: sieve.sentPerDay,
  };
  setFilterPolicy(store, policy);
}

/** @param host to listen on. @throws {Error} when the port is taken. */
export function startSievePort(
  { store, log }: House,
  config: Config,
  certificate: Certificate,
  host: string,
): Promise<ManageSieveServer> {
  const context: SecureContext = createSecureContext(certificate);
  const { limits } = config;
  return startManageSieve({
    store,
    host,
    port: config.sieve.port,
    secureContext: () => context,
    mayAuthenticateInClear: config.lab,
    mechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
    limits: {
      maxConnections: limits.connections,
      maxConnectionsPerAddress: config.lab ? limits.connections : limits.connectionsPerAddress,
      ...(config.lab && { maxErrors: Infinity, maxAuthFailures: Infinity }),
    },
    onEvent: (event) => logEvent(log, event),
  });
}

function logEvent(log: Logger, event: ManageSieveEvent): void {
  const { remoteAddress } = event;
  switch (event.kind) {
    case 'fault':
      return log.error({ remoteAddress, err: event.error }, 'managesieve: fault');
    case 'turnedAway':
      return log.info({ remoteAddress, because: event.because }, 'managesieve: turned away');
    case 'tlsFailed':
      return log.info({ remoteAddress, err: event.error }, 'managesieve: TLS failed');
    case 'injection':
      return log.warn({ remoteAddress, sizeOctets: event.sizeOctets }, 'managesieve: octets before TLS dropped');
  }
}
