/** How this house is reached from outside, by the configuration, and by the ports it really listens on where it runs. */
import type { Config } from '#server/config/read.ts';
import type { Domain } from '#server/directory/domain.ts';
import { type DnsRecord, planDomainRecords } from '#server/directory/records.ts';
import { planServiceRecords } from '#server/setup/records.ts';
import type { PublicPorts, Reach } from '#server/setup/services.ts';

type ServicePorts = Partial<Readonly<Record<string, number>>>;

/** @param listened by service name, as `serve` reports them; a free port is known there alone. */
export function planPublicPorts(config: Config, listened: ServicePorts = {}): PublicPorts {
  const { imap, imaps, submission, submissions, sieve } = config;
  const given = config.public;
  const port = (name: string, isPublic: number, configured: number): number =>
    isPublic !== 0 ? isPublic : (listened[name] ?? configured);
  return {
    imap: port('imap', given.imapPort, imap.port),
    imaps: port('imaps', given.imapsPort, imaps.port),
    submission: port('submission', given.submissionPort, submission.port),
    submissions: port('submissions', given.submissionsPort, submissions.port),
    sieve: port('sieve', given.sievePort, sieve.port),
  };
}

export function publicHost(config: Config): string {
  return config.public.host === '' ? config.hostname : config.public.host;
}

/** For what must be said while no server runs. */
export function planReach(config: Config): Reach {
  const { http } = config;
  const own = `${http.tls ? 'https' : 'http'}://${config.hostname}:${http.port}`;
  const webUrl = (URL.canParse(http.url) ? http.url : own).replace(/\/+$/, '');
  return { hostName: publicHost(config), webUrl, ports: planPublicPorts(config) };
}

/** What DNS must say of a domain: where its mail goes, and where programs find its services. @param at milliseconds since 1970. */
export function recordsOf(config: Config, domain: Domain, at: number): readonly DnsRecord[] {
  const mtaStsId = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  return [
    ...planDomainRecords(domain, { hostname: config.hostname, mtaStsId }),
    ...planServiceRecords(domain.name, planReach(config)),
  ];
}
