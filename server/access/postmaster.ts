/**
 * Who reads what is written to the postmaster (RFC 5321 §4.5.1): reports of other servers, and answers to letters this
 * platform writes itself. An institution may give the address to a mailbox of its own; until then it is its
 * administrator of longest standing.
 */
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectSteward, type Steward } from './queries/roles.ts';

/** @returns undefined where nobody administers the institution; without `tenantId`, no institution at all. */
export function postmasterOf(tx: Tx, tenantId: TenantId | undefined, at: number): Promise<Steward | undefined> {
  return selectSteward(tx, tenantId, at);
}
