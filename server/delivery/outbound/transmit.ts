/**
 * Bringing a message to the hosts of one domain, in their order, until each recipient has a yes, a no, or must wait. No
 * database here: who calls keeps what comes of it.
 */
import { isIP } from 'node:net';

import type { Reply } from '#formats/smtp/reply.ts';

import type { Outbound, Smarthost } from './options.ts';
import { planRoute, planTargets, type Target } from './route.ts';
import { type Answer, type Host, type OutgoingMail, type OutgoingRecipient, runSession } from './session.ts';
import { judgeReply, printDiagnostic } from './verdict.ts';

export interface Outcome {
  readonly kind: 'taken' | 'later' | 'failed';
  /** `class.subject.detail` (RFC 3463). */
  readonly status: string;
  /** The host that said it; undefined when none was reached. */
  readonly remoteMta: string | undefined;
  /** One line: what the host answered, or why there is no answer. */
  readonly reply: string;
  /** For Diagnostic-Code; undefined where no host said anything. */
  readonly diagnostic: string | undefined;
  /** taken: the host promised to tell the sender itself where that was asked (RFC 3461 §5.2.2). */
  readonly passesDsn: boolean;
}

export type Transmitted =
  | { readonly kind: 'done'; readonly outcomes: ReadonlyMap<string, Outcome> }
  /** As many connections to its hosts as we may have are open: come again soon. */
  | { readonly kind: 'busy' };

/** Hosts tried in one run; the others have their turn in the next, for equal ones are in random order. */
const HOSTS_TRIED = 5;

export type Transmit = (
  domain: string,
  mail: OutgoingMail,
  recipients: readonly OutgoingRecipient[],
) => Promise<Transmitted>;

/** One for a process: it counts connections. */
export function transmitter(outbound: Outbound): Transmit {
  const open = new Map<string, number>();
  return async (domain, mail, recipients) => {
    const plan = await planHosts(outbound, domain);
    if (plan.kind !== 'hosts') return { kind: 'done', outcomes: sameForAll(recipients, plan.outcome) };
    const outcomes = new Map<string, Outcome>();
    let isBusy = false;
    for (const host of plan.hosts.slice(0, HOSTS_TRIED)) {
      const waiting = recipients.filter(({ address }) => mayTryNext(outcomes.get(address)));
      if (waiting.length === 0) break;
      const count = open.get(host.address) ?? 0;
      if (count >= outbound.connectionsPerHost) {
        isBusy = true;
        continue;
      }
      open.set(host.address, count + 1);
      try {
        for (const [address, outcome] of await tryHost(host, mail, waiting)) outcomes.set(address, outcome);
      } finally {
        const left = (open.get(host.address) ?? 1) - 1;
        if (left > 0) open.set(host.address, left);
        else open.delete(host.address);
      }
    }
    return outcomes.size === 0 && isBusy ? { kind: 'busy' } : { kind: 'done', outcomes };
  };
}

/** What one host said, by recipient. TLS that is only offered and does not come about is done without (RFC 7435). */
async function tryHost(
  host: Host,
  mail: OutgoingMail,
  recipients: readonly OutgoingRecipient[],
): Promise<ReadonlyMap<string, HostOutcome>> {
  let result = await runSession(host, mail, recipients);
  if (result.kind === 'tlsFailed' && host.tlsMode === 'offered')
    result = await runSession({ ...host, tlsMode: 'off' }, mail, recipients);
  const remoteMta = host.tls.name;
  if (result.kind === 'answered') {
    const { answers, passesDsn } = result;
    return new Map(
      recipients.map(({ address }) => {
        const answer = answers.get(address);
        return [address, answer ? judged(answer, remoteMta, passesDsn) : lost(remoteMta)];
      }),
    );
  }
  if (result.kind === 'hostFailed' && result.answer)
    return sameForAll(recipients, judged(result.answer, remoteMta, false));
  const status = result.kind === 'tlsFailed' ? '4.7.5' : '4.4.1';
  return sameForAll(recipients, unreached('later', status, `${remoteMta}: ${result.because}`, 'host'));
}

interface HostOutcome extends Outcome {
  readonly scope: 'host' | 'message' | 'recipient';
}

function mayTryNext(outcome: Outcome | undefined): boolean {
  return outcome === undefined || (outcome.kind === 'later' && 'scope' in outcome && outcome.scope === 'host');
}

function judged({ stage, reply }: Answer, remoteMta: string, passesDsn: boolean): HostOutcome {
  const verdict = judgeReply(stage, reply);
  const said = { remoteMta, reply: printLine(reply), diagnostic: printDiagnostic(reply), passesDsn };
  if (verdict.kind !== 'taken') return { ...said, kind: verdict.kind, status: verdict.status, scope: verdict.scope };
  // Taken on the way is not taken: the connection broke before the end.
  if (stage !== 'message') return lost(remoteMta);
  return { ...said, kind: 'taken', status: reply.enhanced ?? '2.0.0', scope: 'message' };
}

function lost(remoteMta: string): HostOutcome {
  return { ...unreached('later', '4.4.2', 'the connection was lost', 'host'), remoteMta };
}

