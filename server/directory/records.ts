/**
 * The DNS records of a domain: what makes its mail come here, and what others need to believe mail from it. By which
 * records programs find its services, server/setup says.
 */
import { createPublicKey } from 'node:crypto';

import type { Domain } from './queries/addresses.ts';

export interface DnsRecord {
  /** Absolute, without the final dot. */
  readonly name: string;
  readonly type: 'MX' | 'TXT' | 'SRV' | 'CNAME';
  readonly value: string;
  readonly why: string;
}

export interface Published {
  /** The name other servers know this one by. */
  readonly hostname: string;
  /** Changes whenever the policy does (RFC 8461 §3.1). */
  readonly mtaStsId: string;
}

export function planDomainRecords(domain: Domain, { hostname, mtaStsId }: Published): readonly DnsRecord[] {
  const { name } = domain;
  const text = (label: string, value: string, why: string): DnsRecord => ({
    name: label === '' ? name : `${label}.${name}`,
    type: 'TXT',
    value,
    why,
  });
  return [
    { name, type: 'MX', value: `10 ${hostname}.`, why: 'mail for the domain comes here (RFC 5321 §5)' },
    text('', 'v=spf1 mx -all', 'only our servers send for it (RFC 7208)'),
    ...dkimRecord(domain),
    text(
      '_dmarc',
      `v=DMARC1; p=none; rua=mailto:postmaster@${name}`,
      'begin with p=none, read the reports, then quarantine (RFC 7489)',
    ),
    text('_mta-sts', `v=STSv1; id=${mtaStsId}`, 'others must use TLS to reach us (RFC 8461)'),
    text('_smtp._tls', `v=TLSRPTv1; rua=mailto:postmaster@${name}`, 'and tell us when they could not (RFC 8460)'),
  ];
}

function dkimRecord({ name, dkimSelector, dkimPrivateKey }: Domain): readonly DnsRecord[] {
  if (dkimSelector === null || dkimPrivateKey === null) return [];
  const key = createPublicKey(dkimPrivateKey);
  // RFC 8463 §4: an Ed25519 key is published bare, an RSA key as SubjectPublicKeyInfo.
  const der = key.export({ type: 'spki', format: 'der' });
  const isEd25519 = key.asymmetricKeyType === 'ed25519';
  const published = (isEd25519 ? der.subarray(-32) : der).toString('base64');
  return [
    {
      name: `${dkimSelector}._domainkey.${name}`,
      type: 'TXT',
      value: `v=DKIM1; k=${isEd25519 ? 'ed25519' : 'rsa'}; p=${published}`,
      why: 'our signatures are checked with it (RFC 6376 §3.6)',
    },
  ];
}

const stringCharacters = 255;

/** One line of a zone file. A text longer than 255 octets stands in several strings (RFC 7208 §3.3). */
export function printZoneLine({ name, type, value }: DnsRecord): string {
  const strings = value.match(new RegExp(`.{1,${stringCharacters}}`, 'g')) ?? [];
  const text = type === 'TXT' ? strings.map((string) => `"${string}"`).join(' ') : value;
  return `${name}. 3600 IN ${type} ${text}`;
}
