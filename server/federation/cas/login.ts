/** Logging in by CAS 2 and 3: the browser brings a ticket, which we have the server validate once, and it tells us whose it is. */
import { type Identity, readClaims } from '#server/federation/identity.ts';
import type { Provider } from '#server/federation/queries.ts';
import { ProviderFault, providerReach } from '#server/federation/reach.ts';
import type { CasSettings } from '#server/federation/settings.ts';
import { placeOf, type Site } from '#server/federation/site.ts';

import { readCasAnswer } from './response.ts';

interface Asked {
  readonly provider: Provider;
  readonly settings: CasSettings;
  readonly site: Site;
  readonly state: string;
}

/** Where the browser goes. */
export function casStart(asked: Asked): string {
  return `${absolute(asked)}/login?${new URLSearchParams({ service: serviceOf(asked) }).toString()}`;
}

/** What this login is known by to the server; its answers come back there, and so does the end of the session. */
function serviceOf({ provider, site, state }: Asked): string {
  return `${placeOf(site, 'cas', provider, 'callback')}?${new URLSearchParams({ state }).toString()}`;
}

function absolute({ settings: { url }, site }: Pick<Asked, 'settings' | 'site'>): string {
  return url.startsWith('/') ? `${site.baseUrl}${url}` : url;
}

/** CAS Protocol 3.0 §3.1.1: a ticket is at most 256 characters, and begins so. */
const ticketForm = /^ST-[\x21-\x7e]{1,253}$/;

/** Who came back with that ticket. @throws {ProviderFault} */
export async function casProve(asked: Asked & { readonly ticket: string }): Promise<Identity> {
  const { settings, site, ticket } = asked;
  if (!ticketForm.test(ticket)) throw new ProviderFault('no ticket');
  const page = settings.version === 3 ? '/p3/serviceValidate' : '/serviceValidate';
  const query = new URLSearchParams({ service: serviceOf(asked), ticket });
  const address = `${settings.url}${page}?${query.toString()}`;
  const response = await (settings.url.startsWith('/') ? site.askOwn(address) : providerReach(settings)(address));
  if (response.status !== 200) throw new ProviderFault(`serviceValidate answered ${response.status}`);
  const answer = readCasAnswer(await response.text());
  if (!answer) throw new ProviderFault('no answer of a CAS server');
  if (answer.kind === 'failure') throw new ProviderFault(`the ticket was refused: ${answer.code}`);
  const { user, attributes } = answer;
  return {
    subject: user,
    claims: readClaims({ uid: user, ...attributes, sub: user }),
    sid: ticket,
    level: undefined,
    farewell: { kind: 'cas' },
  };
}

/** Where the browser goes to leave. */
export function casLeave(asked: Pick<Asked, 'settings' | 'site'>): string {
  const query = new URLSearchParams({ service: `${asked.site.baseUrl}/login` });
  return `${absolute(asked)}/logout?${query.toString()}`;
}
