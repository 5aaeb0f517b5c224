/** Asking for more room: by whoever needs it, for their own account, with a reason. One wish at a time waits for an answer. */
import type { Actor, PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { newQuotaRequestId } from '#server/directory/identifiers.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { selectAccountOfPerson, selectUsage } from './queries/usage.ts';
import {
  insertRequest,
  type QuotaRequest,
  type QuotaRequestId,
  selectRequestsOf,
  updateRequest,
} from './queries/requests.ts';
import { octetsPerGb, type QuotaRules, quotaRules } from './rules.ts';

export interface NewQuotaRequest {
  /** All of what they would have. */
  readonly askedOctets: number;
  readonly reason: string;
  /** Milliseconds since 1970; null for good. */
  readonly until: number | null;
}

const reasonCharacters = 1_000;
const dayMs = 86_400_000;

/**
 * @throws {Refusal} `mayNot` where the institution takes no wishes, or for whoever is not in a session of their own;
 * `alreadyExists` while another one waits; `invalidProperties` naming what makes no sense.
 */
export async function askForQuota(store: Store, actor: Actor, given: NewQuotaRequest): Promise<QuotaRequestId> {
  const { actor: person, accountId } = await ownAccount(store, actor);
  const { tenantId, personId } = person;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const rules = await quotaRules(tx, tenantId);
    if (rules.requests === 'closed') throw new Refusal('mayNot', { description: 'wishes are not taken' });
    const wrong = wrongIn(given, rules, tx.usage.quotaOctets, at);
    if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
    const [last] = await selectRequestsOf(tx, person, 1);
    if (last?.state === 'waiting') throw new Refusal('alreadyExists', { existingId: String(last.id) });
    const { askedOctets, until } = given;
    const reason = given.reason.trim();
    const undecided = { decidedAt: null, deciderPersonId: null, answer: null, grantedOctets: null, before: null };
    const id = await newQuotaRequestId(tx);
    const asked = { id, tenantId, personId, askedOctets, reason, until, state: 'waiting', createdAt: at } as const;
    await insertRequest(tx, { ...asked, ...undecided, endsAt: null, remindedAt: null });
    const details = { request: id, askedOctets, until, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'askForQuota', at, accountId, details });
    return id;
  });
}

function wrongIn(
  { askedOctets, reason, until }: NewQuotaRequest,
  { mostGb, longestDays }: QuotaRules,
  quotaOctets: number | null,
  at: number,
): readonly string[] {
  const isTooMuch = mostGb !== null && askedOctets > mostGb * octetsPerGb;
  const isMore = quotaOctets !== null && Number.isSafeInteger(askedOctets) && askedOctets > quotaOctets;
  const isTooLong = longestDays !== null && (until === null || until > at + (longestDays + 1) * dayMs);
  const isPast = until !== null && (!Number.isSafeInteger(until) || until <= at);
  return [
    ...(isMore && !isTooMuch ? [] : ['askedOctets']),
    ...(reason.trim() === '' || reason.length > reasonCharacters ? ['reason'] : []),
    ...(isTooLong || isPast ? ['until'] : []),
  ];
}

/** Takes one's wish back. Nothing happens where none waits. @throws {Refusal} `mayNot`. */
export async function withdrawQuotaRequest(store: Store, actor: Actor): Promise<void> {
  const { actor: person, accountId } = await ownAccount(store, actor);
  const { tenantId } = person;
  await transaction(store, accountId, async (tx) => {
    const at = store.now();
    const [last] = await selectRequestsOf(tx, person, 1);
    if (last?.state !== 'waiting') return;
    await updateRequest(tx, { ...last, state: 'withdrawn' });
    const details = { request: last.id };
    await recordTrace(tx, { tenantId, actor, verb: 'withdrawQuotaRequest', at, accountId, details });
  });
}

export interface OwnQuota {
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
  readonly rules: QuotaRules;
  /** The last ones, newest first. */
  readonly requests: readonly QuotaRequest[];
}

const shown = 5;

/** One's own room, and what one asked for. @throws {Refusal} `mayNot`. */
export async function ownQuota(store: Store, actor: Actor): Promise<OwnQuota> {
  const { actor: person, accountId } = await ownAccount(store, actor);
  return read(store, async (tx) => {
    const usage = await selectUsage(tx, accountId);
    if (!usage) throw new Refusal('mayNot');
    const { quotaOctets, usedOctets } = usage;
    const requests = await selectRequestsOf(tx, person, shown);
    return { quotaOctets, usedOctets, rules: await quotaRules(tx, person.tenantId), requests };
  });
}

/** A program's key is no reason to ask in somebody's name. @throws {Refusal} `mayNot`. */
async function ownAccount(
  store: Store,
  actor: Actor,
): Promise<{ readonly actor: PersonActor; readonly accountId: AccountId }> {
  if (actor.kind !== 'person' || actor.by !== 'session') throw new Refusal('mayNot');
  const accountId = await read(store, (tx: Tx) => selectAccountOfPerson(tx, actor.tenantId, actor.personId));
  if (accountId === undefined) throw new Refusal('mayNot');
  return { actor, accountId };
}
