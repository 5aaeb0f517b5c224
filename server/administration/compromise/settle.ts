/**
 * What comes after an account was shut: undoing what others changed, letting go or giving up what is held, and giving the
 * account back by the ordinary steps: a provisional password, then second factors anew. By who administers, each step
 * in the trace.
 */
import type { Actor } from '#server/access/actor.ts';
import { standingAt } from '#server/access/administrators.ts';
import { forgetFactors } from '#server/access/close-doors.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { revokeMandate } from '#server/access/mandate.ts';
import { giveProvisional, letIn } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireReason, requireRoleOver } from '#server/access/require-role.ts';
import type { MandateId } from '#server/access/rights.ts';
import { newProvisionalPassword } from '#server/access/token.ts';
import { hashWithin, type Holder, holderIn } from '#server/access/verify.ts';
import { requireSecond } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { type CompromiseLetter, compromiseLetterKind } from '#server/entry/compromise-letter.ts';
import { forgetRecovery } from '#server/entry/recovery-since.ts';
import { listScriptsSince, undoScript } from '#server/filters/scripts/since.ts';
import { endVacation } from '#server/filters/vacation/since.ts';
import { restoreIdentity } from '#server/mail/identities/past.ts';
import { recordTrace } from '#server/records/trace.ts';
import { asId, type IdentityId, type SubmissionId } from '#server/store/ids.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';
import { dropHeld, endHold, listHeld, releaseHeld } from '#server/submission/hold.ts';

import { type Case, selectOpenCase, updateCase } from '#server/administration/queries/compromise.ts';
import { findAll } from './findings.ts';

interface OpenCase {
  readonly one: Case;
  readonly holder: Holder;
}

/** Runs `work` on the open case of somebody, under the lock of their account. @throws {Refusal} as the verbs below. */
async function within<T>(
  store: Store,
  actor: Actor,
  who: PersonRef,
  work: (tx: AccountTx, open: OpenCase, at: number) => Promise<T>,
): Promise<T> {
  const holder = await openOf(store, actor, who);
  return transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    await requireFresh(tx, actor, at);
    const one = await selectOpenCase(tx, who);
    const now = await holderIn(tx, who);
    if (!one || !now) throw new Refusal('noSuchJob');
    return work(tx, { one, holder: now }, at);
  });
}

async function openOf(store: Store, actor: Actor, who: PersonRef): Promise<Holder> {
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    return (await selectOpenCase(tx, who)) && holderIn(tx, who);
  });
  if (!holder) throw new Refusal('noSuchJob');
  return holder;
}

/**
 * Undoes those of the findings that `ids` names; what is not found any more is left.
 * @param since another moment than the case's: as the list was asked for.
 * @returns the ids of those undone.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `stepUpNeeded`, `noSuchJob` where no case is open.
 */
export async function undoFindings(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { ids, since }: { readonly ids: readonly string[]; readonly since?: number },
): Promise<readonly string[]> {
  const { accountId } = await openOf(store, actor, who);
  const { tenantId } = who;
  const from = since ?? (await read(store, (tx) => selectOpenCase(tx, who)))?.since ?? store.now();
  const found = (await findAll(store, who, accountId, from)).filter(({ id }) => ids.includes(id));
  const scripts = await listScriptsSince(store, { tenantId, accountId }, from);
  const undone = await within(store, actor, who, async (tx, { one }, at) => {
    const done: string[] = [];
    for (const { id, kind } of found) {
      const number = Number(id.split(':')[1] ?? 0);
      const script = scripts.find((each) => each.script.id === number);
      if (kind === 'script' && script && (await undoScript(tx, actor, script, at))) done.push(id);
      if (kind === 'vacation' && (await endVacation(tx, actor, at))) done.push(id);
      if (kind === 'identity' && (await restoreIdentity(tx, actor, asId<IdentityId>(number), { since: from, at })))
        done.push(id);
      if (kind === 'recovery') {
        await forgetRecovery(tx, actor, who, at);
        done.push(id);
      }
    }
    await updateCase(tx, { ...one, details: { ...one.details, undone: [...one.details.undone, ...done] } });
    return done;
  });
  const mandates: string[] = [];
  // Each is a matter of two accounts, and has its own transaction.
  for (const { id, kind } of found) {
    if (kind !== 'mandate') continue;
    await revokeMandate(store, actor, tenantId, asId<MandateId>(Number(id.split(':')[1])));
    mandates.push(id);
  }
  if (mandates.length > 0)
    await within(store, actor, who, async (tx, { one }) => {
      await updateCase(tx, { ...one, details: { ...one.details, undone: [...one.details.undone, ...mandates] } });
    });
  return [...undone, ...mandates];
}

