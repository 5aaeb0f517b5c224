/**
 * Who really sent it: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and ARC (RFC 8617), checked once on arrival
 * and written to the message's passport and its Authentication-Results field (RFC 8601). Bounded in time: a name
 * server that does not answer gives `temperror`, never a message that waits.
 */
import { Resolver } from 'node:dns/promises';

import type { AuthenticateResult } from 'mailauth';

export type AuthResult =
  | 'none'
  | 'neutral'
  | 'pass'
  | 'fail'
  | 'softfail'
  | 'policy'
  | 'temperror'
  | 'permerror'
  | 'skipped';

export interface Authentication {
  readonly spf: AuthResult;
  readonly dkim: AuthResult;
  readonly dmarc: AuthResult;
  readonly arc: AuthResult;
  /** The domain DKIM signed for, where one passed. */
  readonly signedBy: string | null;
  /** What the sender's domain asks to do with mail that fails (RFC 7489 §6.3). */
  readonly dmarcPolicy: 'none' | 'quarantine' | 'reject' | null;
  /** `Authentication-Results: …` and `Received-SPF: …`, folded, each ending in CRLF. */
  readonly headers: string;
}

export type DnsResolver = (domain: string, type: string) => Promise<string[][] | string[]>;

export interface Peer {
  readonly remoteAddress: string;
  readonly helloName: string;
  readonly mailFrom: string;
  readonly hostName: string;
}

const lookupTimeoutMs = 2_500;
const allTimeoutMs = 10_000;

/** The system's resolver, impatient. */
export function systemResolver(): DnsResolver {
  const resolver = new Resolver({ timeout: lookupTimeoutMs, tries: 2 });
  // `resolve` answers with the shape its record type has; mailauth asks for TXT, A, AAAA, MX and PTR.
  return (domain, type) => resolver.resolve(domain, type) as Promise<string[]>;
}

/** Never throws: what cannot be checked now is `temperror`. */
export async function authenticate(octets: Buffer, peer: Peer, resolver: DnsResolver): Promise<Authentication> {
  // Loaded with the first message from outside: a house that only receives by LMTP never needs it.
  const { authenticate: check } = await import('mailauth');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, allTimeoutMs, undefined)));
  const checked = check(octets, {
    ip: peer.remoteAddress,
    helo: peer.helloName,
    sender: peer.mailFrom,
    mta: peer.hostName,
    resolver,
    disableBimi: true,
  }).catch(() => undefined);
  const result = await Promise.race([checked, late]);
  clearTimeout(timer);
  return result ? readResult(result) : unchecked;
}

const unchecked: Authentication = {
  spf: 'temperror',
  dkim: 'temperror',
  dmarc: 'temperror',
  arc: 'temperror',
  signedBy: null,
  dmarcPolicy: null,
  headers: '',
};

const known: ReadonlySet<string> = new Set<AuthResult>([
  'none',
  'neutral',
  'pass',
  'fail',
  'softfail',
  'policy',
  'temperror',
  'permerror',
  'skipped',
]);

function isAuthResult(word: unknown): word is AuthResult {
  return typeof word === 'string' && known.has(word);
}

function resultOf(word: unknown): AuthResult {
  return isAuthResult(word) ? word : 'none';
}

function readResult(result: AuthenticateResult): Authentication {
  const signatures = result.dkim?.results ?? [];
  const passed = signatures.find((each) => each.status?.result === 'pass');
  const policy = result.dmarc && typeof result.dmarc === 'object' ? result.dmarc.policy : null;
  return {
    spf: resultOf(result.spf && result.spf.status?.result),
    dkim: resultOf((passed ?? signatures[0])?.status?.result),
    dmarc: resultOf(result.dmarc && result.dmarc.status?.result),
    arc: resultOf(result.arc && result.arc.status?.result),
    signedBy: passed?.signingDomain ?? null,
    dmarcPolicy: policy === 'quarantine' || policy === 'reject' || policy === 'none' ? policy : null,
    headers: result.headers,
  };
}
