/**
 * Deciding about wishes for more room: seen and answered by who administers the person, or by who administers all of the
 * institution where it says so. What is granted for a time goes back by itself (terms.ts).
 */
import type { Actor } from '#server/access/actor.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireActing, requireAnyRole } from '#server/access/require-role.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { wakeRunners } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { checkQuota, setQuota } from './change.ts';
import { selectAccountOfPerson } from './queries/usage.ts';
import {
  type ListedRequest,
  type QuotaRequest,
  type QuotaRequestId,
  type RequestState,
  selectListedRequests,
  selectRequest,
  selectRequestsOf,
  updateRequest,
} from './queries/requests.ts';
import { type QuotaRules, quotaRules } from './rules.ts';

export type { ListedRequest, QuotaRequest, QuotaRequestId };

export type Decision =
  | {
      readonly kind: 'grant';
      readonly octets: number;
      /** Milliseconds since 1970; null for good. */
      readonly endsAt: number | null;
      readonly answer?: string;
    }
  | { readonly kind: 'refuse'; readonly answer: string };

const listedAtMost = 500;
const answerCharacters = 1_000;

/** Those in a state over whom the actor decides. @throws {Refusal} `mayNot`. */
export function listQuotaRequests(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  state: RequestState,
): Promise<readonly ListedRequest[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'administer', tenantId, store.now());
    const own = deciding(held, await quotaRules(tx, tenantId));
    if (own.length === 0) return [];
    const all = await selectListedRequests(tx, tenantId, state, listedAtMost);
    return all.filter(({ path }) => own.some((role) => covers(role, { tenantId, path })));
  });
}

function deciding(held: Held, { approver }: QuotaRules): Held {
  return approver === 'unit' ? held : held.filter(({ path }) => path === '/');
}

/**
 * Grants or refuses one that waits; the person is told by letter.
 * @throws {Refusal} `noSuchPerson` for one out of reach, `mayNot` also for one's own; `invalidProperties` naming
 * `octets`, `endsAt`, `answer`, or `state` when it waits no longer.
 */
export async function decideQuotaRequest(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: QuotaRequestId,
  decision: Decision,
): Promise<void> {
  const answer = decision.answer?.trim() ?? '';
  if (answer.length > answerCharacters || (decision.kind === 'refuse' && answer === ''))
    throw new Refusal('invalidProperties', { properties: ['answer'] });
  if (decision.kind === 'grant') checkGrant(decision, store.now());
  const found = await read(store, async (tx) => {
    await requireAnyRole(tx, actor, 'administer', tenantId, store.now());
    const request = await selectRequest(tx, tenantId, id);
    return request && selectAccountOfPerson(tx, tenantId, request.personId);
  });
  if (found === undefined) throw new Refusal('noSuchPerson');
  await transaction(store, found, async (tx) => {
    const at = store.now();
    const request = await selectRequest(tx, tenantId, id);
    if (!request) throw new Refusal('noSuchPerson');
    const held = await requireActing(tx, actor, 'administer', request, at);
    if (deciding(held, await quotaRules(tx, tenantId)).length === 0) throw new Refusal('mayNot');
    if (request.state !== 'waiting') throw new Refusal('invalidProperties', { properties: ['state'] });
    const deciderPersonId = actor.kind === 'person' ? actor.personId : null;
    const decided = { ...request, decidedAt: at, deciderPersonId, answer: answer === '' ? null : answer };
    if (decision.kind === 'refuse') await refuse(tx, actor, decided, at);
    else await grant(tx, actor, decided, decision, at);
    // Whoever asked may have the page open.
    tx.changed('Account');
  });
  wakeRunners(store);
}

function checkGrant({ octets, endsAt }: { readonly octets: number; readonly endsAt: number | null }, at: number): void {
  try {
    checkQuota(octets);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal('invalidProperties', { properties: ['octets'] }) : error;
  }
  if (octets === 0) throw new Refusal('invalidProperties', { properties: ['octets'] });
  if (endsAt !== null && (!Number.isSafeInteger(endsAt) || endsAt <= at))
    throw new Refusal('invalidProperties', { properties: ['endsAt'] });
}

async function refuse(tx: AccountTx, actor: Actor, request: QuotaRequest, at: number): Promise<void> {
  const { tenantId, personId, id, answer } = request;
  const { accountId } = tx;
  await updateRequest(tx, { ...request, state: 'refused' });
  await tellPerson(tx, tx, { kind: 'quotaRefused', answer: answer ?? '' }, at);
  const details = { of: personId, request: id, reason: answer };
  await recordTrace(tx, { tenantId, actor, verb: 'refuseQuota', at, accountId, details });
}

async function grant(
  tx: AccountTx,
  actor: Actor,
  request: QuotaRequest,
  { octets, endsAt }: { readonly octets: number; readonly endsAt: number | null },
  at: number,
): Promise<void> {
  const { tenantId, id, answer, reason } = request;
  // Room lent before this goes on from here: at the end of this one it goes back to what there was before the first.
  const lent = (await selectRequestsOf(tx, request, lookedAt)).filter(({ state }) => state === 'granted');
  const still = lent.find(({ endsAt: ends, grantedOctets }) => ends !== null && grantedOctets === tx.usage.quotaOctets);
  const before = still?.before ?? { octets: tx.usage.quotaOctets };
  for (const one of lent) await updateRequest(tx, { ...one, state: 'ended' });
  await updateRequest(tx, { ...request, state: 'granted', grantedOctets: octets, before, endsAt });
  await setQuota(tx, actor, request, octets, { reason, at });
  await tellPerson(tx, tx, { kind: 'quotaGranted', octets, endsAt, answer: answer ?? '' }, at);
  const details = { of: request.personId, request: id, octets, endsAt, reason: answer };
  await recordTrace(tx, { tenantId, actor, verb: 'grantQuota', at, accountId: tx.accountId, details });
}

const lookedAt = 50;
