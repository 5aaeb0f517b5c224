/**
 * One act on many people: chosen on the screen, or named in a file. A row with a line for each of them, and a job that
 * takes them one by one; whether the author may do it to somebody is asked when it is their turn.
 */
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireAnyRole, requireReason } from '#server/access/require-role.ts';
import { type Danger, requireSecond } from '#server/approvals/gate.ts';
import { approvalRules } from '#server/approvals/rules.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { newBulkId } from '#server/directory/identifiers.ts';
import { checkQuota } from '#server/quota/change.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

import type { Act } from '#server/administration/act.ts';
import { powerFor, secondKindsOf } from '#server/administration/acts.ts';
import {
  type BulkId,
  type BulkLine,
  countUnderWay,
  deleteBulk,
  insertBulk,
  insertLines,
  selectBulks,
} from '#server/administration/queries/bulk.ts';

export interface NewBulk {
  readonly tenantId: TenantId;
  readonly act: Act;
  readonly personIds: readonly PersonId[];
  /** User names or e-mail addresses. */
  readonly names: readonly string[];
  readonly reason?: string;
}

export const bulkKind = 'bulkAction';

const limits = { people: 20_000, nameCharacters: 320, underWay: 3, keptPerAuthor: 50 };

/**
 * Durable when it resolves; done by the job. Somebody given twice is taken once.
 * @throws {Refusal} `mayNot`, `stepUpNeeded`, `awaitsApproval`; `tooMany` people, or actions under way; `invalidProperties` naming `reason`,
 * `quotaOctets`, `personIds` where there is nobody.
 */
export async function startBulk(store: Store, actor: Actor, given: NewBulk): Promise<BulkId> {
  const planned = planBulk(actor, given);
  const reason = planned.reason === '' ? null : planned.reason;
  const id = await orWaiting(store, actor, { verb: 'startBulk', given }, reason, () =>
    write(store, async (tx) => {
      const at = store.now();
      await requireAllowed(store, tx, actor, given, planned, at);
      return beginBulk(tx, actor, given, planned, at);
    }),
  );
  wakeRunners(store);
  return id;
}

/** The second one has the power wherever the author has it: whom it will meet is judged when it does. */
async function requireAllowed(
  store: Store,
  tx: Tx,
  actor: Actor,
  { tenantId, act }: NewBulk,
  { lines }: PlannedBulk,
  at: number,
): Promise<void> {
  const power = powerFor(act.kind);
  const held = await requireAnyRole(tx, actor, power, tenantId, at);
  await requireFresh(tx, actor, at);
  const { bulkPeople } = await approvalRules(tx, tenantId);
  const path = commonPath(held.map((role) => role.path));
  const quota = act.kind === 'changeQuota' && { quotaOctets: act.quotaOctets };
  const danger: Danger = {
    tenantId,
    kinds: [
      ...(lines.length > bulkPeople ? (['bulk'] as const) : []),
      ...secondKindsOf(act.kind, act.kind === 'resetPassword' || act.kind === 'resendActivation'),
    ],
    power,
    personId: null,
    path,
    seen: { people: lines.length },
    details: { act: 'startBulk', action: act.kind, people: lines.length, ...quota },
  };
  await requireSecond(store, tx, actor, danger, at, async (one) => {
    const theirs = await requireAnyRole(tx, one, power, tenantId, at);
    if (!theirs.some((role) => covers(role, { tenantId, path }))) throw new Refusal('mayNot');
  });
}

/** The lowest place in the tree above all of these. */
export function commonPath([first = '/', ...others]: readonly string[]): string {
  let path = first;
  // '/3/7/' without its last step: '/3/'.
  while (!others.every((one) => one.startsWith(path))) path = path.replace(/[^/]*\/$/, '');
  return path;
}

interface PlannedBulk {
  readonly reason: string;
  readonly lines: readonly Pick<BulkLine, 'n' | 'typed' | 'personId'>[];
}

/** Whether it can be done at all. @throws {Refusal} `tooMany`, `invalidProperties`. */
export function planBulk(actor: Actor, { act, personIds, names, reason }: NewBulk): PlannedBulk {
  const kept = requireReason(actor, reason) ?? '';
  if (act.kind === 'changeQuota') checkQuota(act.quotaOctets);
  const typed = names.map((name) => name.trim().normalize('NFC')).filter((name) => name !== '');
  const people = new Set(personIds);
  const those = new Set(typed.map((name) => name.toLowerCase().slice(0, limits.nameCharacters)));
  const total = people.size + those.size;
  if (total === 0) throw new Refusal('invalidProperties', { properties: ['personIds'] });
  if (total > limits.people) throw new Refusal('tooMany', { limit: limits.people });
  const lines = [
    ...[...people].map((personId) => ({ typed: '', personId })),
    ...[...those].map((name) => ({ typed: name, personId: null })),
  ].map((line, n) => ({ ...line, n }));
  return { reason: kept, lines };
}

/** The rows of it; that it may be is the caller's to know. @throws {Refusal} `tooMany` under way. */
export async function beginBulk(
  tx: Tx,
  actor: Actor,
  { tenantId, act }: Pick<NewBulk, 'tenantId' | 'act'>,
  { reason, lines }: PlannedBulk,
  at: number,
): Promise<BulkId> {
  const authorPersonId = actor.kind === 'person' ? actor.personId : null;
  if ((await countUnderWay(tx, tenantId, authorPersonId)) >= limits.underWay)
    throw new Refusal('tooMany', { limit: limits.underWay, description: 'actions under way' });
  const kept = await selectBulks(tx, tenantId, { authorPersonId: authorPersonId ?? undefined, limit: 1_000 });
  for (const old of kept.slice(limits.keptPerAuthor).filter(({ finishedAt }) => finishedAt !== null))
    await deleteBulk(tx, old);
  const id = await newBulkId(tx);
  await insertBulk(tx, {
    id,
    tenantId,
    authorPersonId,
    from: actor.from ?? '',
    act: JSON.stringify(act),
    reason,
    total: lines.length,
    next: 0,
    createdAt: at,
    finishedAt: null,
    stoppedAt: null,
  });
  await insertLines(tx, { tenantId, id }, lines);
  await enqueueJob(tx, { tenantId, kind: bulkKind, key: String(id), payload: { bulkId: id }, runAt: at }, at);
  const details = { bulk: id, act: act.kind, people: lines.length, reason };
  await recordTrace(tx, { tenantId, actor, verb: 'startBulk', at, details });
  return id;
}
