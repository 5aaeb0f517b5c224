/** Which accounts a person may reach, and with which rights: what a client lists, before any verb checks again. */
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Actor } from './actor.ts';
import { type AccountRow, selectAccountsOf } from './queries/rights.ts';
import { allRights, type MandateId, type Right, withBrought } from './rights.ts';

export interface ReachableAccount {
  readonly accountId: AccountId;
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  /** The actor's own; JMAP's isPersonal (RFC 8620 §2). */
  readonly isOwn: boolean;
  readonly isReadOnly: boolean;
  readonly rights: readonly Right[];
  readonly mandateIds: readonly MandateId[];
  /** When the last of the mandates ends, milliseconds since 1970; null for never. */
  readonly endsAt: number | null;
}

/** One's own account first, then those under a valid mandate by name. Empty for whoever is nobody. */
export async function accountsOf(store: Store, actor: Actor): Promise<readonly ReachableAccount[]> {
  if (actor.kind !== 'person') return [];
  const { own, mandated } = await read(store, (tx) => selectAccountsOf(tx, actor, store.now()));
  if (!own) return [];
  const reachable = new Map<AccountId, ReachableAccount>();
  reachable.set(own.id, reached(own, { isOwn: true, rights: allRights, mandateIds: [], endsAt: null }));
  for (const row of mandated) {
    const known = reachable.get(row.id);
    if (known?.isOwn || row.state === 'closed') continue;
    const rights = withBrought([...(known?.rights ?? []), ...row.rights]);
    const mandateIds = [...(known?.mandateIds ?? []), row.mandateId];
    const endsAt = known === undefined ? row.endsAt : laterEnd(known.endsAt, row.endsAt);
    reachable.set(row.id, reached(row, { isOwn: false, rights, mandateIds, endsAt }));
  }
  return [...reachable.values()].filter(({ rights }) => rights.includes('read'));
}

function reached(
  { id, kind, name, email, state, isSeenPersonal }: AccountRow,
  title: Pick<ReachableAccount, 'isOwn' | 'rights' | 'mandateIds' | 'endsAt'>,
): ReachableAccount {
  // Who may do nothing but read still says what they have read, where that is their own.
  const mayChange = title.rights.some((right) => right !== 'read') || (isSeenPersonal && !title.isOwn);
  const isReadOnly = state === 'readOnly' || !mayChange;
  return { accountId: id, kind, name, email, isReadOnly, ...title };
}

function laterEnd(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}
