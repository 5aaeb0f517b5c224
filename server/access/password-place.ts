/**
 * Where somebody's password is: here, or in a directory of their institution (federation/ldap). Whoever administers the
 * institution whole, or the platform, keeps one here, so that a directory which is lost locks nobody out of mending it.
 */
import { directoryOf, type PasswordDirectory } from '#server/federation/ldap/directory.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Holder } from './queries/people.ts';
import { selectRolesOf } from './queries/roles.ts';

export type { PasswordDirectory };

/** undefined where it is kept here. */
export function passwordDirectoryOf(
  store: Store,
  holder: Pick<Holder, 'tenantId' | 'personId' | 'population'>,
): Promise<PasswordDirectory | undefined> {
  return read(store, (tx) => passwordDirectoryIn(tx, holder, store.now()));
}

/** The same within a transaction. */
export async function passwordDirectoryIn(
  tx: Tx,
  holder: Pick<Holder, 'tenantId' | 'personId' | 'population'>,
  at: number,
): Promise<PasswordDirectory | undefined> {
  const directory = await directoryOf(tx, holder.tenantId, holder.population);
  if (!directory) return undefined;
  const roles = await selectRolesOf(tx, holder, at);
  const isSteward = roles.some(({ kind, startsAt }) => (kind === 'platform' || kind === 'tenant') && startsAt <= at);
  return isSteward ? undefined : directory;
}
