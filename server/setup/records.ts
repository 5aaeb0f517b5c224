/**
 * The DNS records by which mail programs find the services of a domain: RFC 6186 and RFC 8314 for mail, RFC 8620 for
 * JMAP, and the names Thunderbird and Outlook ask.
 */
import type { DnsRecord } from '#server/directory/records.ts';

import { listServices, type Reach, type Security, type ServiceKind } from './services.ts';

const labels: Readonly<Record<ServiceKind, Readonly<Record<Security, string>>>> = {
  imap: { tls: 'imaps', starttls: 'imap' },
  submission: { tls: 'submissions', starttls: 'submission' },
  sieve: { tls: 'sieve', starttls: 'sieve' },
};

const reasons: Readonly<Record<string, string>> = {
  imaps: 'programs find IMAP, with TLS from the first octet (RFC 8314 §5.1)',
  imap: 'programs that only know STARTTLS find IMAP (RFC 6186 §3.2)',
  submissions: 'programs find where to send (RFC 8314 §5.1)',
  submission: 'programs that only know STARTTLS find where to send (RFC 6186 §3.1)',
  sieve: 'programs find the filters (RFC 5804 §1.8)',
};

/** Lower is tried first (RFC 6186 §3.4, RFC 8314 §5.1: TLS from the first octet is to be preferred). */
const priorities: Readonly<Record<Security, number>> = { tls: 0, starttls: 10 };

/** @param domain in its ASCII form. */
export function planServiceRecords(domain: string, reach: Reach): readonly DnsRecord[] {
  const service = (label: string, value: string, why: string): DnsRecord => ({
    name: `_${label}._tcp.${domain}`,
    type: 'SRV',
    value,
    why,
  });
  const web = new URL(reach.webUrl);
  const webPort = Number(web.port === '' ? (web.protocol === 'https:' ? 443 : 80) : web.port);
  const offered = listServices(reach).map(({ kind, host, port, security }) => {
    const label = labels[kind][security];
    const priority = kind === 'sieve' ? 0 : priorities[security];
    return service(label, `${priority} 1 ${port} ${host}.`, reasons[label] ?? '');
  });
  const atWeb = (label: string, priorities: string, why: string): readonly DnsRecord[] =>
    // A free port is known while the server runs, and to nobody else.
    webPort === 0 ? [] : [service(label, `${priorities} ${webPort} ${web.hostname}.`, why)];
  return [
    ...atWeb('jmap', '0 1', 'programs find JMAP (RFC 8620 §2.2)'),
    ...offered,
    service('pop3', '0 0 0 .', 'there is no POP3, and programs need not try (RFC 6186 §3.4)'),
    service('pop3s', '0 0 0 .', 'nor with TLS'),
    ...namesOf(domain, web.hostname),
    ...atWeb('autodiscover', '0 0', 'Outlook finds its settings, without a name of its own in the certificate'),
  ];
}

function namesOf(domain: string, target: string): readonly DnsRecord[] {
  const name = (label: string, why: string): DnsRecord => ({
    name: `${label}.${domain}`,
    type: 'CNAME',
    value: `${target}.`,
    why,
  });
  // A house whose web client has that very name already must not point it at itself.
  return [
    name('autoconfig', 'Thunderbird finds its settings; the certificate of the web server must name it'),
    name('autodiscover', 'Outlook finds its settings; the certificate of the web server must name it'),
  ].filter((record) => record.name !== target);
}
