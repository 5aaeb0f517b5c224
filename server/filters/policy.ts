/**
 * What the operator decided about filters. One per open store; the composition hands the options over once with
 * `setFilterPolicy`, before the first request.
 */
import type { Store } from '#server/store/store.ts';

export interface FilterPolicy {
  /** Our name in Received and in Message-ID. */
  readonly hostName: string;
  /** Scripts of one account, and octets of one script. */
  readonly scripts: number;
  readonly scriptOctets: number;
  /** Redirects that one message may cause. */
  readonly redirectsPerMessage: number;
  /** Messages one account's filters may send in a day: redirects, notifications and absence answers, each kind for itself. */
  readonly sentPerDay: number;
  /** IANA name of the zone that dates are tested and written in. */
  readonly timeZone: string;
}

const defaults: FilterPolicy = {
  hostName: 'localhost',
  scripts: 32,
  scriptOctets: 128 * 1024,
  redirectsPerMessage: 5,
  sentPerDay: 500,
  timeZone: 'Europe/Paris',
};

const policies = new WeakMap<Store, FilterPolicy>();

export function setFilterPolicy(store: Store, policy: Partial<FilterPolicy>): void {
  policies.set(store, { ...filterPolicy(store), ...policy });
}

export function filterPolicy(store: Store): FilterPolicy {
  return policies.get(store) ?? defaults;
}
