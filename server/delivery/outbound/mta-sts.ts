/**
 * MTA-STS (RFC 8461): what a domain publishes about TLS to its hosts. A policy is remembered for as long as it says, and
 * kept when it cannot be fetched anew, so that who blocks the fetch does not switch TLS off (§10.2).
 */
import type { MTASTSPolicy } from 'mailauth';

import type { MailResolver } from './resolve.ts';

/** undefined: the domain asks for nothing, or only tests. */
export type TlsPolicy = (domain: string) => Promise<EnforcedPolicy | undefined>;

export interface EnforcedPolicy {
  /** Whether mail may go to the host of this name. */
  readonly allows: (hostName: string) => boolean;
}

const mostRemembered = 10_000;
const fetchTimeoutMs = 20_000;
/** A domain without a policy is asked again after this. */
const nothingForMs = 3_600_000;

export function publishedPolicies({ resolve }: Pick<MailResolver, 'resolve'>, now: () => number = Date.now): TlsPolicy {
  const known = new Map<string, MTASTSPolicy>();
  const askAgainAt = new Map<string, number>();
  return async (domain) => {
    const { getPolicy, validateMx } = await import('mailauth/lib/mta-sts.js');
    const at = now();
    let policy = known.get(domain);
    if ((askAgainAt.get(domain) ?? 0) <= at) {
      policy = (await getPolicy(domain, policy, { resolver: resolve, timeout: fetchTimeoutMs })).policy;
      forgetSome(known);
      forgetSome(askAgainAt);
      known.set(domain, policy);
      // The record in the DNS is looked at every hour; the file only when its id has changed.
      askAgainAt.set(domain, at + nothingForMs);
    }
    if (policy?.mode !== 'enforce') return undefined;
    const enforced = policy;
    return { allows: (hostName) => validateMx(hostName, enforced).valid };
  };
}

function forgetSome(map: Map<string, unknown>): void {
  if (map.size < mostRemembered) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
