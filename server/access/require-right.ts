/**
 * May this actor do this in that account? Every verb that touches an account calls `requireRight` first, inside its
 * own transaction: a mandate that ended, or a person who was locked, is refused from that instant, whatever sessions
 * are open.
 */
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Actor } from './actor.ts';
import { selectTitlesOn } from './queries/rights.ts';
import { Refusal } from './refusal.ts';
import { allRights, type Granted, type Right, withBrought } from './rights.ts';

/**
 * Lets the verb go on, or refuses. One prepared statement; nothing at all for the house itself.
 *
 * @param at milliseconds since 1970; a test sets its own.
 * @throws {Refusal} `noSuchAccount` when the actor may not know of the account; `mayNot` when they may, but not this;
 * `readOnlyAccount`; `accountLocked` when the actor may do nothing any more.
 */
export async function requireRight(
  tx: Tx,
  actor: Actor,
  accountId: AccountId,
  right: Right,
  at: number = Date.now(),
): Promise<Granted> {
  if (actor.kind === 'system') return { accountId, mandateId: undefined, isOwn: false, rights: allRights };
  const titles = await selectTitlesOn(tx, actor, accountId, at);
  if (!titles || !mayWork(titles.personState)) throw new Refusal('accountLocked');
  const { isOwn, mandates, accountState } = titles;
  if (accountState === undefined || accountState === 'closed' || (!isOwn && mandates.length === 0))
    throw new Refusal('noSuchAccount');
  const rights = isOwn ? allRights : withBrought(mandates.flatMap((mandate) => mandate.rights));
  // A mandate may be on something else than mail alone: without 'read' the account stays unknown.
  if (!rights.includes('read')) throw new Refusal('noSuchAccount');
  if (!rights.includes(right)) throw new Refusal('mayNot', { description: `needs the right ${right}` });
  if (accountState === 'readOnly' && right !== 'read') throw new Refusal('readOnlyAccount');
  const under = mandates.find((mandate) => withBrought(mandate.rights).includes(right));
  return { accountId, mandateId: isOwn ? undefined : under?.id, isOwn, rights };
}

/** A provisioned person has not logged in yet; both may. */
export function mayWork(state: string): boolean {
  return state === 'active' || state === 'provisioned';
}

/** For verbs only the house itself may use, until administrators have theirs. @throws {Refusal} `mayNot` */
export function requireSystem(actor: Actor): void {
  if (actor.kind !== 'system') throw new Refusal('mayNot');
}