function unreached(
  kind: 'later' | 'failed',
  status: string,
  because: string,
  scope: HostOutcome['scope'],
): HostOutcome {
  const code = kind === 'later' ? 451 : 550;
  const reply = `${code} ${status} ${because.replace(/[^ -~]+/g, '?')}`.slice(0, 500);
  return { kind, status, remoteMta: undefined, reply, diagnostic: undefined, passesDsn: false, scope };
}

/** As deliveryStatus shows it (RFC 8621 §7, smtpReply): one line, bounded. */
function printLine(reply: Reply): string {
  return printDiagnostic(reply).slice('smtp; '.length);
}

function sameForAll<T>(recipients: readonly OutgoingRecipient[], outcome: T): ReadonlyMap<string, T> {
  return new Map(recipients.map(({ address }) => [address, outcome]));
}

type HostPlan =
  | { readonly kind: 'hosts'; readonly hosts: readonly Host[] }
  | { readonly kind: 'none'; readonly outcome: Outcome };

async function planHosts(outbound: Outbound, domain: string): Promise<HostPlan> {
  const { road, resolver, hostName } = outbound;
  if (road.kind === 'none')
    return no(unreached('failed', '5.4.4', 'laboratory mode: no mail leaves this machine', 'message'));
  if (road.kind === 'smarthost') return planSmarthost(outbound, road);
  const route = planRoute(domain, await resolver.mx(domain), new Set([hostName.toLowerCase()]), Math.random);
  switch (route.kind) {
    case 'later':
      return no(unreached('later', '4.4.3', `the name server does not answer for ${domain}`, 'message'));
    case 'nowhere':
      return no(unreached('failed', route.status, whyNowhere(route.because, domain), 'message'));
    case 'address':
      return planPublic(outbound, domain, [{ name: route.address, address: route.address }]);
    case 'hosts': {
      const hosts = await Promise.all(
        route.names.map(async (name) => ({ name, lookup: await resolver.addresses(name) })),
      );
      const plan = planTargets(hosts);
      if (plan.kind === 'targets') return planPublic(outbound, domain, plan.targets);
      if (plan.kind === 'nowhere')
        return no(unreached('failed', plan.status, whyNowhere(plan.because, domain), 'message'));
      return no(unreached('later', '4.4.3', `the name server does not answer for the hosts of ${domain}`, 'message'));
    }
    default:
      return route satisfies never;
  }
}

function no(outcome: Outcome): HostPlan {
  return { kind: 'none', outcome };
}

function whyNowhere(because: 'noSuchDomain' | 'nullMx' | 'loopsBack' | 'noAddress', domain: string): string {
  const why = {
    noSuchDomain: 'does not exist',
    nullMx: 'takes no mail',
    loopsBack: 'leads back to this server, which does not know it',
    noAddress: 'has no mail server with an address',
  };
  return `${domain} ${why[because]}`;
}

async function planPublic(outbound: Outbound, domain: string, targets: readonly Target[]): Promise<HostPlan> {
  const others = targets.filter(({ address }) => !outbound.isOwnAddress(address));
  if (others.length === 0) return no(unreached('failed', '5.4.6', whyNowhere('loopsBack', domain), 'message'));
  const policy = isIP(targets[0]?.name ?? '') ? undefined : await outbound.tlsPolicy(domain);
  const allowed = policy ? others.filter(({ name }) => policy.allows(name)) : others;
  if (allowed.length === 0)
    return no(unreached('later', '4.7.5', `no server of ${domain} is in its published policy (MTA-STS)`, 'message'));
  return {
    kind: 'hosts',
    hosts: allowed.map((target) => ({
      address: target.address,
      port: outbound.portOf(target),
      helloName: outbound.hostName,
      tlsMode: policy ? 'required' : 'offered',
      tls: { name: target.name, isVerified: policy !== undefined, ca: outbound.ca },
      login: undefined,
      timeouts: outbound.timeouts,
    })),
  };
}

/** The smarthost is ours by the operator's word: loopback is fine; a password needs TLS that is verified. */
async function planSmarthost(outbound: Outbound, smarthost: Smarthost): Promise<HostPlan> {
  const { host, port, isTlsImplicit, login } = smarthost;
  const isName = isIP(host) === 0 && host !== 'localhost';
  const lookup = isName ? await outbound.resolver.addresses(host) : undefined;
  const addresses =
    lookup?.kind === 'found' ? lookup.addresses : isName ? [] : [host === 'localhost' ? '127.0.0.1' : host];
  if (addresses.length === 0)
    return no(unreached('later', '4.4.3', `no address is known for the smarthost ${host}`, 'message'));
  const isLoopback = addresses.every((address) => /^(?:127\.|::1$)/.test(address));
  return {
    kind: 'hosts',
    hosts: addresses.map((address) => ({
      address,
      port,
      helloName: outbound.hostName,
      tlsMode: isTlsImplicit ? 'implicit' : login && !isLoopback ? 'required' : 'offered',
      tls: { name: host, isVerified: (isTlsImplicit || login !== undefined) && !isLoopback, ca: outbound.ca },
      login,
      timeouts: outbound.timeouts,
    })),
  };
}
