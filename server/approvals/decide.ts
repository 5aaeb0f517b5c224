/**
 * The second administrator's word. Agreeing does the act, as its author and by both names, through the very verb that
 * was stopped: its gate (gate.ts) asks both for their rights again and writes the decision in the transaction of the
 * deed. Whatever then stands in the author's way ends the wait, and is said.
 */
import { type Actor, allScopes, type PersonActor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { covers, givesPower } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireActing, requireAnyRole } from '#server/access/require-role.ts';
import type { ApprovalId, TenantId } from '#server/store/ids.ts';
import { wakeRunners } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { carryOut } from './carry-out.ts';
import { openDeed } from './deed.ts';
import { requireTwo, SecondMayNot, traceDecision } from './gate.ts';
import { type Approval, type ListedApproval, selectListedApprovals, updateDecided } from './queries/approvals.ts';
import { tellAuthor } from './tell.ts';

const answerCharacters = 500;

/**
 * Does what waits.
 * @throws {Refusal} `noSuchJob` for one out of reach, `mayNot` also for one's own, `stepUpNeeded`, `tooBusy`: it waits on;
 * `overtaken` with what stood in the way: it is over, and its author told.
 */
export async function approve(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: ApprovalId,
  word = '',
): Promise<void> {
  const answer = checkAnswer(word);
  const approval = await read(store, (tx) => requireApproval(tx, actor, tenantId, id, store.now()));
  if (actor.kind !== 'person') throw new Refusal('mayNot');
  requireTwo(actor, approval);
  const { sealed } = approval;
  if (approval.state !== 'waiting' || approval.until <= store.now() || sealed === null)
    throw new Refusal('overtaken', { description: 'decided' });
  const author: PersonActor = {
    kind: 'person',
    tenantId,
    personId: approval.authorPersonId,
    by: 'session',
    scopes: allScopes,
    from: approval.from,
    second: { approvalId: id, actor, answer },
  };
  try {
    await carryOut(store, author, openDeed(store, approval, sealed), approval.reason);
  } catch (error) {
    if (!(error instanceof Refusal) || error instanceof SecondMayNot || goesOnWaiting.has(error.reason)) throw error;
    await end(store, actor, approval, whyOf(error));
    throw new Refusal('overtaken', { description: whyOf(error) });
  }
  // Where there was nothing left to do, the verb came by no gate.
  if (await end(store, actor, approval, 'done')) throw new Refusal('overtaken', { description: 'done' });
  wakeRunners(store);
}

/** Nothing of these is about what was asked for. */
const goesOnWaiting: ReadonlySet<string> = new Set(['stepUpNeeded', 'tooBusy', 'rateLimited', 'underMaintenance']);

function whyOf({ reason, details }: Refusal): string {
  return reason === 'overtaken' ? (details.description ?? reason) : reason;
}

/** It waits no longer, and nothing was done. @returns whether it still waited. */
function end(store: Store, actor: Actor, approval: Approval, why: string): Promise<boolean> {
  return write(store, async (tx) => {
    const at = store.now();
    const ended = { state: 'overtaken', at, decider: null, answer: why } as const;
    if (!(await updateDecided(tx, approval, ended))) return false;
    await traceDecision(tx, actor, approval, 'endAct', at, { why });
    await tellAuthor(tx, { ...approval, ...ended }, at);
    return true;
  });
}

/**
 * Says no, and why; nothing is done, and the author is told.
 * @throws {Refusal} as `approve`; `invalidProperties` naming `answer` without one.
 */
export async function refuse(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: ApprovalId,
  why: string,
): Promise<void> {
  const answer = checkAnswer(why);
  if (answer === '') throw new Refusal('invalidProperties', { properties: ['answer'] });
  await write(store, async (tx) => {
    const at = store.now();
    const approval = await requireApproval(tx, actor, tenantId, id, at);
    requireTwo(actor, approval);
    if (approval.personId !== null)
      await requireActing(tx, actor, approval.power, { tenantId, personId: approval.personId }, at);
    await requireFresh(tx, actor, at);
    const deciderPersonId = actor.kind === 'person' ? actor.personId : null;
    const decided = { state: 'refused', at, decider: deciderPersonId, answer } as const;
    if (approval.until <= at || !(await updateDecided(tx, approval, decided)))
      throw new Refusal('overtaken', { description: 'decided' });
    await traceDecision(tx, actor, approval, 'refuseAct', at, { reason: answer });
    await tellAuthor(tx, { ...approval, ...decided, deciderPersonId }, at);
  });
  wakeRunners(store);
}

/** Its author wants it no longer. @throws {Refusal} `noSuchJob`, `mayNot` for others’; `overtaken` once it is decided. */
export async function withdraw(store: Store, actor: Actor, tenantId: TenantId, id: ApprovalId): Promise<void> {
  await write(store, async (tx) => {
    const at = store.now();
    const approval = await requireApproval(tx, actor, tenantId, id, at);
    if (!isAuthor(actor, approval)) throw new Refusal('mayNot');
    if (!(await updateDecided(tx, approval, { state: 'withdrawn', at, decider: null, answer: null })))
      throw new Refusal('overtaken', { description: 'decided' });
    await traceDecision(tx, actor, approval, 'withdrawAct', at);
  });
}

/** @throws {Refusal} `invalidProperties` naming `answer`. */
function checkAnswer(text: string): string {
  const answer = text.trim();
  if (answer.length > answerCharacters) throw new Refusal('invalidProperties', { properties: ['answer'] });
  return answer;
}

export function isAuthor(actor: Actor, { tenantId, authorPersonId }: Approval): boolean {
  return actor.kind === 'person' && actor.tenantId === tenantId && actor.personId === authorPersonId;
}

/** Its author, and whoever has the power where it is. @throws {Refusal} `mayNot` without any role, `noSuchJob`. */
export async function requireApproval(
  tx: Tx,
  actor: Actor,
  tenantId: TenantId,
  id: ApprovalId,
  at: number,
): Promise<ListedApproval> {
  const held = await requireAnyRole(tx, actor, 'look', tenantId, at);
  const [approval] = await selectListedApprovals(tx, tenantId, { id, limit: 1 });
  if (!approval) throw new Refusal('noSuchJob');
  if (!isInReach(held, approval) && !isAuthor(actor, approval)) throw new Refusal('noSuchJob');
  return approval;
}

/** Whether one of these roles gives what it takes, where it is now. */
export function isInReach(held: Held, { tenantId, power, pathNow: path }: ListedApproval): boolean {
  return held.some((role) => givesPower(role, power) && covers(role, { tenantId, path }));
}
