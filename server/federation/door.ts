/** What the login page says of other ways in, before anybody is known. */
import { operator } from '#server/access/actor.ts';
import { listTenants } from '#server/directory/tenant.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { readFederationPolicy } from './policy.ts';
import { selectOpenProviders } from './queries.ts';

export interface DoorProvider {
  /** `<tenant>.<provider>`, as in the addresses of federation-routes.ts. */
  readonly id: string;
  readonly name: string;
  readonly domains: readonly string[];
}

export interface Door {
  readonly providers: readonly DoorProvider[];
  /** Name and password stand behind a link: only where every tenant here wants it so, and there is another way. */
  readonly isDirectHidden: boolean;
  /** Where forgotten passwords are got back; undefined where that is here. */
  readonly recovery: { readonly name: string; readonly url: string } | undefined;
  /** Directories that keep the passwords of some, and where those are changed. */
  readonly directories: readonly { readonly name: string; readonly url: string }[];
}

const mostButtons = 24;

/** @param tenantId whose door it is; undefined: that of all who share it. */
export async function doorOf(store: Store, tenantId: TenantId | undefined): Promise<Door> {
  const tenants = (await listTenants(store, operator)).filter(({ id }) => tenantId === undefined || id === tenantId);
  return read(store, async (tx) => {
    const policies = await Promise.all(
      tenants.map(async ({ id }) => ({ id, ...(await readFederationPolicy(tx, id)) })),
    );
    const all = (await selectOpenProviders(tx)).filter(({ kind, tenantId: owner }) =>
      policies.some(({ id, isSamlOpen }) => id === owner && (isSamlOpen || kind !== 'saml')),
    );
    const providers = all
      .filter(({ kind }) => kind !== 'ldap')
      .slice(0, mostButtons)
      .map(({ tenantId: owner, id, name, settings }) => ({
        id: `${owner}.${id}`,
        name,
        domains: settings.domains,
      }));
    const [only, ...others] = policies;
    const delegated = only && others.length === 0 ? all.find(({ id }) => id === only.recoveryProviderId) : undefined;
    return {
      providers,
      isDirectHidden: providers.length > 0 && policies.every(({ isDirectHidden }) => isDirectHidden),
      recovery: delegated && { name: delegated.name, url: delegated.settings.recoveryUrl },
      directories: all.flatMap(({ name, settings }) =>
        settings.kind === 'ldap' && settings.passwordsOf.length > 0 && settings.recoveryUrl !== ''
          ? [{ name, url: settings.recoveryUrl }]
          : [],
      ),
    };
  });
}
