/**
 * Apple's configuration profile: an XML property list that sets up mail on an iPhone, iPad or Mac. It holds no password:
 * the device asks for it. The same address gets the same identifiers, so that a second one replaces the first.
 */
import { createHash } from 'node:crypto';

import type { ServedAddress } from './domain.ts';
import { bestService, type Reach, type Service } from './services.ts';
import { element, elementWith, printXml, type XmlElement } from './xml.ts';

const doctype =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';

type Value = string | number | boolean | readonly Dictionary[];
interface Dictionary {
  readonly [key: string]: Value;
}

export const appleProfileType = 'application/x-apple-aspen-config';

/** @returns undefined where the house offers no IMAP or nowhere to send. */
export function printAppleProfile({ address, domain }: ServedAddress, reach: Reach): string | undefined {
  const imap = bestService(reach, 'imap');
  const submission = bestService(reach, 'submission');
  if (!imap || !submission) return undefined;
  const identifier = reach.hostName.split('.').toReversed().join('.');
  const mail: Dictionary = {
    PayloadType: 'com.apple.mail.managed',
    PayloadVersion: 1,
    PayloadIdentifier: `${identifier}.mail.${uuidOf(address)}`,
    PayloadUUID: uuidOf(`mail ${reach.hostName} ${address}`),
    PayloadDisplayName: domain.tenantName,
    EmailAccountDescription: domain.tenantName,
    EmailAccountType: 'EmailTypeIMAP',
    EmailAddress: address,
    ...serverOf('Incoming', imap, address),
    ...serverOf('Outgoing', submission, address),
    OutgoingPasswordSameAsIncomingPassword: true,
  };
  const profile: Dictionary = {
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: `${identifier}.profile.${uuidOf(address)}`,
    PayloadUUID: uuidOf(`profile ${reach.hostName} ${address}`),
    PayloadDisplayName: domain.tenantName,
    PayloadDescription: `Courrier de ${address} — Mail of ${address}`,
    PayloadOrganization: domain.tenantName,
    PayloadRemovalDisallowed: false,
    PayloadContent: [mail],
  };
  return printXml(elementWith('plist', { version: '1.0' }, valueOf(profile)), doctype);
}

function serverOf(direction: 'Incoming' | 'Outgoing', { host, port }: Service, userName: string): Dictionary {
  return {
    [`${direction}MailServerAuthentication`]: 'EmailAuthPassword',
    [`${direction}MailServerHostName`]: host,
    [`${direction}MailServerPortNumber`]: port,
    // The device tells TLS from the first octet and STARTTLS apart by the answer; without it, never.
    [`${direction}MailServerUseSSL`]: true,
    [`${direction}MailServerUsername`]: userName,
  };
}

function valueOf(value: Value | Dictionary): XmlElement {
  if (typeof value === 'string') return element('string', value);
  if (typeof value === 'number') return element('integer', String(value));
  if (typeof value === 'boolean') return element(value ? 'true' : 'false');
  if (isList(value)) return element('array', ...value.map(valueOf));
  return element('dict', ...Object.entries(value).flatMap(([key, item]) => [element('key', key), valueOf(item)]));
}

function isList(value: readonly Dictionary[] | Dictionary): value is readonly Dictionary[] {
  return Array.isArray(value);
}

/** A UUID of the name (RFC 9562 §5.8). */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`pli ${name}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-').toUpperCase();
}
