/**
 * Thunderbird's autoconfig document, version 1.1, which K-9, Evolution, KMail and others read too. Programs take the first
 * server they can use, so the best stands first. OAuth2 is not named: programs that read this take it
 * from the issuers they were built with alone, and would ask people for a password they cannot use.
 */
import type { ServedDomain } from './domain.ts';
import { listServices, type Reach, type Security } from './services.ts';
import { element, elementWith, printXml, type XmlElement } from './xml.ts';

const socketTypes: Readonly<Record<Security, string>> = { tls: 'SSL', starttls: 'STARTTLS' };

/** Says nothing of any person: the program puts in the address it was given. */
export function printAutoconfig(domain: ServedDomain, reach: Reach): string {
  const services = listServices(reach);
  const incoming = services.filter(({ kind }) => kind === 'imap');
  const outgoing = services.filter(({ kind }) => kind === 'submission');
  const server = (tag: string, type: string, { host, port, security }: (typeof services)[number]): XmlElement =>
    elementWith(
      tag,
      { type },
      element('hostname', host),
      element('port', String(port)),
      element('socketType', socketTypes[security]),
      element('username', '%EMAILADDRESS%'),
      // Within TLS; the name is the format's.
      element('authentication', 'password-cleartext'),
    );
  return printXml(
    elementWith(
      'clientConfig',
      { version: '1.1' },
      elementWith(
        'emailProvider',
        { id: domain.name },
        element('domain', domain.name),
        element('displayName', domain.tenantName),
        element('displayShortName', domain.tenantName),
        ...incoming.map((service) => server('incomingServer', 'imap', service)),
        ...outgoing.map((service) => server('outgoingServer', 'smtp', service)),
        elementWith(
          'documentation',
          { url: `${reach.webUrl}/settings/programs` },
          elementWith('descr', { lang: 'fr' }, 'Utiliser un autre logiciel'),
          elementWith('descr', { lang: 'en' }, 'Use another program'),
        ),
      ),
      element('webMail', elementWith('loginPage', { url: `${reach.webUrl}/` })),
    ),
  );
}
