/**
 * May this actor do this in that account? Every verb that touches an account calls `requireRight` first, inside its
 * own transaction: a mandate that ended, or a person who was locked, is refused from that instant, whatever sessions
 * are open.
 */
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Actor, PersonActor } from './actor.ts';
import { type Reader, readerOf } from './reader.ts';
import { selectHeldOn, selectTitlesOn } from './queries/rights.ts';
import { Refusal } from './refusal.ts';
import { allRights, type Granted, type Right, withBrought } from './rights.ts';

/**
 * Lets the verb go on, or refuses. One prepared statement; nothing at all for the house itself.
 *
 * @param right `markSeen`: to set `$seen`, which takes 'write' where it is everybody's, and 'read' where it is one's own;
 * `writeDrafts`: 'write', or 'draft' from whoever has that alone, and then the verb looks at what it is done to.
 * @param at milliseconds since 1970; a test sets its own.
 * @throws {Refusal} `noSuchAccount` when the actor may not know of the account; `mayNot` when they may, but not this;
 * `readOnlyAccount`; `accountLocked` when the actor may do nothing any more.
 */
export async function requireRight(
  tx: Tx,
  actor: Actor,
  accountId: AccountId,
  right: Right | 'markSeen' | 'writeDrafts',
  at: number = Date.now(),
): Promise<Granted> {
  if (actor.kind === 'system')
    return { accountId, mandateId: undefined, isOwn: false, rights: allRights, reader: undefined };
  // Another directory writes names and addresses; no mailbox is open to it.
  if (actor.kind === 'directory') throw new Refusal('noSuchAccount');
  const titles = await selectTitlesOn(tx, actor, accountId, at);
  if (!titles || !mayWork(titles.personState)) throw new Refusal('accountLocked');
  const { isOwn, mandates, accountState, isSeenPersonal } = titles;
  if (accountState === undefined || accountState === 'closed' || (!isOwn && mandates.length === 0))
    throw new Refusal('noSuchAccount');
  const rights = isOwn ? allRights : withBrought(mandates.flatMap((mandate) => mandate.rights));
  // A mandate may be on something else than mail alone: without 'read' the account stays unknown.
  if (!rights.includes('read')) throw new Refusal('noSuchAccount');
  const isPersonal = isSeenPersonal && !isOwn;
  const needed = neededFor(right, rights, isPersonal);
  if (!rights.includes(needed)) throw new Refusal('mayNot', { description: `needs the right ${needed}` });
  if (accountState === 'readOnly' && right !== 'read') throw new Refusal('readOnlyAccount');
  const under = mandates.find((mandate) => withBrought(mandate.rights).includes(needed));
  const reader = isPersonal ? await readerOn(tx, actor, accountId, at) : undefined;
  return { accountId, mandateId: isOwn ? undefined : under?.id, isOwn, rights, reader };
}

function neededFor(right: Right | 'markSeen' | 'writeDrafts', rights: readonly Right[], isPersonal: boolean): Right {
  if (right === 'markSeen') return isPersonal ? 'read' : 'write';
  if (right === 'writeDrafts') return rights.includes('write') ? 'write' : 'draft';
  return right;
}

/** A second statement, in accounts that ask for it alone. */
async function readerOn(tx: Tx, actor: PersonActor, accountId: AccountId, at: number): Promise<Reader> {
  const { held, personalSince } = await selectHeldOn(tx, actor, accountId);
  return readerOf(actor.personId, held, personalSince, at);
}

/** A provisioned person has not logged in yet; both may. */
export function mayWork(state: string): boolean {
  return state === 'active' || state === 'provisioned';
}

/** For verbs only the house itself may use, until administrators have theirs. @throws {Refusal} `mayNot` */
export function requireSystem(actor: Actor): void {
  if (actor.kind !== 'system') throw new Refusal('mayNot');
}
