/**
 * Where mail for a domain goes (RFC 5321 §5.1): from DNS answers to a list of hosts, then of addresses, in the order to try
 * them. Decides only; who asks the DNS, and when, is elsewhere.
 */

/** The DNS's word on MX. `failed` is no word at all: a time-out or SERVFAIL, to be asked again. */
export type MxLookup =
  | { readonly kind: 'found'; readonly records: readonly MxRecord[] }
  | { readonly kind: 'noRecords' | 'noDomain' | 'failed' };

export interface MxRecord {
  readonly exchange: string;
  /** Lowest first. */
  readonly priority: number;
}

/** The DNS's word on A and AAAA together. */
export type AddressLookup =
  | { readonly kind: 'found'; readonly addresses: readonly string[] }
  | { readonly kind: 'none' | 'failed' };

export type Route =
  | { readonly kind: 'hosts'; readonly names: readonly string[] }
  /** The domain is an address literal. */
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'later' }
  | { readonly kind: 'nowhere'; readonly because: Nowhere; readonly status: string };

/** For good: nullMx says so itself (RFC 7505), loopsBack means that we are the best host and yet do not know the domain. */
export type Nowhere = 'noSuchDomain' | 'nullMx' | 'loopsBack' | 'noAddress';

export interface Target {
  /** For TLS and for reports. */
  readonly name: string;
  readonly address: string;
}

/** More would only be tried by somebody who wants to keep us busy. */
const MAX_HOSTS = 10;
const MAX_TARGETS = 20;

const nowhere: Readonly<Record<Nowhere, Route & { readonly kind: 'nowhere' }>> = {
  noSuchDomain: { kind: 'nowhere', because: 'noSuchDomain', status: '5.1.2' },
  nullMx: { kind: 'nowhere', because: 'nullMx', status: '5.1.10' },
  loopsBack: { kind: 'nowhere', because: 'loopsBack', status: '5.4.6' },
  noAddress: { kind: 'nowhere', because: 'noAddress', status: '5.4.4' },
};

/**
 * Plans the hosts for a domain.
 *
 * @param ourNames the names other servers know us by, lower case: we and what is not better than us are left out, or mail
 *   would go in circles (RFC 5321 §5.1).
 * @param random 0 ≤ n < 1; hosts of equal preference are put in random order, to share the load.
 */
export function planRoute(domain: string, mx: MxLookup, ourNames: ReadonlySet<string>, random: () => number): Route {
  const literal = /^\[(?:ipv6:)?(.+)\]$/i.exec(domain)?.[1];
  if (literal !== undefined) return { kind: 'address', address: literal };
  switch (mx.kind) {
    case 'failed':
      return { kind: 'later' };
    case 'noDomain':
      return nowhere.noSuchDomain;
    case 'noRecords':
      // the domain itself is its host (RFC 5321 §5.1)
      return ourNames.has(normalise(domain)) ? nowhere.loopsBack : { kind: 'hosts', names: [normalise(domain)] };
    case 'found':
      return planHosts(mx.records, ourNames, random);
    default:
      return mx satisfies never;
  }
}

function planHosts(records: readonly MxRecord[], ourNames: ReadonlySet<string>, random: () => number): Route {
  const hosts = records.map(({ exchange, priority }) => ({ name: normalise(exchange), priority, luck: random() }));
  const named = hosts.filter(({ name }) => name !== '');
  // One dot is the null MX; a dot among names is somebody's mistake (RFC 7505 §3).
  if (named.length === 0) return nowhere.nullMx;
  const ours = Math.min(...named.filter(({ name }) => ourNames.has(name)).map(({ priority }) => priority));
  const better = named.filter(({ priority }) => priority < ours);
  if (better.length === 0) return nowhere.loopsBack;
  const sorted = better.toSorted((a, b) => a.priority - b.priority || a.luck - b.luck);
  return { kind: 'hosts', names: Array.from(new Set(sorted.map(({ name }) => name))).slice(0, MAX_HOSTS) };
}

/** Plans the addresses of the hosts, in their order; `later` when no host has one now but the DNS did not say so of all. */
export function planTargets(
  hosts: readonly { readonly name: string; readonly lookup: AddressLookup }[],
):
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  | (Route & { readonly kind: 'later' | 'nowhere' }) {
  const targets = hosts.flatMap(({ name, lookup }) =>
    lookup.kind === 'found' ? lookup.addresses.map((address) => ({ name, address })) : [],
  );
  if (targets.length > 0) return { kind: 'targets', targets: targets.slice(0, MAX_TARGETS) };
  return hosts.some(({ lookup }) => lookup.kind === 'failed') ? { kind: 'later' } : nowhere.noAddress;
}

function normalise(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
