/**
 * Outlook's autodiscover, the plain XML form ([MS-OXDSCLI] §2.2): a request with an address, an answer with IMAP and
 * SMTP. Other forms (Exchange, ActiveSync) are refused in the words of the protocol, so that the program goes on to ask.
 */
import { SaxesParser } from 'saxes';

import { listServices, type Reach, type Security, type ServiceKind } from './services.ts';
import { element, elementWith, printXml, type XmlElement } from './xml.ts';

export const autodiscoverOctets = 16_384;
const mostElements = 50;
const mostDepth = 8;

const answerSpace = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
const outlookSpace = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';

export interface AutodiscoverRequest {
  readonly emailAddress: string;
  /** The schema the program can read; undefined where it names none. */
  readonly schema: string | undefined;
}

/** @returns undefined for what is no such request: not well-formed, with a DTD, too deep, without an address. */
export function readAutodiscoverRequest(octets: Uint8Array): AutodiscoverRequest | undefined {
  if (octets.length > autodiscoverOctets) return undefined;
  const found = new Map<string, string>();
  const path: string[] = [];
  let elements = 0;
  const parser = new SaxesParser({ xmlns: true });
  const refuse = (why: string) => (): never => {
    throw new NotThat(why);
  };
  // Without a DTD no entity but the five of XML itself can be there, and saxes takes any other for an error.
  parser.on('doctype', refuse('a DTD'));
  parser.on('error', refuse('not well-formed'));
  parser.on('opentag', ({ local }) => {
    elements += 1;
    path.push(local);
    if (elements > mostElements || path.length > mostDepth) throw new NotThat('too much');
  });
  parser.on('closetag', () => void path.pop());
  parser.on('text', (text) => {
    const [root, request, name] = path;
    if (path.length !== 3 || root !== 'Autodiscover' || request !== 'Request' || name === undefined) return;
    found.set(name, `${found.get(name) ?? ''}${text}`);
  });
  try {
    parser.write(new TextDecoder('utf-8', { fatal: true }).decode(octets)).close();
  } catch (error) {
    if (error instanceof NotThat || error instanceof TypeError) return undefined;
    throw error;
  }
  const emailAddress = found.get('EMailAddress')?.trim() ?? '';
  return emailAddress === '' ? undefined : { emailAddress, schema: found.get('AcceptableResponseSchema')?.trim() };
}

class NotThat extends Error {
  override readonly name = 'NotThat';
}

/** Whether an answer of ours is one the program can read. */
export function readsOutlook({ schema }: AutodiscoverRequest): boolean {
  return schema === undefined || schema === outlookSpace;
}

const types: Readonly<Record<Exclude<ServiceKind, 'sieve'>, string>> = { imap: 'IMAP', submission: 'SMTP' };
const encryptions: Readonly<Record<Security, string>> = { tls: 'SSL', starttls: 'TLS' };

/** @param address as given: it is the login name, whoever has it. */
export function printAutodiscover(address: string, reach: Reach): string {
  const protocols = listServices(reach).flatMap(({ kind, host, port, security }): XmlElement[] =>
    kind === 'sieve'
      ? []
      : [
          element(
            'Protocol',
            element('Type', types[kind]),
            element('Server', host),
            element('Port', String(port)),
            element('DomainRequired', 'off'),
            element('LoginName', address),
            element('SPA', 'off'),
            element('SSL', 'on'),
            element('Encryption', encryptions[security]),
            element('AuthRequired', 'on'),
            ...(kind === 'submission' ? [element('UsePOPAuth', 'off'), element('SMTPLast', 'off')] : []),
          ),
        ],
  );
  return printXml(
    elementWith(
      'Autodiscover',
      { xmlns: answerSpace },
      elementWith(
        'Response',
        { xmlns: outlookSpace },
        element('Account', element('AccountType', 'email'), element('Action', 'settings'), ...protocols),
      ),
    ),
  );
}

/** [MS-OXDSCLI] §2.2.4.1.1.3: what each code says. */
const faults = {
  600: 'Invalid Request',
  601: 'Requested schema version not supported',
  500: 'The email address cannot be found',
} as const;

export type AutodiscoverFault = keyof typeof faults;

export function printAutodiscoverFault(code: AutodiscoverFault, at: number): string {
  const error = elementWith(
    'Error',
    { Time: new Date(at).toISOString().slice(11, 19), Id: '0' },
    element('ErrorCode', String(code)),
    element('Message', faults[code]),
    element('DebugData'),
  );
  return printXml(elementWith('Autodiscover', { xmlns: answerSpace }, element('Response', error)));
}
