/** Who may do what in an account, by address: its owner, and those whose mandates are valid now. */
import type { AccountId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Actor } from './actor.ts';
import { selectHoldersOf } from './queries/mandates.ts';
import { requireRight } from './require-right.ts';
import { type Right, withBrought } from './rights.ts';

export interface Holding {
  readonly email: string;
  readonly rights: readonly Right[];
}

/** Holders of mandates, by address. @throws {Refusal} `noSuchAccount`, `mayNot` without `manage`. */
export function listHoldings(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  accountId: AccountId,
): Promise<readonly Holding[]> {
  return read(store, async (tx) => {
    const at = store.now();
    await requireRight(tx, actor, accountId, 'manage', at);
    const byEmail = Map.groupBy(await selectHoldersOf(tx, tenantId, accountId, at), ({ email }) => email);
    return [...byEmail].map(([email, those]) => ({
      email,
      rights: withBrought(those.flatMap(({ rights }) => rights)),
    }));
  });
}
