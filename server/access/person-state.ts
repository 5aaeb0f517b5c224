/**
 * The state of a person and their password. Whoever is not active does nothing any more, in any protocol: every verb
 * reads the state again. Sessions end besides, so that a key stolen before the change is worth nothing after it.
 */
import { recordTrace } from '#server/records/trace.ts';
import { enqueueJob } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';
import type { Uuid } from '#server/store/ids.ts';

import type { Actor } from './actor.ts';
import type { PersonRef } from './credential.ts';
import { endSessions } from './end-sessions.ts';
import { distrustDevices } from './factors/device.ts';
import { requireFresh } from './factors/fresh.ts';
import { selectHasFactor } from './factors/queries/factors.ts';
import { checkPassword } from './password.ts';
import type { Power } from './powers.ts';
import { passwordDirectoryIn } from './password-place.ts';
import { passwordPolicyOf, provisionalUntil, requireGoodPassword } from './password-policy.ts';
import { selectFacts } from './queries/facts.ts';
import {
  type Holder,
  type PersonState,
  selectHolder,
  updateActivated,
  updatePassword,
  updateState,
} from './queries/people.ts';
import { Refusal } from './refusal.ts';
import { mayWork } from './require-right.ts';
import { requireActing, requireReason, requireRoleOver } from './require-role.ts';
import { forgetPlaces, forgiveSubject } from './throttle.ts';
import { newProvisionalPassword } from './token.ts';
import { factorSubject, hashWithin, proveByPassword, subjectOf } from './verify.ts';

/** States that keep a person out. */
export type OutState = Exclude<PersonState, 'active' | 'provisioned'>;

/**
 * Keeps a person out: `locked` until somebody unlocks, `blocked` when the account was misused, `suspended`, `closed`.
 * Administrators must say why.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `invalidProperties` naming `reason`.
 */
export async function lockPerson(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { state, reason }: { readonly state: OutState; readonly reason?: string },
): Promise<void> {
  const kept = requireReason(actor, reason);
  const { accountId } = await existing(store, actor, 'administer', who);
  await transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    await shutOut(tx, actor, who, state, { reason: kept, at });
  });
}

/** Why and when an administrator does something, and the action on many people it is part of. */
export interface Because {
  readonly reason: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly bulk?: number | undefined;
}

function said({ reason, bulk }: Because) {
  return { reason, ...(bulk !== undefined && { bulk }) };
}

/** The rows of it; who may do it is the caller's to know. */
export async function shutOut(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  state: OutState,
  because: Because,
): Promise<void> {
  const { reason, at } = because;
  await updateState(tx, { tenantId, personId }, state, reason, at);
  await endSessions(tx, { tenantId, personId }, at);
  tx.changed('Account');
  const details = { of: personId, state, ...said(because) };
  await recordTrace(tx, { tenantId, actor, verb: 'lockPerson', at, accountId: tx.accountId, details });
}

/**
 * Lets a person in again, and forgets their wrong passwords: `provisioned` when they never had one of their own.
 * Support may undo a lock; what an administrator decided, administrators alone.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `invalidProperties` naming `reason`.
 */
export async function unlockPerson(store: Store, actor: Actor, who: PersonRef, givenReason?: string): Promise<void> {
  const reason = requireReason(actor, givenReason);
  const { tenantId, personId } = who;
  const { accountId } = await existing(store, actor, 'help', who);
  await transaction(store, accountId, async (tx) => {
    const at = store.now();
    const holder = await selectHolder(tx, tenantId, personId);
    if (!holder) throw new Refusal('noSuchPerson');
    const isLight = holder.state === 'locked' || mayWork(holder.state);
    await requireActing(tx, actor, isLight ? 'help' : 'administer', who, at);
    await letIn(tx, actor, holder, { reason, at });
  });
}

/** The rows of it: wrong passwords and wrong second factors are forgotten. Who may do it is the caller's to know. */
export async function letIn(tx: AccountTx, actor: Actor, holder: Holder, because: Because): Promise<void> {
  const { tenantId, personId, accountId } = holder;
  const { at } = because;
  const state = holder.passwordHash === null ? 'provisioned' : 'active';
  await updateState(tx, { tenantId, personId }, state, null, at);
  await forgiveSubject(tx, subjectOf(holder));
  await forgiveSubject(tx, factorSubject(holder));
  tx.changed('Account');
  const details = { of: personId, state, before: holder.state, ...said(because) };
  await recordTrace(tx, { tenantId, actor, verb: 'unlockPerson', at, accountId, details });
}

