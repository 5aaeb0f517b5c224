/**
 * The gate that dangerous acts of administrators pass, inside the transaction that does them and after everything else
 * was found right: where the institution wants a second administrator, the act stops here (second.ts keeps it). When
 * that one has agreed, it comes by again with both names, and the decision is written with the deed: once, or not at all.
 */
import type { SecondKind } from '#formats/policies/policies.ts';
import type { Actor, PersonActor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import type { Power } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { holderIn } from '#server/access/verify.ts';
import { recordTrace, type TraceDetails } from '#server/records/trace.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import type { Store } from '#server/store/store.ts';

import { sealOutcome } from './deed.ts';
import { type Approval, selectApproval, updateDecided, updateOutcome } from './queries/approvals.ts';
import { approvalRules } from './rules.ts';
import { tellAuthor } from './tell.ts';

export interface Danger {
  readonly tenantId: TenantId;
  /** Any of these in the rules asks for a second one; `rules`: any rule at all, for what changes the rules. */
  readonly kinds: readonly (SecondKind | 'rules')[];
  readonly power: Power;
  /** Whom it is done to; null where it is about nobody. */
  readonly personId: PersonId | null;
  /** Where in the tree. */
  readonly path: string;
  /** The state of what it is done to: another one, later, and it is not done. */
  readonly seen: TraceDetails;
  /** For the second one to read. No secrets. */
  readonly details: TraceDetails;
  /** What it makes and its author alone is told: kept sealed for them, for a day (outcome.ts). */
  readonly secret?: string | undefined;
}

/** Thrown by the gate; whoever has nowhere to keep the act says no. */
export class SecondNeeded extends Refusal {
  readonly danger: Danger;
  readonly kind: string;

  constructor(danger: Danger, kind: string) {
    super('mayNot', { description: 'a second administrator has to agree' });
    this.danger = danger;
    this.kind = kind;
  }
}

/** The second one may not do it themselves: it goes on waiting for somebody who may. */
export class SecondMayNot extends Refusal {}

/**
 * Lets the act go on, or stops it. Whoever is no person is not concerned: the operator answers for themselves.
 * @param may whether somebody may do it, asked of the second one exactly as it was of the author.
 * @throws {SecondNeeded}; {@link Refusal} `overtaken` when it is not what was agreed to or was decided a moment ago,
 * `stepUpNeeded`; {SecondMayNot}.
 */
export async function requireSecond(
  store: Store,
  tx: Tx,
  actor: Actor,
  danger: Danger,
  at: number,
  may: (who: Actor) => Promise<unknown>,
): Promise<void> {
  if (actor.kind !== 'person') return;
  if (actor.second) return settle(store, tx, actor, danger, at, may);
  const { acts } = await approvalRules(tx, danger.tenantId);
  const kind = danger.kinds.find((one) => (one === 'rules' ? acts.length > 0 : acts.includes(one)));
  if (kind !== undefined) throw new SecondNeeded(danger, kind);
}

/**
 * The same for what is of the whole institution, or of a subtree, and about nobody.
 * @throws as `requireSecond`.
 */
export function requireSecondOver(
  store: Store,
  tx: Tx,
  actor: Actor,
  danger: Omit<Danger, 'personId' | 'path'> & { readonly path?: string },
  at: number,
  may: (who: Actor) => Promise<unknown>,
): Promise<void> {
  return requireSecond(store, tx, actor, { path: '/', ...danger, personId: null }, at, may);
}

async function settle(
  store: Store,
  tx: Tx,
  author: PersonActor,
  danger: Danger,
  at: number,
  may: (who: Actor) => Promise<unknown>,
): Promise<void> {
  const { second } = author;
  if (!second) return;
  const { actor, approvalId, answer } = second;
  const approval = await selectApproval(tx, danger.tenantId, approvalId);
  if (approval?.state !== 'waiting' || approval.until <= at) throw new Refusal('overtaken', { description: 'decided' });
  requireTwo(actor, approval);
  await requireFresh(tx, actor, at);
  try {
    await may(actor);
  } catch (error) {
    throw error instanceof Refusal ? new SecondMayNot(error.reason, error.details) : error;
  }
  const isSame = approval.personId === danger.personId && approval.seen === printSeen(danger);
  if (!isSame) throw new Refusal('overtaken', { description: 'changed' });
  const word = answer === '' ? null : answer;
  const decided = { state: 'approved', at, decider: actor.personId, answer: word } as const;
  if (!(await updateDecided(tx, approval, decided))) throw new Refusal('overtaken', { description: 'decided' });
  if (danger.secret !== undefined) await updateOutcome(tx, approval, sealOutcome(store, approval, danger.secret));
  await traceDecision(tx, actor, approval, 'approveAct', at, { answer: word });
  await tellAuthor(tx, { ...approval, ...decided, deciderPersonId: actor.personId }, at);
}

/** @throws {SecondMayNot} for the author, and for whoever is somebody of another institution. */
export function requireTwo(actor: Actor, { tenantId, authorPersonId, personId }: Approval): void {
  if (actor.kind !== 'person' || actor.tenantId !== tenantId || actor.personId === authorPersonId)
    throw new SecondMayNot('mayNot', { description: 'two people decide' });
  if (actor.personId === personId) throw new SecondMayNot('mayNot', { description: 'not one’s own account' });
}

export function printSeen({ seen }: Pick<Danger, 'seen'>): string {
  return JSON.stringify(seen);
}

/** One line of the log about an approval, under the account it is about. */
export async function traceDecision(
  tx: Tx,
  actor: Actor,
  { tenantId, id, verb, kind, personId, authorPersonId }: Approval,
  said: string,
  at: number,
  more: TraceDetails = {},
): Promise<void> {
  const holder = personId === null ? undefined : await holderIn(tx, { tenantId, personId });
  const details = { approval: id, act: verb, rule: kind, of: personId, author: authorPersonId, ...more };
  await recordTrace(tx, { tenantId, actor, verb: said, at, accountId: holder?.accountId, details });
}