/**
 * Lets held messages go, or gives them up.
 * @returns how many were still held.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `stepUpNeeded`, `noSuchJob` where no case is open.
 */
export function settleHeld(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { ids, fate }: { readonly ids: readonly SubmissionId[]; readonly fate: 'release' | 'drop' },
): Promise<number> {
  return within(store, actor, who, async (tx, { one }, at) => {
    const those = (await listHeld(tx, tx)).filter(({ id }) => ids.includes(id));
    const next = await settle(store, tx, actor, one, { those, fate, at });
    await updateCase(tx, next);
    return those.length;
  });
}

interface Settling {
  readonly those: Awaited<ReturnType<typeof listHeld>>;
  readonly fate: 'release' | 'drop';
  readonly at: number;
}

async function settle(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  one: Case,
  { those, fate, at }: Settling,
): Promise<Case> {
  const ids = those.map(({ id }) => id);
  if (fate === 'release') await releaseHeld(store, tx, ids);
  else await dropHeld(tx, ids);
  const { tenantId, accountId } = tx;
  const count = those.reduce((sum, { recipients }) => sum + recipients.length, 0);
  const details = { of: one.personId, fate, messages: ids.length, recipients: count };
  await recordTrace(tx, { tenantId, actor, verb: 'settleHeld', at, accountId, details });
  const { released, dropped } = one.details;
  const counts =
    fate === 'release' ? { released: released + ids.length, dropped } : { released, dropped: dropped + ids.length };
  return { ...one, details: { ...one.details, ...counts } };
}

/**
 * Gives the account back: what is still held goes or is given up, every second factor is forgotten, and a provisional
 * password leads through the ordinary steps. The case is over.
 * @throws {Refusal} as `settleHeld`; `invalidProperties` naming `reason`; `tooBusy`; `awaitsApproval`.
 */
export async function giveBack(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { rest, reason: given }: { readonly rest: 'release' | 'drop'; readonly reason?: string | undefined },
): Promise<{ readonly provisionalPassword: string }> {
  const reason = requireReason(actor, given);
  await openOf(store, actor, who);
  const provisionalPassword = newProvisionalPassword();
  const hash = await hashWithin(store, provisionalPassword);
  const open = { rest, reason, provisionalPassword, hash };
  await orWaiting(store, actor, { verb: 'giveBack', who, rest }, reason, () => opened(store, actor, who, open));
  wakeRunners(store);
  return { provisionalPassword };
}

interface Opening {
  readonly rest: 'release' | 'drop';
  readonly reason: string | null;
  readonly provisionalPassword: string;
  readonly hash: string;
}

/**
 * Shutting never waits for anybody: seconds count. This opens, with a password that is known to who does it and without
 * second factors, and would otherwise be the way round both rules.
 */
function opened(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { rest, reason, provisionalPassword: secret, hash }: Opening,
): Promise<void> {
  return within(store, actor, who, async (tx, { one, holder }, at) => {
    const { tenantId, personId, accountId, passwordChangedAt } = holder;
    const { path, roles } = await standingAt(tx, who, at);
    const seen = { case: one.id, since: one.since, rest, path, roles, passwordChangedAt };
    const details = { act: 'giveBack', rest };
    const danger = {
      ...who,
      kinds: ['provisional', 'factors'],
      power: 'administer',
      path,
      seen,
      details,
      secret,
    } as const;
    await requireSecond(store, tx, actor, danger, at, (second) => requireActing(tx, second, 'administer', who, at));
    const settled = await settle(store, tx, actor, one, { those: await listHeld(tx, tx), fate: rest, at });
    await endHold(store, tx);
    await forgetFactors(tx, actor, holder, at);
    await giveProvisional(tx, actor, holder, hash, { reason, at });
    await letIn(tx, actor, { ...holder, passwordHash: hash }, { reason, at });
    await updateCase(tx, { ...settled, endedAt: at });
    const payload: CompromiseLetter = { personId, letter: 'givenBack', since: one.since, at };
    await enqueueJob(tx, { tenantId, kind: compromiseLetterKind, accountId, payload, runAt: at }, at);
    const told = { of: personId, reason };
    await recordTrace(tx, { tenantId, actor, verb: 'closeCompromise', at, accountId, details: told });
  });
}
