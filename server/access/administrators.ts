/** Who may do something somewhere in the tree, for other nouns that have to ask or to tell them. */
import type { PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { PersonRef } from './credential.ts';
import { covers, givesPower, type Power } from './powers.ts';
import { selectPersonName } from './queries/mandates.ts';
import { selectPlaceOf, selectRoles, selectRolesOf } from './queries/roles.ts';

const rolesAtMost = 5_000;

/** Those of the institution whose roles give `power` over `path` at `at`: the nearest to it first, each once. */
export async function administratorsOver(
  tx: Tx,
  tenantId: TenantId,
  { power, path }: { readonly power: Power; readonly path: string },
  at: number,
): Promise<readonly PersonId[]> {
  const all = await selectRoles(tx, tenantId, { standingAt: at, limit: rolesAtMost });
  const fit = all.filter((role) => role.startsAt <= at && givesPower(role, power) && covers(role, { tenantId, path }));
  const nearest = fit.toSorted((a, b) => b.path.length - a.path.length);
  return [...new Set(nearest.map(({ personId }) => personId))];
}

/** Where somebody stands: what a second administrator goes by when they agree to an act upon them. */
export async function standingAt(
  tx: Tx,
  who: PersonRef,
  at: number,
): Promise<{ readonly path: string; readonly roles: readonly string[] }> {
  const place = await selectPlaceOf(tx, who);
  const roles = await selectRolesOf(tx, who, at);
  return { path: place?.path ?? '/', roles: roles.map(({ id }) => String(id)) };
}

/** '' for whoever is not there. */
export async function nameOf(tx: Tx, { tenantId, personId }: PersonRef): Promise<string> {
  return (await selectPersonName(tx, tenantId, personId)) ?? '';
}
