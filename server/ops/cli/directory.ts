/** The directory a command means: a provider of kind ldap, by its number or name, open or not. */
import type { Provider } from '#server/federation/providers.ts';
import type { LdapSettings } from '#server/federation/settings.ts';

import { BadUsage, findTenant, type Session } from './context.ts';

/** @throws {BadUsage} */
export async function findDirectory(
  session: Session,
  named: string,
  { tenant: slug }: { readonly tenant?: string },
): Promise<Provider & { readonly settings: LdapSettings }> {
  const { listProviders } = await import('#server/federation/providers.ts');
  const { id } = await findTenant(session, { slug });
  const all = await listProviders(session.store, session.actor, id);
  const found = all.flatMap((one) => (one.settings.kind === 'ldap' ? [{ ...one, settings: one.settings }] : []));
  const directory = found.find((one) => String(one.id) === named || one.name === named);
  if (directory) return directory;
  const names = found.map((one) => `${one.id} (${one.name})`).join(', ');
  throw new BadUsage(`no directory ${named}; there is: ${names === '' ? 'none, see pli provider add ldap' : names}`);
}
