/** What waits for a second administrator, and what became of it: seen by those who may agree, and by its author. */
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireAnyRole } from '#server/access/require-role.ts';
import type { ApprovalId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { isAuthor, isInReach, requireApproval } from './decide.ts';
import { openOutcome } from './deed.ts';
import { type ListedApproval, selectListedApprovals } from './queries/approvals.ts';

export type { ListedApproval };

/** `toDecide`: others’ that one may agree to; `own`: all one asked for; `decided`: those that were within one’s reach. */
export const approvalViews = ['toDecide', 'own', 'decided'] as const;
export type ApprovalView = (typeof approvalViews)[number];

const listedAtMost = 500;
const shownAtMost = 200;
/** For so long the author may take a secret along. */
export const outcomeMs = 24 * 3_600_000;

/** The oldest first where they wait, else the newest. @throws {Refusal} `mayNot`. */
export function listApprovals(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  view: ApprovalView,
): Promise<readonly ListedApproval[]> {
  return read(store, async (tx) => {
    const at = store.now();
    const held = await requireAnyRole(tx, actor, 'look', tenantId, at);
    if (view === 'own') {
      if (actor.kind !== 'person') return [];
      return selectListedApprovals(tx, tenantId, { author: actor.personId, limit: shownAtMost });
    }
    const state = view === 'toDecide' ? 'waiting' : 'decided';
    const all = await selectListedApprovals(tx, tenantId, { state, limit: listedAtMost });
    const seen = all.filter((one) => isInReach(held, one));
    if (view === 'decided') return seen.slice(0, shownAtMost);
    return seen.filter((one) => one.until > at && !isAuthor(actor, one) && !isAbout(actor, one)).slice(0, shownAtMost);
  });
}

function isAbout(actor: Actor, { personId }: ListedApproval): boolean {
  return actor.kind === 'person' && actor.personId === personId;
}

/** Whether there is a secret for its author to take. */
export function hasOutcome({ outcome, decidedAt }: ListedApproval, at: number): boolean {
  return outcome !== null && decidedAt !== null && decidedAt + outcomeMs > at;
}

/**
 * The secret that an act made when it was done: a provisional password. For its author, for a day, and as long as they may
 * do it.
 * @throws {Refusal} `noSuchJob` for others, and when there is none; `stepUpNeeded`.
 */
export function readOutcome(store: Store, actor: Actor, tenantId: TenantId, id: ApprovalId): Promise<string> {
  return read(store, async (tx) => {
    const at = store.now();
    const approval = await requireApproval(tx, actor, tenantId, id, at);
    const { outcome } = approval;
    if (!isAuthor(actor, approval) || outcome === null || !hasOutcome(approval, at)) throw new Refusal('noSuchJob');
    // Whoever may not do it any more is not told what it made.
    const held = await requireAnyRole(tx, actor, 'look', tenantId, at);
    if (!isInReach(held, approval)) throw new Refusal('noSuchJob');
    await requireFresh(tx, actor, at);
    const secret = openOutcome(store, approval, outcome);
    if (secret === undefined) throw new Refusal('noSuchJob');
    return secret;
  });
}
