/**
 * Keeping an act for a second administrator. A verb that passes the gate (gate.ts) runs inside `orWaiting`: where it was
 * stopped there, everything about it had been found right, and it is written down as it was asked for.
 */
import type { Actor, PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { newApprovalId } from '#server/directory/identifiers.ts';
import { wakeRunners } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

import { type Deed, openDeed, sealDeed } from './deed.ts';
import { printSeen, SecondNeeded, traceDecision } from './gate.ts';
import { type Approval, insertApproval, selectWaitingOf } from './queries/approvals.ts';
import { approvalRules } from './rules.ts';
import { tellApprovers } from './tell.ts';

const dayMs = 86_400_000;
const waitingPerAuthor = 20;

/**
 * Does it, or keeps it.
 * @throws {Refusal} `awaitsApproval` with the id and the end of what now waits: the same one for the same act asked twice;
 * `tooMany` that wait. Whatever `run` throws.
 */
export async function orWaiting<T>(
  store: Store,
  actor: Actor,
  deed: Deed,
  reason: string | null,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SecondNeeded) || actor.kind !== 'person') throw error;
    const { id, until } = await write(store, (tx) => keep(store, tx, actor, deed, error, reason ?? ''));
    wakeRunners(store);
    throw new Refusal('awaitsApproval', { existingId: String(id), endsAt: until });
  }
}

async function keep(
  store: Store,
  tx: Tx,
  actor: PersonActor,
  deed: Deed,
  { danger, kind }: SecondNeeded,
  reason: string,
): Promise<Pick<Approval, 'id' | 'until'>> {
  const { tenantId, power, personId, path, details } = danger;
  const at = store.now();
  const text = JSON.stringify(deed);
  const own = await selectWaitingOf(tx, tenantId, actor.personId, at);
  const same = own.find((one) => one.sealed !== null && JSON.stringify(openDeed(store, one, one.sealed)) === text);
  if (same) return same;
  if (own.length >= waitingPerAuthor) throw new Refusal('tooMany', { limit: waitingPerAuthor, description: 'waiting' });
  const id = await newApprovalId(tx);
  const { days } = await approvalRules(tx, tenantId);
  const approval: Approval = {
    id,
    tenantId,
    kind,
    verb: deed.verb,
    power,
    personId,
    path,
    authorPersonId: actor.personId,
    from: actor.from,
    reason,
    details,
    seen: printSeen(danger),
    sealed: sealDeed(store, { tenantId, id }, deed),
    createdAt: at,
    until: at + days * dayMs,
    state: 'waiting',
    decidedAt: null,
    deciderPersonId: null,
    answer: null,
    outcome: null,
  };
  await insertApproval(tx, approval);
  await traceDecision(tx, actor, approval, 'proposeAct', at, { ...details, until: approval.until, reason });
  await tellApprovers(tx, approval, at);
  return approval;
}
