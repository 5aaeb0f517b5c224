/**
 * A login between two of its steps (steps.ts). Each step that is done gives the session a new token, so that one seen
 * before is worth nothing after it (session fixation).
 */
import { recordTrace } from '#server/records/trace.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import type { PersonActor } from './actor.ts';
import { actorOf, type Begun, recordLogin } from './login.ts';
import { accessPolicy } from './policy.ts';
import { type Holder, selectHolder, updateActivated } from './queries/people.ts';
import {
  type OpenSession,
  selectOwnSession,
  selectSession,
  type Session,
  updateSessionSteps,
} from './queries/sessions.ts';
import { Refusal } from './refusal.ts';
import { mayWork } from './require-right.ts';
import { allSteps, type LoginStep, stepsFor, unfinishedMs } from './steps.ts';
import { hashToken, newToken, printSessionToken, readSessionToken, type TenantToken } from './token.ts';

/** Somebody between two steps. They are nobody's actor yet: `actor` has no scope, and is for the trace. */
export interface PendingLogin {
  readonly key: TenantToken;
  readonly holder: Holder;
  readonly session: Session;
  readonly actor: PersonActor;
  readonly steps: readonly [LoginStep, ...LoginStep[]];
}

/**
 * Whose unfinished login a cookie is.
 * @throws {Refusal} `badCredentials` when it is nobody's, or is finished; `accountLocked`.
 */
export async function pendingLogin(store: Store, cookie: string, remoteAddress: string): Promise<PendingLogin> {
  const key = readSessionToken(cookie);
  const found = key && (await read(store, (tx) => selectPending(tx, key)));
  if (!key || !found || found.session.expiresAt <= store.now()) throw new Refusal('badCredentials');
  const { session, holder } = found;
  if (!mayWork(session.state)) throw new Refusal('accountLocked', { description: session.state });
  const [next, ...others] = readSteps(session.steps);
  if (next === undefined) throw new Refusal('badCredentials');
  return { key, holder, session, actor: { ...actorOf(session, remoteAddress), scopes: [] }, steps: [next, ...others] };
}

async function selectPending(
  tx: Tx,
  { tenantId, tokenHash }: TenantToken,
): Promise<{ readonly session: OpenSession; readonly holder: Holder } | undefined> {
  const session = await selectSession(tx, tenantId, tokenHash);
  const holder = session && (await selectHolder(tx, tenantId, session.personId));
  return session && holder && { session, holder };
}

/**
 * Notes that the next step is done, in one transaction with `work`, which does it; what is left is asked anew, because
 * a step may bring or spare another. A new password once asked for stays so: a login by a recovery code has no other
 * reason for it. The last step opens the session.
 * @returns the session's new token, and what is left.
 * @throws {Refusal} `badCredentials` when another request was first; what `work` throws.
 */
export function finishStep(
  store: Store,
  pending: PendingLogin,
  step: LoginStep,
  work: (tx: AccountTx) => Promise<void>,
): Promise<Begun> {
  const { key, actor, steps } = pending;
  const { tenantId } = key;
  if (steps[0] !== step) throw new Refusal('badCredentials');
  const token = newToken();
  return transaction(store, pending.holder.accountId, async (tx) => {
    const at = store.now();
    await work(tx);
    const holder = await selectHolder(tx, tenantId, actor.personId);
    if (!holder) throw new Refusal('badCredentials');
    const { proof, deviceHash } = pending.session;
    const needed = await stepsFor(tx, holder, { proof, deviceHash, remoteAddress: actor.from, at });
    const left = allSteps.filter(
      (one, index) =>
        index > allSteps.indexOf(step) && (needed.includes(one) || (one === 'password' && steps.includes(one))),
    );
    const expiresAt = at + (left.length === 0 ? accessPolicy(store).sessionAbsoluteMs : unfinishedMs);
    const isOurs = await updateSessionSteps(tx, key, { tokenHash: hashToken(token), steps: left, expiresAt });
    if (!isOurs) throw new Refusal('badCredentials');
    if (left.length === 0) {
      if (await updateActivated(tx, holder, at))
        await recordTrace(tx, { tenantId, actor, verb: 'activate', at, accountId: holder.accountId });
      const session = (await selectOwnSession(tx, holder, pending.session.id)) ?? pending.session;
      await recordLogin(tx, { session, actor, accountId: holder.accountId, at });
    }
    return {
      sessionToken: printSessionToken(tenantId, token),
      actor,
      accountId: holder.accountId,
      expiresAt,
      steps: left,
    };
  });
}

/** Steps as a session keeps them; one this version does not know lets nobody through. */
function readSteps(text: string): readonly LoginStep[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new TypeError('steps are a list');
  return value.map((given) => {
    const step = allSteps.find((known) => known === given);
    if (step === undefined) throw new Refusal('badCredentials');
    return step;
  });
}