/**
 * Ends every browser session of a person.
 * @returns how many ended.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `invalidProperties` naming `reason`.
 */
export async function signOutPerson(store: Store, actor: Actor, who: PersonRef, givenReason?: string): Promise<number> {
  const reason = requireReason(actor, givenReason);
  const { tenantId, personId } = who;
  const { accountId } = await existing(store, actor, 'help', who);
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'help', who, at);
    return signOut(tx, actor, { tenantId, personId }, { reason, at });
  });
}

/** The rows of it; who may do it is the caller's to know. @returns how many ended. */
export async function signOut(
  tx: AccountTx,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  because: Because,
): Promise<number> {
  const { at } = because;
  const ended = await endSessions(tx, { tenantId, personId }, at);
  tx.changed('Account');
  const details = { of: personId, ended, ...said(because) };
  await recordTrace(tx, { tenantId, actor, verb: 'signOutPerson', at, accountId: tx.accountId, details });
  return ended;
}

/**
 * Gives a provisional password, shown to who gives it this once: it opens the page where it is replaced, and nothing
 * else. All sessions end; app passwords stay.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `invalidProperties` naming `reason`, `tooBusy`.
 */
export async function resetPassword(
  store: Store,
  actor: Actor,
  who: PersonRef,
  givenReason?: string,
): Promise<{ readonly provisionalPassword: string }> {
  const reason = requireReason(actor, givenReason);
  const { tenantId, personId } = who;
  const { accountId } = await existing(store, actor, 'help', who);
  const provisionalPassword = newProvisionalPassword();
  const hash = await hashWithin(store, provisionalPassword);
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'help', who, at);
    const holder = await selectHolder(tx, tenantId, personId);
    if (!holder) throw new Refusal('noSuchPerson');
    await giveProvisional(tx, actor, holder, hash, { reason, at });
    return { provisionalPassword };
  });
}

/** The rows of it; who may do it is the caller's to know. Whoever worked already is told by a letter. */
export async function giveProvisional(
  tx: AccountTx,
  actor: Actor,
  holder: Holder,
  hash: string,
  because: Because,
): Promise<void> {
  const { tenantId, personId, accountId } = holder;
  const { at } = because;
  await requireKeptHere(tx, holder, at);
  await replacePassword(tx, actor, holder, { hash, mustChange: true, keep: undefined, at });
  await forgiveSubject(tx, subjectOf(holder));
  const details = { of: personId, ...said(because) };
  await recordTrace(tx, { tenantId, actor, verb: 'resetPassword', at, accountId, details });
}

/** The job that tells somebody how their account is activated (entry/activation-letter.ts). */
export const activationLetterKind = 'activationLetter';

/** Whether a letter or a NUMEN is enough, or a provisional password is needed to come in for the first time. */
export function needsProvisional({ numenHash, numenUsedAt }: Holder): boolean {
  return numenHash === null || numenUsedAt !== null;
}

/**
 * Starts the activation of an account anew: another provisional password where no NUMEN serves, and a letter to the
 * address the administration knows. The letter holds no password. The rows of it; who may do it is the caller's to know.
 * @param hash of the provisional password; undefined where none is needed.
 */
export async function renewActivation(
  tx: AccountTx,
  actor: Actor,
  holder: Holder,
  hash: string | undefined,
  because: Because,
): Promise<void> {
  const { tenantId, personId, accountId } = holder;
  const { at } = because;
  if (hash !== undefined) await requireKeptHere(tx, holder, at);
  if (hash !== undefined) await replacePassword(tx, actor, holder, { hash, mustChange: true, keep: undefined, at });
  await forgiveSubject(tx, subjectOf(holder));
  const payload = { personId, hasProvisional: hash !== undefined };
  await enqueueJob(tx, { tenantId, kind: activationLetterKind, accountId, payload, runAt: at }, at);
  const details = { of: personId, isProvisional: hash !== undefined, ...said(because) };
  await recordTrace(tx, { tenantId, actor, verb: 'resendActivation', at, accountId, details });
}

export interface NewPassword {
  readonly password: string;
  /** The one before, which a person must give for themselves. */
  readonly current?: string;
  /** Whether it must be changed at the next login. */
  readonly mustChange?: boolean;
}

