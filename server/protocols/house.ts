/**
 * What every head is given: the store, the log, the counters, and how this house is set up. Composed once by main.ts.
 */
import type { Logger } from 'pino';

import type { Domain } from '#server/directory/domain.ts';
import type { DnsRecord } from '#server/directory/records.ts';
import type { Metrics } from '#server/metrics/registry.ts';
import type { Store } from '#server/store/store.ts';

export interface House {
  readonly store: Store;
  /** Never contents: who, what, how long, how it ended. */
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Laboratory: loopback only, no delays and limits, clear-text passwords, push to this machine (docs: conformance suites). */
  readonly isLab: boolean;
  /** What the operator says this house is called: `mail.academie.fr`. Greetings, message ids, the VAPID contact. */
  readonly hostName: string;
  /** What DNS must say of a domain. */
  readonly recordsOf: (domain: Domain) => readonly DnsRecord[];
}
