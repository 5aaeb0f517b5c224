/**
 * Who works in an account: the person whose own it is, and those whose mandates give something to read there now. The
 * one list of whom a conversation may be given to; whoever leaves it is nobody there from that instant.
 */
import type { AccountId, PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Actor } from './actor.ts';
import { selectMembersOf } from './queries/members.ts';
import { requireRight } from './require-right.ts';
import { allRights, type Right, withBrought } from './rights.ts';

export interface Member {
  readonly personId: PersonId;
  /** Their own account. */
  readonly accountId: AccountId;
  readonly name: string;
  readonly email: string;
  /** With what each one brings. */
  readonly rights: readonly Right[];
  /** Whether the account is their own. */
  readonly isOwner: boolean;
}

export type Members = ReadonlyMap<PersonId, Member>;

/** By name, the owner first. For other verbs, which have asked for the right to read. */
export async function membersOf(tx: Tx, tenantId: TenantId, accountId: AccountId, at: number): Promise<Members> {
  const members = new Map<PersonId, Member>();
  for (const { rights, ...who } of await selectMembersOf(tx, tenantId, accountId, at)) {
    const { personId } = who;
    const known = members.get(personId);
    if (known?.isOwner) continue;
    const all = rights === 'all' ? allRights : withBrought([...(known?.rights ?? []), ...rights]);
    if (all.includes('read')) members.set(personId, { ...who, rights: all, isOwner: rights === 'all' });
  }
  return members;
}

/** For whoever may read there: they work together. @throws {Refusal} `noSuchAccount`. */
export function listMembers(store: Store, actor: Actor, accountId: AccountId): Promise<readonly Member[]> {
  return read(store, async (tx) => {
    const at = store.now();
    await requireRight(tx, actor, accountId, 'read', at);
    if (actor.kind !== 'person') return [];
    return [...(await membersOf(tx, actor.tenantId, accountId, at)).values()];
  });
}