/**
 * Sets a password. Everybody's by the operator; one's own with the current one. All other sessions end.
 * @throws {Refusal} `noSuchPerson`, `stepUpNeeded` of whoever has a second factor, `badCredentials`, `tryLater`,
 * `weakPassword`, `invalidArguments`, `tooBusy`.
 */
export async function setPassword(store: Store, actor: Actor, who: PersonRef, given: NewPassword): Promise<void> {
  const holder = await read(store, async (tx) => {
    const found = await selectHolder(tx, who.tenantId, who.personId);
    // The one typed is proof enough where there is no second factor; a password is what somebody else may have seen.
    if (found && actor.kind === 'person' && (await selectHasFactor(tx, found)))
      await requireFresh(tx, actor, store.now());
    return found;
  });
  if (!holder) throw new Refusal('noSuchPerson');
  if (actor.kind === 'person') await proveOwn(store, actor, holder, given.current ?? '');
  // One that must be changed at once is somebody else's choice: it need only be a password.
  if (given.mustChange === true) checkPassword(given.password);
  else await requireGoodPassword(store, who, given.password);
  const hash = await hashWithin(store, given.password);
  const keep = actor.kind === 'person' && actor.by === 'session' ? actor.credentialId : undefined;
  await transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    await requireKeptHere(tx, holder, at);
    const mustChange = given.mustChange ?? false;
    await replacePassword(tx, actor, holder, { hash, mustChange, keep, at });
    if (!mustChange) await updateActivated(tx, holder, at);
  });
}

/** The job that tells somebody that their password was changed (entry/warn.ts). */
export const passwordChangedKind = 'passwordChanged';

/** A password given here would open nothing where a directory keeps it. @throws {Refusal} `mayNot` saying who does. */
async function requireKeptHere(tx: AccountTx, holder: Holder, at: number): Promise<void> {
  const directory = await passwordDirectoryIn(tx, holder, at);
  if (directory) throw new Refusal('mayNot', { description: `the password is kept by ${directory.provider.name}` });
}

export interface Replacement {
  readonly hash: string;
  readonly mustChange: boolean;
  /** The one session that goes on. */
  readonly keep: Uuid | undefined;
  readonly at: number;
}

/** The rows of a new password; who may set it is the caller's to know. */
export async function replacePassword(tx: AccountTx, actor: Actor, holder: Holder, given: Replacement): Promise<void> {
  const { tenantId, personId, accountId } = holder;
  const { hash, mustChange, keep, at } = given;
  const policy = await passwordPolicyOf(tx, tenantId);
  const before = (await selectFacts(tx, { tenantId, personId }))?.hashes ?? [];
  await updatePassword(tx, holder, {
    hash,
    mustChange,
    provisionalUntil: mustChange ? provisionalUntil(policy, at) : null,
    // A provisional one was never theirs, and need not be remembered.
    history: (holder.mustChangePassword ? before.slice(1) : before).slice(0, Math.max(policy.history - 1, 0)),
    at,
  });
  // Whoever has just come in need not be told; whoever worked already is, wherever they read.
  if (holder.activatedAt !== null) {
    const payload = { personId, isGiven: mustChange, at };
    await enqueueJob(tx, { tenantId, kind: passwordChangedKind, accountId, payload, runAt: at }, at);
  }
  // The first password is what makes a provisioned account one that works.
  if (holder.state === 'provisioned') await updateState(tx, { tenantId, personId }, 'active', null, at);
  await endSessions(tx, holder, at, keep);
  await distrustDevices(tx, holder);
  await forgetPlaces(tx, subjectOf(holder));
  tx.changed('Account');
  await recordTrace(tx, { tenantId, actor, verb: 'setPassword', at, accountId, details: { of: personId } });
}

async function proveOwn(
  store: Store,
  actor: Extract<Actor, { kind: 'person' }>,
  holder: Holder,
  password: string,
): Promise<void> {
  if (actor.tenantId !== holder.tenantId || actor.personId !== holder.personId) throw new Refusal('noSuchPerson');
  await proveByPassword(store, holder, { userName: '', password, remoteAddress: actor.from });
}

/** Looked up before the account is locked: whoever is out of the actor's reach is not there. */
async function existing(store: Store, actor: Actor, power: Power, { tenantId, personId }: PersonRef): Promise<Holder> {
  const holder = await read(store, async (tx) => {
    await requireRoleOver(tx, actor, power, { tenantId, personId }, store.now());
    return selectHolder(tx, tenantId, personId);
  });
  if (!holder) throw new Refusal('noSuchPerson');
  return holder;
}
