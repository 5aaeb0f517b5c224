/**
 * An account that others got into. One act shuts it: blocked with the reason, every session, app password and token
 * ended, no browser trusted, what it sends held, its holder told at their recovery address. Support may do it, because
 * minutes count; what comes after is for who administers.
 */
import type { Actor } from '#server/access/actor.ts';
import { closeDoors } from '#server/access/close-doors.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { shutOut } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireReason, requireRoleOver } from '#server/access/require-role.ts';
import { networkOf } from '#server/access/throttle.ts';
import { holderIn } from '#server/access/verify.ts';
import { type CompromiseLetter, compromiseLetterKind } from '#server/entry/compromise-letter.ts';
import { newCompromiseId } from '#server/directory/identifiers.ts';
import { endAuthorisations } from '#server/provider/consent.ts';
import { listTrace, recordTrace } from '#server/records/trace.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { holdQueue } from '#server/submission/hold.ts';

import { type Case, insertCase, selectOpenCase } from '#server/administration/queries/compromise.ts';

const dayMs = 86_400_000;
const usualDays = 7;
const furthestDays = 90;

/**
 * @param since milliseconds since 1970, at most 90 days ago; without it what `suggestSince` says.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `stepUpNeeded`; `alreadyExists`; `invalidProperties` naming `reason`,
 * `since`, or `action` for an account that is closed.
 */
export async function openCase(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { since, reason: given }: { readonly since?: number | undefined; readonly reason?: string },
): Promise<Case> {
  const reason = requireReason(actor, given);
  const { tenantId, personId } = who;
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'help', who, store.now());
    return holderIn(tx, who);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  const from = since ?? (await suggestSince(store, who)).since;
  const now = store.now();
  if (from > now || from < now - furthestDays * dayMs)
    throw new Refusal('invalidProperties', { properties: ['since'] });
  const opened = await transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'help', who, at);
    await requireFresh(tx, actor, at);
    const found = await holderIn(tx, who);
    if (!found) throw new Refusal('noSuchPerson');
    if (await selectOpenCase(tx, who)) throw new Refusal('alreadyExists');
    if (found.state === 'closed') throw new Refusal('invalidProperties', { properties: ['action'] });
    const closed = await closeDoors(tx, actor, found, at);
    const authorised = await endAuthorisations(store, tx, who);
    await shutOut(tx, actor, who, 'blocked', { reason, at });
    await holdQueue(tx, at);
    const authorPersonId = actor.kind === 'person' ? actor.personId : null;
    const credentials = closed.credentials + authorised;
    const details = { reason, authorPersonId, ...closed, credentials, undone: [], released: 0, dropped: 0 };
    const one: Case = { id: await newCompromiseId(tx), tenantId, personId, at, since: from, details, endedAt: null };
    await insertCase(tx, one);
    const payload: CompromiseLetter = { personId, letter: 'compromised', since: from, at };
    const { accountId } = holder;
    await enqueueJob(tx, { tenantId, kind: compromiseLetterKind, accountId, payload, runAt: at }, at);
    const told = { of: personId, since: from, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'openCompromise', at, accountId, details: told });
    return one;
  });
  wakeRunners(store);
  return opened;
}

export interface SignIn {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: string;
}

export interface Suggestion {
  readonly since: number;
  /** Those from networks never seen before, the oldest first. */
  readonly strange: readonly SignIn[];
}

const loginsRead = 500;

/** Since when to look: seven days, or the first sign-in from an address unknown before where that is longer ago. */
export async function suggestSince(store: Store, { tenantId, personId }: PersonRef): Promise<Suggestion> {
  const lines = await listTrace(store, tenantId, { personId, verbs: ['login'], limit: loginsRead });
  const logins = lines.map(({ at, remoteAddress }) => ({ at, from: remoteAddress ?? '' })).toReversed();
  return planSince(logins, store.now());
}

const monthMs = 30 * dayMs;

/** @param logins the oldest first. Pure. */
export function planSince(logins: readonly SignIn[], now: number): Suggestion {
  const known = new Set<string>();
  const strange: SignIn[] = [];
  for (const login of logins) {
    const network = networkOf(login.from);
    // The first of all is nobody's surprise.
    if (known.size > 0 && !known.has(network) && login.at >= now - monthMs) strange.push(login);
    known.add(network);
  }
  return { since: Math.min(now - usualDays * dayMs, strange[0]?.at ?? now), strange };
}
