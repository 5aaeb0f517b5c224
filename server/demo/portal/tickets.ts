/**
 * The portal of the demonstration: a small CAS 3 server for its own people alone, so that the indirect way in can be tried
 * out of the box. What it remembers (who is in it, which tickets it gave) is this process's, and bounded.
 */
import { operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { newToken } from '#server/access/token.ts';
import { findHolder, proveByPassword } from '#server/access/verify.ts';
import { readPerson } from '#server/directory/people.ts';
import { listTenants } from '#server/directory/tenant.ts';
import { element, elementWith, printXml, type XmlElement } from '#server/setup/xml.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

interface Visitor {
  readonly userName: string;
  readonly mail: string;
  readonly displayName: string;
  readonly until: number;
  /** Where they went from here, for the end of it all. */
  readonly visited: { readonly service: string; readonly ticket: string }[];
}

interface Ticket {
  readonly service: string;
  readonly visitor: Visitor;
  readonly until: number;
}

interface Kept {
  readonly visitors: Map<string, Visitor>;
  readonly tickets: Map<string, Ticket>;
}

const sessionMs = 8 * 3_600_000;
const ticketMs = 60_000;
const mostKept = 1_000;

const keptFor = new WeakMap<Store, Kept>();

function keptBy(store: Store): Kept {
  const kept = keptFor.get(store) ?? { visitors: new Map(), tickets: new Map() };
  keptFor.set(store, kept);
  return kept;
}

/** The tenant whose portal it is. @throws {Refusal} `noSuchAccount` where there is no demonstration. */
async function demoTenant(store: Store): Promise<TenantId> {
  const demo = (await listTenants(store, operator)).find(({ slug }) => slug.endsWith('-demonstration'));
  if (!demo) throw new Refusal('noSuchAccount');
  return demo.id;
}

/** @throws {Refusal} `noSuchAccount` where there is no demonstration. */
export async function requireDemo(store: Store): Promise<void> {
  await demoTenant(store);
}

/** Lets somebody of the demonstration in. @returns for their cookie. @throws {Refusal} as `proveByPassword`; `noSuchAccount`. */
export async function enterPortal(
  store: Store,
  named: { readonly userName: string; readonly password: string; readonly remoteAddress: string },
): Promise<string> {
  const tenantId = await demoTenant(store);
  const found = await findHolder(store, { userName: named.userName, tenantId });
  const holder = await proveByPassword(store, found?.tenantId === tenantId ? found : undefined, named);
  const { userName, email, givenName, familyName } = await readPerson(store, operator, tenantId, holder.personId);
  const token = newToken();
  keep(keptBy(store).visitors, token, {
    userName,
    mail: email,
    displayName: `${givenName} ${familyName}`,
    until: store.now() + sessionMs,
    visited: [],
  });
  return token;
}

/** Whether somebody is in the portal by that cookie. */
export function isInPortal(store: Store, token: string): boolean {
  const visitor = keptBy(store).visitors.get(token);
  return visitor !== undefined && visitor.until > store.now();
}

/** A ticket for a service, for whoever is in the portal; undefined for whoever is not. */
export function giveTicket(store: Store, token: string, service: string): string | undefined {
  const { visitors, tickets } = keptBy(store);
  const visitor = visitors.get(token);
  if (!visitor || !isInPortal(store, token) || visitor.visited.length >= mostKept) return undefined;
  const ticket = `ST-${newToken()}`;
  keep(tickets, ticket, { service, visitor, until: store.now() + ticketMs });
  visitor.visited.push({ service, ticket });
  return ticket;
}

/** What `serviceValidate` answers, once a ticket (CAS Protocol 3.0 §2.5.2). XML. */
export function validateTicket(
  store: Store,
  {
    service,
    ticket,
    hasAttributes,
  }: { readonly service: string; readonly ticket: string; readonly hasAttributes: boolean },
): string {
  const { tickets } = keptBy(store);
  const given = tickets.get(ticket);
  tickets.delete(ticket);
  const isGood = given !== undefined && given.until > store.now() && given.service === service;
  return printXml(
    elementWith(
      'cas:serviceResponse',
      { 'xmlns:cas': 'http://www.yale.edu/tp/cas' },
      isGood ? success(given.visitor, hasAttributes) : failure,
    ),
  );
}

const failure = elementWith('cas:authenticationFailure', { code: 'INVALID_TICKET' }, 'ticket refused');

function success({ userName, mail, displayName }: Visitor, hasAttributes: boolean): XmlElement {
  const attributes = element(
    'cas:attributes',
    element('cas:uid', userName),
    element('cas:mail', mail),
    element('cas:displayName', displayName),
  );
  return element('cas:authenticationSuccess', element('cas:user', userName), ...(hasAttributes ? [attributes] : []));
}

/** Ends a visit. @returns what each service visited is sent (CAS Protocol 3.0 §2.3.3). */
export function leavePortal(
  store: Store,
  token: string,
): readonly { readonly service: string; readonly logoutRequest: string }[] {
  const { visitors } = keptBy(store);
  const visitor = visitors.get(token);
  visitors.delete(token);
  return (visitor?.visited ?? []).map(({ service, ticket }) => ({
    service,
    logoutRequest: printXml(
      elementWith(
        'samlp:LogoutRequest',
        {
          'xmlns:samlp': 'urn:oasis:names:tc:SAML:2.0:protocol',
          'xmlns:saml': 'urn:oasis:names:tc:SAML:2.0:assertion',
          ID: `LR-${newToken()}`,
          Version: '2.0',
          IssueInstant: new Date(store.now()).toISOString(),
        },
        element('saml:NameID', '@NOT_USED@'),
        element('samlp:SessionIndex', ticket),
      ),
    ),
  }));
}

/** The map keeps the order of insertion: the first is the oldest. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  for (const [oldest] of map) if (map.size >= mostKept) map.delete(oldest);
  map.set(key, value);
}
